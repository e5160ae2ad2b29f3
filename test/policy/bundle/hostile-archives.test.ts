import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { bundleFiles, readBundle } from "../../../src/policy/index.ts";
import { archiveOf, bundleEntries, MANIFEST, paxRecord, tarOf, type Entry } from "../forge/archive.ts";

/** A raw header's bytes changed, its checksum right again. */
function patched(at: number, bytes: Uint8Array): Buffer {
  const tar = tarOf(bundleEntries());
  tar.set(bytes, at);
  tar.write("        ", 148);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return gzipSync(tar);
}

const more = (...entries: readonly Entry[]) => archiveOf([...bundleEntries(), ...entries]);
const pax = (content: string | Uint8Array): Entry => ({ name: "p", type: "x", content });
const tar = tarOf(bundleEntries());

describe("hostile archives", () => {
  it("the archive that they are made from is in order", () => {
    expect(readBundle(patched(0, Buffer.from("/.manifest")))).to.deep.include({ ok: true });
  });

  const cases: readonly {
    readonly name: string;
    readonly archive: () => Uint8Array;
    readonly code?: string;
    readonly says: string;
  }[] = [
    // Names
    {
      name: "T183 bytes behind a name's end",
      archive: () => patched(0, Buffer.from("/.manifest\0hidden")),
      says: "bytes behind its end",
    },
    {
      name: "T183 bytes behind a prefix's end",
      archive: () => patched(345, Buffer.from("\0x")),
      says: "bytes behind its end",
    },
    {
      name: "T183 a name that is not UTF-8",
      archive: () => patched(0, Buffer.from([0x2f, 0xff, 0xfe])),
      says: "with the name",
    },
    {
      name: "T183 a name in overlong UTF-8",
      archive: () => patched(0, Buffer.from([0x2f, 0xc0, 0xae, 0xc0, 0xae])),
      says: "with the name",
    },
    { name: "T183 no name", archive: () => more({ name: "" }), says: "with the name" },
    { name: "T183 a slash for a name", archive: () => more({ name: "/" }), says: "with the name" },
    { name: "T183 a dot for a name", archive: () => more({ name: "." }), says: "with the name" },
    {
      name: "T183 a file whose name ends as a directory's",
      archive: () => more({ name: "x/" }),
      says: "with the name",
    },
    { name: "T183 a dot segment", archive: () => more({ name: "/./x" }), says: "with the name" },
    { name: "T183 traversal behind ./", archive: () => more({ name: "./../x" }), says: "with the name" },
    { name: "T183 an escape sequence", archive: () => more({ name: "\u001b[2J" }), says: "with the name" },
    {
      name: "T183 the longest name and a prefix of dots",
      archive: () => more({ name: "x".repeat(100), prefix: "../".repeat(51) }),
      says: "with the name",
    },
    // One name, several files
    {
      name: "T174 ./data.json beside /data.json",
      archive: () => more({ name: "./data.json", content: "{}" }),
      says: "data.json twice",
    },
    {
      name: "T174 data.json beside /data.json",
      archive: () => more({ name: "data.json", content: "{}" }),
      says: "data.json twice",
    },
    {
      name: "T174 a name twice, once by its prefix",
      archive: () => more({ name: "decision.rego", prefix: "assay" }),
      says: "assay/decision.rego twice",
    },
    {
      name: "T174 DATA.JSON",
      archive: () => more({ name: "/DATA.JSON", content: "{}" }),
      says: "data outside of /data.json",
    },
    { name: "T174 Policy.wasm", archive: () => more({ name: "/Policy.wasm" }), says: "differ in case alone" },
    {
      name: "T174 .MANIFEST",
      archive: () => more({ name: "/.MANIFEST", content: "{}" }),
      says: "a second manifest",
    },
    {
      name: "T174 one name in two normal forms",
      archive: () => more({ name: "/caf\u00e9.rego" }, { name: "/cafe\u0301.rego" }),
      says: "differ in case alone",
    },
    { name: "T174 ._data.json", archive: () => more({ name: "/._data.json" }), says: "COPYFILE_DISABLE" },
    {
      name: "T174 ._x deep inside",
      archive: () => more({ name: "/a/b/._x.rego" }),
      says: "COPYFILE_DISABLE",
    },
    {
      name: "T174 a second manifest",
      archive: () => more({ name: "/x/.manifest", content: "{}" }),
      says: "a second manifest",
    },
    {
      name: "T174 a manifest by its ending",
      archive: () => more({ name: "/x.manifest", content: "{}" }),
      says: "a second manifest",
    },
    {
      name: "T174 signatures by their ending",
      archive: () => more({ name: "/xsignatures.json", content: "{}" }),
      says: "a second list of signatures",
    },
    {
      name: "T182 a delta below a folder",
      archive: () => more({ name: "/x/patch.json", content: "{}" }),
      says: "a delta bundle",
    },
    // Types and fields
    ...["7", "8", "A", "D", "M", "N", "V", "Z", " ", "\u007f"].map((type) => ({
      name: `T183 an entry of type ${JSON.stringify(type)}`,
      archive: () => more({ name: "l", type }),
      says: "is of type",
    })),
    {
      name: "T183 a sparse file of the old GNU form",
      archive: () => more({ name: "l", type: "S", content: "x" }),
      says: "is of type",
    },
    {
      name: "T183 a pax linkpath",
      archive: () => more(pax(paxRecord("linkpath", "/etc"))),
      says: "sets linkpath",
    },
    {
      name: "T183 a global pax path",
      archive: () => more({ ...pax(paxRecord("path", "x")), type: "g" }),
      says: "sets path",
    },
    {
      name: "T183 a pax path behind harmless records",
      archive: () => more(pax(paxRecord("mtime", "1") + paxRecord("path", "x"))),
      says: "sets path",
    },
    {
      name: "T183 pax words about a character set",
      archive: () => more(pax(paxRecord("hdrcharset", "BINARY"))),
      says: "sets hdrcharset",
    },
    { name: "T183 a pax length of nothing", archive: () => more(pax("0 mtime=1\n")), says: "cannot be read" },
    {
      name: "T183 a pax length without end",
      archive: () => more(pax(`${"9".repeat(30)} mtime=1\n`)),
      says: "cannot be read",
    },
    {
      name: "T183 a huge pax header",
      archive: () => more(pax(paxRecord("comment", "x").repeat(100_000))),
      code: "bundle.limit_exceeded",
      says: "a pax header of more than",
    },
    { name: "T183 set-group-id", archive: () => more({ name: "l", mode: 0o2755 }), says: "set-group-id" },
    {
      name: "T184 a negative size",
      archive: () => more({ name: "l", size: "-0000000001\0" }),
      says: "size is not octal",
    },
    {
      name: "T184 a negative size in binary",
      archive: () => more({ name: "l", size: "\u00ff".repeat(12) }),
      says: "size is not octal",
    },
    {
      name: "T184 a size of 10 GB",
      archive: () => more({ name: "l", size: "112402762000" }),
      says: "cut off",
    },
    {
      name: "T184 the largest size",
      archive: () => more({ name: "l", size: "777777777777" }),
      says: "cut off",
    },
    {
      name: "T184 a size in hexadecimal",
      archive: () => more({ name: "l", size: "0x000000001\0" }),
      says: "size is not octal",
    },
    {
      name: "T184 a size with more behind its end",
      archive: () => more({ name: "l", size: "0000000000\u00001" }),
      says: "size is not octal",
    },
    {
      name: "T184 a checksum of nothing",
      archive: () => gzipSync(tar.fill(" ", 148, 156)),
      says: "checksum is wrong",
    },
    // Ends
    {
      name: "T184 A128 cut off between two files",
      archive: () => gzipSync(whole().subarray(0, 1024)),
      says: "it has no end",
    },
    {
      name: "T184 A128 cut off in a file",
      archive: () => gzipSync(whole().subarray(0, 600)),
      says: "cut off",
    },
    {
      name: "T184 one block for an end",
      archive: () => gzipSync(whole().subarray(0, -512)),
      says: "it has no end",
    },
    {
      name: "T184 half a header",
      archive: () => gzipSync(Buffer.concat([whole().subarray(0, -1024), Buffer.alloc(100, 1)])),
      says: "behind its end",
    },
    {
      name: "T184 a file behind the end",
      archive: () => gzipSync(Buffer.concat([whole(), whole()])),
      says: "behind its end",
    },
    { name: "T184 an empty tar", archive: () => gzipSync(Buffer.alloc(0)), says: "it has no end" },
    {
      name: "T184 a gzip flag that nobody knows",
      archive: () => archiveOf(bundleEntries()).fill(0x80, 3, 4),
      says: "unknown flags",
    },
    {
      name: "T184 a gzip header longer than the file",
      archive: () => archiveOf(bundleEntries()).fill(0x04, 3, 4).fill(0xff, 10, 12),
      says: "cut off",
    },
    {
      name: "T184 a zip",
      archive: () => Buffer.from("PK\u0003\u0004".padEnd(64, "\0")),
      says: "not a gzip archive",
    },
    {
      name: "T184 2,001 directories",
      archive: () => more(...Array.from({ length: 2001 }, (_, i) => ({ name: `d${i}/`, type: "5" }))),
      code: "bundle.limit_exceeded",
      says: "more than 2000 entries",
    },
    {
      name: "T184 pax headers that are harmless one by one, and too much together",
      archive: () => more(...Array.from({ length: 80 }, () => pax("8 uid=1\n".repeat(8000)))),
      code: "bundle.limit_exceeded",
      says: "pax headers of more than",
    },
    {
      name: "T184 2,001 pax headers",
      archive: () => more(...Array.from({ length: 2001 }, () => pax(paxRecord("mtime", "1")))),
      code: "bundle.limit_exceeded",
      says: "more than 2000 entries",
    },
  ];
  for (const { name, archive, code = "bundle.invalid", says } of cases) {
    it(name, () => {
      const bytes = archive();
      const read = readBundle(bytes);
      const message = read.ok ? "read" : read.reason.message;
      expect(message).to.include(says);
      expect(read).to.deep.equal({ ok: false, reason: { code, message } });
      // What verifies signatures sees no more of it.
      expect(bundleFiles(bytes)).to.deep.equal(read);
    });
  }

  it("T184 names without end, in its manifest or its Rego, are not compared with each other", () => {
    const manifest = (change: object) =>
      archiveOf(bundleEntries({ "/.manifest": JSON.stringify({ ...MANIFEST, ...change }) }));
    const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);
    const wasm = names(1001).map((name) => ({ entrypoint: `assay/${name}`, module: "/policy.wasm" }));
    const rego = `package assay\n${names(100_000).join(" := 1\n")} := 1\n`;
    const read = [
      manifest({ roots: names(1001) }),
      manifest({ wasm }),
      more({ name: "r.rego", content: rego }),
    ].map((archive) => readBundle(archive));
    const refused = (message: string) => ({
      ok: false,
      reason: { code: "bundle.limit_exceeded", message },
    });
    expect(read).to.deep.equal([
      refused(".manifest: roots holds 1001 names; at most 1000 are read"),
      refused(".manifest: wasm entrypoints holds 1001 names; at most 1000 are read"),
      refused("the archive has more than 100000 rules"),
    ]);
  });

  it("a message shows a hostile name on one line", () => {
    const read = readBundle(more({ name: "x\n\u202efake: ok" }));
    expect(read.ok ? "" : read.reason.message).to.match(/^[^\n\u202e]+$/);
  });
});

