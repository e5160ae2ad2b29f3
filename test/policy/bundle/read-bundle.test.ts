import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { digestOf } from "../../../src/core/index.ts";
import { composeBundle, readBundle, type PolicyBundle } from "../../../src/policy/index.ts";
import { archiveOf, bundleEntries, MANIFEST, paxRecord, tarOf, type Entry } from "../forge/archive.ts";
import { forgeModule } from "../forge/policy.ts";

function codeOf(bytes: Uint8Array): string {
  const read = readBundle(bytes);
  return read.ok ? "read" : read.reason.code;
}

function good(): PolicyBundle {
  const read = readBundle(archiveOf(bundleEntries()));
  if (!read.ok) throw new Error(read.reason.message);
  return read.value;
}

describe("readBundle", () => {
  it("reads manifest, module and data in memory", () => {
    const bytes = archiveOf(bundleEntries());
    expect(readBundle(bytes)).to.deep.equal({
      ok: true,
      value: {
        name: "acme",
        revision: "r1",
        digest: digestOf(bytes),
        entrypoints: ["assay/decision"],
        wasm: forgeModule(),
        data: { policy: { name: "acme" } },
        roots: ["assay", "policy"],
        rules: ["assay/decision", "assay/helper"],
      },
    });
  });

  it("takes directories, harmless pax records, and names with or without the slash", () => {
    const entries: Entry[] = [
      { name: "./", type: "5" },
      { name: "./assay/", type: "5" },
      { name: "pax", type: "g", content: paxRecord("comment", "made by hand") },
      { name: "pax", type: "x", content: paxRecord("mtime", "1.5") + paxRecord("SCHILY.dev", "1") },
      ...bundleEntries().map((entry) => ({ ...entry, name: `.${entry.name}` })),
    ];
    expect(codeOf(archiveOf(entries))).to.equal("read");
    expect(codeOf(gzipSync(tarOf(bundleEntries()), { level: 0 }))).to.equal("read");
  });

  describe("T183 refuses hostile archives", () => {
    const hostile: readonly { readonly name: string; readonly entry: Entry }[] = [
      { name: "traversal", entry: { name: "../etc/passwd" } },
      { name: "traversal inside", entry: { name: "a/../../b" } },
      { name: "an absolute path twice over", entry: { name: "//etc/passwd" } },
      { name: "traversal behind a slash", entry: { name: "/../b" } },
      { name: "traversal in the prefix", entry: { name: "b", prefix: ".." } },
      { name: "a backslash", entry: { name: "..\\b" } },
      { name: "a drive", entry: { name: "C:/b" } },
      { name: "a control character", entry: { name: "a\nb" } },
      { name: "an empty segment", entry: { name: "a//b" } },
      { name: "a directory that leads out", entry: { name: "../a/", type: "5" } },
      { name: "a symbolic link", entry: { name: "l", type: "2", linkName: "/etc/passwd" } },
      { name: "a hard link", entry: { name: "l", type: "1", linkName: "data.json" } },
      { name: "a character device", entry: { name: "l", type: "3" } },
      { name: "a block device", entry: { name: "l", type: "4" } },
      { name: "a fifo", entry: { name: "l", type: "6" } },
      { name: "a contiguous file", entry: { name: "l", type: "7" } },
      { name: "a sparse file", entry: { name: "l", type: "S" } },
      { name: "a GNU long name", entry: { name: "././@LongLink", type: "L", content: "x\0" } },
      { name: "a GNU long link", entry: { name: "././@LongLink", type: "K", content: "x\0" } },
      { name: "a pax path", entry: { name: "p", type: "x", content: paxRecord("path", "policy.wasm") } },
      { name: "a pax size", entry: { name: "p", type: "x", content: paxRecord("size", "1") } },
      {
        name: "a pax sparse map",
        entry: { name: "p", type: "x", content: paxRecord("GNU.sparse.major", "1") },
      },
      { name: "a pax record of a wrong length", entry: { name: "p", type: "x", content: "99 mtime=1\n" } },
      { name: "set-user-id", entry: { name: "l", mode: 0o4755 } },
      { name: "a name twice", entry: { name: "/data.json", content: "{}" } },
      { name: "a name twice in another notation", entry: { name: "./data.json", content: "{}" } },
      { name: "a wrong checksum", entry: { name: "l", badChecksum: true } },
      { name: "a size beyond the end", entry: { name: "l", size: "00077777777" } },
      { name: "a binary size", entry: { name: "l", size: "\u0080\0\0\0\0\0\0\0\0\0\0\u0001" } },
      { name: "a directory with content", entry: { name: "d", type: "5", content: "x" } },
    ];
    for (const { name, entry } of hostile) {
      it(name, () => expect(codeOf(archiveOf([...bundleEntries(), entry]))).to.equal("bundle.invalid"));
    }
  });

  describe("T184 T050 refuses floods and damage", () => {
    const archive = archiveOf(bundleEntries());
    const small = { name: "f", content: "" };
    const cases: readonly {
      readonly name: string;
      readonly bytes: () => Uint8Array;
      readonly code: string;
    }[] = [
      {
        name: "A042 a gzip bomb",
        bytes: () => gzipSync(Buffer.alloc(129 * 1024 * 1024)),
        code: "bundle.limit_exceeded",
      },
      {
        name: "an archive too large",
        bytes: () => Buffer.alloc(32 * 1024 * 1024 + 1),
        code: "bundle.limit_exceeded",
      },
      {
        name: "too many files",
        bytes: () => archiveOf(Array.from({ length: 2001 }, (_, i) => ({ ...small, name: `f${i}` }))),
        code: "bundle.limit_exceeded",
      },
      {
        name: "T168 data too large",
        bytes: () =>
          archiveOf(bundleEntries({ "/data.json": `{"policy":"${"x".repeat(16 * 1024 * 1024)}"}` })),
        code: "bundle.limit_exceeded",
      },
      {
        name: "cut off in the middle",
        bytes: () => archive.subarray(0, archive.length >> 1),
        code: "bundle.invalid",
      },
      { name: "cut off in the trailer", bytes: () => archive.subarray(0, -1), code: "bundle.invalid" },
      {
        name: "trailing data",
        bytes: () => Buffer.concat([archive, Buffer.from("x")]),
        code: "bundle.invalid",
      },
      {
        name: "a second member",
        bytes: () => Buffer.concat([archive, gzipSync("")]),
        code: "bundle.invalid",
      },
      {
        name: "a member before",
        bytes: () => Buffer.concat([gzipSync(""), archive]),
        code: "bundle.invalid",
      },
      {
        name: "a wrong checksum",
        bytes: () => archive.with(archive.length - 8, archive.readUInt8(archive.length - 8) ^ 1),
        code: "bundle.invalid",
      },
      {
        name: "bytes behind the tar's end",
        bytes: () => gzipSync(tarOf(bundleEntries(), Buffer.alloc(1536, 1).fill(0, 0, 1024))),
        code: "bundle.invalid",
      },
      { name: "a tar without gzip", bytes: () => tarOf(bundleEntries()), code: "bundle.invalid" },
      { name: "nothing", bytes: () => Buffer.alloc(0), code: "bundle.invalid" },
      { name: "no tar", bytes: () => gzipSync(Buffer.alloc(1024, 7)), code: "bundle.invalid" },
    ];
    for (const { name, bytes, code } of cases) it(name, () => expect(codeOf(bytes())).to.equal(code));
  });

  describe("refuses a bundle that is not whole", () => {
    const manifest = (changes: object) => ({ "/.manifest": JSON.stringify({ ...MANIFEST, ...changes }) });
    const wasm = (entrypoint: unknown, module: unknown = "/policy.wasm") => ({ entrypoint, module });
    const cases: readonly {
      readonly name: string;
      readonly spoil: Record<string, string | undefined>;
      readonly code: string;
    }[] = [
      { name: "no manifest", spoil: { "/.manifest": undefined }, code: "bundle.invalid" },
      { name: "a manifest that is none", spoil: { "/.manifest": "[]" }, code: "bundle.invalid" },
      {
        name: "a manifest with a key twice",
        spoil: { "/.manifest": '{"revision":"1","revision":"2"}' },
        code: "bundle.invalid",
      },
      {
        name: "A092 Rego without a module: nothing is compiled here",
        spoil: { "/policy.wasm": undefined },
        code: "bundle.invalid",
      },
      { name: "a revision that is no string", spoil: manifest({ revision: 1 }), code: "bundle.invalid" },
      {
        name: "no WASM entrypoints",
        spoil: manifest({ wasm: undefined }),
        code: "bundle.entrypoint_missing",
      },
      {
        name: "T151 another entrypoint only",
        spoil: manifest({ wasm: [wasm("assay/decisions")] }),
        code: "bundle.entrypoint_missing",
      },
      {
        name: "an entrypoint twice",
        spoil: manifest({ wasm: [wasm("assay/decision"), wasm("assay/decision")] }),
        code: "bundle.invalid",
      },
      {
        name: "two modules",
        spoil: manifest({ wasm: [wasm("assay/decision"), wasm("x", "/other.wasm")] }),
        code: "bundle.invalid",
      },
      { name: "an entrypoint that is no name", spoil: manifest({ wasm: [wasm(1)] }), code: "bundle.invalid" },
      {
        name: "a module elsewhere",
        spoil: manifest({ wasm: [wasm("assay/decision", "/../policy.wasm")] }),
        code: "bundle.invalid",
      },
      {
        name: "roots that overlap",
        spoil: manifest({ roots: ["assay", "assay/x", "policy"] }),
        code: "bundle.invalid",
      },
      { name: "roots that are no list", spoil: manifest({ roots: "assay" }), code: "bundle.invalid" },
      { name: "a delta bundle", spoil: { "/patch.json": '{"data":[]}' }, code: "bundle.invalid" },
      { name: "data elsewhere", spoil: { "/policy/data.json": "{}" }, code: "bundle.invalid" },
      { name: "data in YAML", spoil: { "/data.yaml": "a: 1" }, code: "bundle.invalid" },
      { name: "data that is no JSON", spoil: { "/data.json": "{" }, code: "bundle.data_invalid" },
      {
        name: "data with a key twice",
        spoil: { "/data.json": '{"policy":1,"policy":2}' },
        code: "bundle.data_invalid",
      },
      {
        name: "data with a number that no double holds",
        spoil: { "/data.json": '{"policy":9007199254740993}' },
        code: "bundle.data_invalid",
      },
      { name: "data that is no object", spoil: { "/data.json": "[]" }, code: "bundle.data_invalid" },
      {
        name: "T167 data at an entrypoint",
        spoil: { "/data.json": '{"assay":{"decision":{"allow":true}}}' },
        code: "bundle.data_invalid",
      },
      {
        name: "T167 data at a rule",
        spoil: { "/data.json": '{"assay":{"helper":true}}' },
        code: "bundle.data_invalid",
      },
      {
        name: "T167 a value above a rule",
        spoil: { "/data.json": '{"assay":[]}' },
        code: "bundle.data_invalid",
      },
      {
        name: "T167 data outside of the roots",
        spoil: { "/data.json": '{"other":1}' },
        code: "bundle.data_invalid",
      },
    ];
    for (const { name, spoil, code } of cases) {
      it(name, () => expect(codeOf(archiveOf(bundleEntries(spoil)))).to.equal(code));
    }
  });

  it("leaves data beside the rules of a package alone", () => {
    expect(
      codeOf(archiveOf(bundleEntries({ "/data.json": '{"assay":{"constants":{"decision":1}}}' }))),
    ).to.equal("read");
  });
});

describe("composeBundle", () => {
  it("gives the same rules other data and a digest of both", () => {
    const base = good();
    const composition = { name: "other", revision: "2", data: { policy: { b: 1, a: 2 } } };
    const composed = composeBundle(base, composition);
    const again = composeBundle(base, { ...composition, data: { policy: { a: 2, b: 1 } } });
    if (!composed.ok || !again.ok) throw new Error("not composed");
    expect(composed.value).to.deep.equal({ ...base, ...composition, digest: composed.value.digest });
    expect(composed.value.digest).not.to.equal(base.digest);
    expect(again.value.digest).to.equal(composed.value.digest);
  });

  it("gives another digest for other data", () => {
    const digests = [{ policy: 1 }, { policy: 2 }].map((data) => {
      const composed = composeBundle(good(), { name: "n", revision: "r", data });
      return composed.ok ? composed.value.digest : "";
    });
    expect(new Set(digests).size).to.equal(2);
  });

  it("T167 refuses data where the rules are", () => {
    const composed = composeBundle(good(), { name: "n", revision: "r", data: { assay: { helper: 1 } } });
    expect(composed.ok ? "composed" : composed.reason.code).to.equal("bundle.data_invalid");
  });
});
