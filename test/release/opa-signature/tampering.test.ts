import { gunzipSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import { readBundle } from "../../../src/policy/index.ts";
import { verifyOpaSignature } from "../../../src/release/index.ts";
import { archiveOf, bundleEntries, paxRecord, tarOf, type Entry } from "../../policy/forge/archive.ts";
import { listed, NOW, signedArchive, signedEntries, signerOf } from "./forge.ts";

const SPACED = bundleEntries({ "/data.json": '{ "policy": { "name": "acme", "n": 1.0 } }\n' });
const signedSpaced = { files: listedAs('{"policy":{"n":1.0,"name":"acme"}}') };

function outcome(archive: Uint8Array): string {
  const result = verifyOpaSignature(archive, [signerOf()], NOW);
  return result.ok ? (result.value?.signer ?? "unsigned") : result.reason.code;
}

describe("a signed bundle that was changed", () => {
  it("is in order before", () => expect(outcome(archiveOf(signedEntries()))).to.equal("release"));

  describe("T175 one byte of each file", () => {
    const classes: readonly { readonly name: string; readonly change: (byte: number) => number }[] = [
      { name: "its lowest bit", change: (byte) => byte ^ 1 },
      { name: "its case", change: (byte) => byte ^ 0x20 },
      { name: "its highest bit", change: (byte) => byte ^ 0x80 },
      { name: "to NUL", change: () => 0 },
      { name: "to a space", change: () => 0x20 },
      { name: "to a digit", change: (byte) => (byte === 0x30 ? 0x31 : 0x30) },
      { name: "to a quote", change: () => 0x22 },
      { name: "to a bracket", change: () => 0x7d },
    ];
    for (const [index, { name }] of signedEntries().entries()) {
      for (const { name: kind, change } of classes) {
        it(`${name}: ${kind}`, () => {
          const entries = signedEntries();
          const content = Buffer.from(entries[index]?.content ?? "");
          // Every byte of a small file, some of a large one.
          const step = Math.max(1, Math.floor(content.length / 40));
          for (let at = 0; at < content.length; at += step) {
            const bytes = content.with(at, change(content.readUInt8(at)));
            if (bytes[at] === content[at]) continue;
            const changed = entries.with(index, { name, content: bytes });
            expect(outcome(archiveOf(changed)), `byte ${at}`).to.match(/^signature\./);
          }
        });
      }
    }

    it("a byte more or less at either end", () => {
      for (const [index, entry] of signedEntries().entries()) {
        const content = Buffer.from(entry.content ?? "");
        const spoiled = [
          content.subarray(1),
          content.subarray(0, -1),
          Buffer.concat([content, Buffer.from("x")]),
        ];
        for (const bytes of spoiled) {
          const changed = signedEntries().with(index, { ...entry, content: bytes });
          expect(outcome(archiveOf(changed)), entry.name).to.match(/^signature\./);
        }
      }
    });

    it("the signature of another bundle", () => {
      const other = bundleEntries({ "/data.json": '{"policy":{"name":"other"}}' });
      expect(outcome(signedArchive({}, other))).to.equal("signature.files_mismatch");
    });
  });

  describe("T176 JSON of other bytes is the same document, or refused", () => {
    const original = read(SPACED);
    const cases: readonly { readonly name: string; readonly text: string; readonly code: string }[] = [
      { name: "white space", text: '{"policy":{"name":"acme","n":1.0}}', code: "release" },
      { name: "another order", text: '{"policy":{"n":1.0,"name":"acme"}}', code: "release" },
      { name: "other escapes", text: '{"policy":{"n":1.0,"name":"\\u0061cme"}}', code: "release" },
      { name: "1 for 1.0", text: '{"policy":{"n":1,"name":"acme"}}', code: "signature.files_mismatch" },
      { name: "1.00 for 1.0", text: '{"policy":{"n":1.00,"name":"acme"}}', code: "signature.files_mismatch" },
      {
        name: "a key twice, the signed one last, as OPA takes it",
        text: '{"policy":{"n":2,"n":1.0,"name":"acme"}}',
        code: "signature.files_mismatch",
      },
      {
        name: "a key twice, the signed one first",
        text: '{"policy":{"n":1.0,"n":2,"name":"acme"}}',
        code: "signature.files_mismatch",
      },
      { name: "YAML of the same", text: "policy: {n: 1.0, name: acme}", code: "signature.files_mismatch" },
      {
        name: "a byte order mark",
        text: '\ufeff{"policy":{"n":1.0,"name":"acme"}}',
        code: "signature.files_mismatch",
      },
    ];
    for (const { name, text, code } of cases) {
      it(name, () => {
        const entries = bundleEntries({ "/data.json": text });
        expect(outcome(signedArchive({ payload: signedSpaced }, entries))).to.equal(code);
        if (code === "release") expect(read(entries)).to.deep.equal(original);
      });
    }

    it("numbers that no double holds are not signed for anybody", () => {
      for (const number of ["9007199254740993", "1e999"]) {
        const text = `{"policy":${number}}`;
        const entries = bundleEntries({ "/data.json": text });
        expect(outcome(signedArchive({ payload: { files: listedAs(text) } }, entries))).to.equal(
          "signature.files_mismatch",
        );
      }
    });
  });

  describe("T174 T182 T183 T184 an archive around the signed files", () => {
    const more = (entry: Entry) => archiveOf([...signedEntries(), entry]);
    const renamed = (from: string, to: string) =>
      archiveOf(signedEntries().map((entry) => (entry.name === from ? { ...entry, name: to } : entry)));
    const tar = tarOf(signedEntries());
    const cases: readonly {
      readonly name: string;
      readonly archive: () => Uint8Array;
      readonly code: string;
    }[] = [
      {
        name: "a file more",
        archive: () => more({ name: "/readme.txt", content: "x" }),
        code: "signature.files_mismatch",
      },
      {
        name: "an empty file more",
        archive: () => more({ name: "/x.rego" }),
        code: "signature.files_mismatch",
      },
      {
        name: "a hidden file more",
        archive: () => more({ name: "/.hidden", content: "x" }),
        code: "signature.files_mismatch",
      },
      {
        name: "junk of macOS",
        archive: () => more({ name: "/._data.json", content: "x" }),
        code: "signature.invalid",
      },
      {
        name: "data.json again",
        archive: () => more({ name: "/data.json", content: "{}" }),
        code: "signature.invalid",
      },
      {
        name: "./data.json again",
        archive: () => more({ name: "./data.json", content: "{}" }),
        code: "signature.invalid",
      },
      {
        name: "data.json again without slash",
        archive: () => more({ name: "data.json", content: "{}" }),
        code: "signature.invalid",
      },
      {
        name: "DATA.JSON beside it",
        archive: () => more({ name: "/DATA.JSON", content: "{}" }),
        code: "signature.invalid",
      },
      {
        name: "another signature",
        archive: () => more({ name: "/x/.signatures.json", content: "{}" }),
        code: "signature.invalid",
      },
      {
        name: "a second .signatures.json",
        archive: () => more({ name: ".signatures.json", content: "{}" }),
        code: "signature.invalid",
      },
      {
        name: "a signature by its ending",
        archive: () => more({ name: "/evilsignatures.json", content: "{}" }),
        code: "signature.invalid",
      },
      {
        name: "a second manifest",
        archive: () => more({ name: "/x/.manifest", content: "{}" }),
        code: "signature.invalid",
      },
      {
        name: "a manifest by its ending",
        archive: () => more({ name: "/x.manifest", content: "{}" }),
        code: "signature.invalid",
      },
      {
        name: "a delta",
        archive: () => more({ name: "/patch.json", content: '{"data":[]}' }),
        code: "signature.invalid",
      },
      {
        name: "a delta elsewhere",
        archive: () => more({ name: "/x/patch.json", content: '{"data":[]}' }),
        code: "signature.invalid",
      },
      {
        name: "nothing but a delta and the signature",
        archive: () => archiveOf([{ name: "/patch.json", content: "{}" }, ...signedEntries().slice(-1)]),
        code: "signature.invalid",
      },
      {
        name: "data elsewhere",
        archive: () => more({ name: "/x/data.json", content: "{}" }),
        code: "signature.invalid",
      },
      {
        name: "data in YAML",
        archive: () => more({ name: "/data.yaml", content: "a: 1" }),
        code: "signature.invalid",
      },
      {
        name: "a file away",
        archive: () => archiveOf(signedEntries().slice(1)),
        code: "signature.files_mismatch",
      },
      {
        name: "all files away",
        archive: () => archiveOf(signedEntries().slice(-1)),
        code: "signature.files_mismatch",
      },
      {
        name: "the signature away",
        archive: () => archiveOf(signedEntries().slice(0, -1)),
        code: "unsigned",
      },
      {
        name: "the signature under another name",
        archive: () => renamed("/.signatures.json", "/.Signatures.json"),
        code: "signature.invalid",
      },
      {
        name: "a file by another name",
        archive: () => renamed("/policy.wasm", "/policy2.wasm"),
        code: "signature.files_mismatch",
      },
      {
        name: "a file in another case",
        archive: () => renamed("/policy.wasm", "/Policy.wasm"),
        code: "signature.files_mismatch",
      },
      {
        name: "a file moved",
        archive: () => renamed("/assay/decision.rego", "/assay/x/decision.rego"),
        code: "signature.files_mismatch",
      },
      // OPA, too, takes `./a` and `a` for two; what is read here would be the same.
      {
        name: "./ before a name",
        archive: () => renamed("/policy.wasm", "./policy.wasm"),
        code: "signature.files_mismatch",
      },
      {
        name: "no slash before a name",
        archive: () => renamed("/policy.wasm", "policy.wasm"),
        code: "release",
      },
      { name: "traversal", archive: () => more({ name: "../x", content: "x" }), code: "signature.invalid" },
      {
        name: "a symbolic link",
        archive: () => more({ name: "l", type: "2", linkName: "data.json" }),
        code: "signature.invalid",
      },
      {
        name: "a pax path before a file",
        archive: () =>
          archiveOf([{ name: "p", type: "x", content: paxRecord("path", "data.json") }, ...signedEntries()]),
        code: "signature.invalid",
      },
      {
        name: "a second gzip member",
        archive: () => Buffer.concat([gzipSync(tar), gzipSync(tar)]),
        code: "signature.invalid",
      },
      {
        name: "a second tar behind the first",
        archive: () => gzipSync(Buffer.concat([tar, tar])),
        code: "signature.invalid",
      },
      {
        name: "A128 cut off behind its first file",
        archive: () => gzipSync(tar.subarray(0, 700)),
        code: "signature.invalid",
      },
      {
        name: "A128 cut off as a whole",
        archive: () => gzipSync(tar).subarray(0, -9),
        code: "signature.invalid",
      },
      { name: "nothing", archive: () => Buffer.alloc(0), code: "signature.invalid" },
      {
        name: "a page of HTML",
        archive: () => Buffer.from("<html>not found</html>"),
        code: "signature.invalid",
      },
    ];
    for (const { name, archive, code } of cases) it(name, () => expect(outcome(archive())).to.equal(code));

    it("any block of the tar exchanged with another, or away, is refused or leaves the same bundle", () => {
      const whole = gunzipSync(archiveOf(signedEntries()));
      const original = readBundle(gzipSync(whole));
      for (let at = 0; at + 512 <= whole.length; at += 512) {
        const spoiled = gzipSync(Buffer.concat([whole.subarray(0, at), whole.subarray(at + 512)]));
        if (outcome(spoiled) !== "release") continue;
        // Only the empty blocks at the end.
        expect(contentOf(readBundle(spoiled)), `block ${at}`).to.deep.equal(contentOf(original));
      }
    });
  });
});

function listedAs(data: string) {
  return [
    ...new Map(
      [...listed(SPACED), ...listed(bundleEntries({ "/data.json": data }))].map((file) => [file.name, file]),
    ).values(),
  ];
}

function contentOf(read: ReturnType<typeof readBundle>): unknown {
  if (!read.ok) return read.reason;
  const { digest: _, ...content } = read.value;
  return content;
}

function read(entries: readonly Entry[]): unknown {
  return contentOf(readBundle(archiveOf(entries)));
}