describe("T193 a bundle owns what it defines", () => {
  const manifest = (roots: readonly string[]) => ({ "/.manifest": JSON.stringify({ ...MANIFEST, roots }) });
  const cases: readonly {
    readonly name: string;
    readonly files: Record<string, string>;
    readonly says: string;
  }[] = [
    {
      name: "roots that overlap",
      files: manifest(["assay", "policy", "policy/x"]),
      says: "overlap",
    },
    { name: "in the other order", files: manifest(["policy/x", "policy", "assay"]), says: "overlap" },
    { name: "a root twice", files: manifest(["assay", "policy", "assay"]), says: "overlap" },
    {
      name: "a root twice by its slashes",
      files: manifest(["assay", "/policy/", "policy"]),
      says: "overlap",
    },
    { name: "everything, and one more", files: manifest(["", "assay"]), says: "overlap" },
    { name: "an entrypoint outside", files: manifest(["policy"]), says: 'rule "assay/decision" is outside' },
    {
      name: "a root that only begins alike",
      files: manifest(["assay2", "policy"]),
      says: 'rule "assay/decision"',
    },
    {
      name: "a package outside",
      files: { "/x.rego": "package evil\n\nallow := true\n" },
      says: 'rule "evil/allow" is outside',
    },
    { name: "no roots at all", files: manifest([]), says: "is outside of the manifest's roots" },
  ];
  for (const { name, files, says } of cases) {
    it(name, () => {
      const read = readBundle(archiveOf(bundleEntries(files)));
      const message = read.ok ? "read" : read.reason.message;
      expect(message).to.include(says);
      expect(read).to.deep.equal({ ok: false, reason: { code: "bundle.invalid", message } });
    });
  }

  it("two files of one package are one bundle's", () => {
    const files = { "/assay/more.rego": "package assay\n\nmore if true\n" };
    const read = readBundle(archiveOf(bundleEntries(files)));
    expect(read.ok && read.value.rules).to.deep.equal(["assay/decision", "assay/helper", "assay/more"]);
  });
});

function whole(): Buffer {
  return tarOf(bundleEntries());
}
