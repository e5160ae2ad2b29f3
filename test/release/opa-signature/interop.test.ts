import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { signOpaBundle, verifyOpaSignature, type OpaAlgorithm } from "../../../src/release/index.ts";
import { opa, runOpa } from "../../lab/opa.ts";
import { archiveOf, tarOf, type Entry } from "../../policy/forge/archive.ts";
import { KEYS, listed, NOW, signaturesFile, signerOf } from "./forge.ts";

const REGO = "package assay\n\ndecision := input.a + data.policy.n\n";
/** All that OPA's hash could write otherwise than we: escapes, numbers, the order of keys. */
const DATA =
  '{ "policy": {"n": 1.0, "e": 1E+2, "neg": -0, "s": "<\\u2028\\u0007\\b\\/\\u00e9&>", "a": [1, {}, [], null, true],' +
  ' "\\ud83d\\ude00": 1, "\\uffee": 2, "10": 1, "9": 2, "__proto__": {"x": 1} } }';
const MANIFEST = '{"roots":["assay","policy"],"revision":"r1","metadata":{"name":"é","n":[1.50]}}';

/** Entries as a person's own `tar` would write them. */
function entries(): Entry[] {
  return [
    { name: ".manifest", content: MANIFEST },
    { name: "data.json", content: DATA },
    { name: "assay/decision.rego", content: REGO },
    { name: "notes/other.json", content: '{ "b": 1, "a": 1, "a": 2 }' },
    { name: "notes/readme.txt", content: "read me\n" },
  ];
}

describe("OPA's own signatures", function () {
  this.timeout(60_000);
  let work: string;
  before(function () {
    if (opa === undefined) this.skip();
    work = mkdtempSync(join(tmpdir(), "assay-signature-"));
    for (const [name, { privateKey, publicKey }] of Object.entries(KEYS)) {
      writeFileSync(join(work, `${name}.pem`), privateKey.export({ type: "pkcs8", format: "pem" }));
      writeFileSync(join(work, `${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
    }
    mkdirSync(join(work, "policy", "assay"), { recursive: true });
    writeFileSync(join(work, "policy", ".manifest"), MANIFEST);
    writeFileSync(join(work, "policy", "data.json"), DATA);
    writeFileSync(join(work, "policy", "assay", "decision.rego"), REGO);
    writeFileSync(join(work, "claims.json"), '{"scope":"prod","keyid":"release-1","iat":1,"team":{"a":[1]}}');
  });
  after(() => {
    if (work !== undefined) rmSync(work, { recursive: true });
  });

  const run = (...args: readonly string[]) => runOpa(opa ?? "", args, work);
  /** Whether OPA loads the archive under a key; its complaint where it does not. */
  const opaTakes = (archive: Uint8Array, ...more: readonly string[]): string => {
    writeFileSync(join(work, "in.tar.gz"), archive);
    try {
      run("build", "-b", "in.tar.gz", "-o", "out.tar.gz", ...more);
      return "taken";
    } catch (thrown) {
      return thrown instanceof Error && "stdout" in thrown ? String(thrown.stdout) : "failed";
    }
  };
  const taken = (archive: Uint8Array, signer = signerOf()): string => {
    const result = verifyOpaSignature(archive, [signer], NOW);
    return result.ok ? (result.value?.signer ?? "unsigned") : result.reason.message;
  };

  describe("what OPA signs is verified", () => {
    const algorithms: readonly (readonly [OpaAlgorithm, "rsa" | "ec"])[] = [
      ["RS256", "rsa"],
      ["RS512", "rsa"],
      ["PS384", "rsa"],
      ["ES256", "ec"],
    ];
    for (const [algorithm, key] of algorithms) {
      it(`opa build, ${algorithm}`, () => {
        run(
          "build",
          "-b",
          "policy",
          "--signing-key",
          `${key}.pem`,
          "--signing-alg",
          algorithm,
          "-o",
          "b.tar.gz",
        );
        const archive = readFileSync(join(work, "b.tar.gz"));
        expect(taken(archive, signerOf(KEYS[key].publicKey))).to.equal("release");
        // OPA says `default` where nobody named the key.
        expect(taken(archive, signerOf(KEYS[key].publicKey, { keyId: "default" }))).to.equal("release");
        expect(taken(archive, signerOf(KEYS[key].publicKey, { keyId: "x" }))).to.include('key id "default"');
      });
    }

    it("opa build of a module, with claims", () => {
      run(
        "build",
        "-b",
        "policy",
        "-t",
        "wasm",
        "-e",
        "assay/decision",
        "--signing-key",
        "rsa.pem",
        "--claims-file",
        "claims.json",
        "-o",
        "w.tar.gz",
      );
      const archive = readFileSync(join(work, "w.tar.gz"));
      const signer = signerOf(KEYS.rsa.publicKey, { keyId: "release-1", scope: "prod" });
      expect(taken(archive, signer)).to.equal("release");
      expect(taken(archive)).to.include('scope "prod"; expected none');
    });

    it("opa sign of an archive or folder, packed by hand", () => {
      writeFileSync(join(work, "bare.tar.gz"), archiveOf(entries()));
      run("sign", "-b", "bare.tar.gz", "--signing-key", "rsa.pem", "--claims-file", "claims.json", "-o", ".");
      const signed = archiveOf([...entries(), signatureIn(work)]);
      expect(taken(signed, signerOf(KEYS.rsa.publicKey, { keyId: "release-1", scope: "prod" }))).to.equal(
        "release",
      );

      runOpa(opa ?? "", ["sign", "-b", ".", "--signing-key", "../rsa.pem", "-o", ".."], join(work, "policy"));
      const folder = entries().filter(({ name }) => !name.startsWith("notes/"));
      expect(taken(archiveOf([...folder, signatureIn(work)]))).to.equal("release");
    });

    it("T174 names as an archive writes them: those of ./ keep it", () => {
      const dotted = entries().map((entry) => ({ ...entry, name: `./${entry.name}` }));
      writeFileSync(join(work, "dot.tar.gz"), archiveOf(dotted));
      run("sign", "-b", "dot.tar.gz", "--signing-key", "rsa.pem", "-o", ".");
      const signed = archiveOf([...dotted, { ...signatureIn(work), name: "./.signatures.json" }]);
      expect(taken(signed)).to.equal("release");
      expect(opaTakes(signed, "--verification-key", "rsa.pub")).to.equal("taken");
    });
  });

  describe("what is signed here OPA verifies", () => {
    const algorithms: readonly (readonly [OpaAlgorithm, "rsa" | "ec"])[] = [
      ["RS256", "rsa"],
      ["RS384", "rsa"],
      ["PS512", "rsa"],
      ["ES256", "ec"],
    ];
    for (const [algorithm, key] of algorithms) {
      it(algorithm, () => {
        const signed = sign(archiveOf(entries()), algorithm, key);
        const flags = ["--verification-key", `${key}.pub`, "--signing-alg", algorithm];
        expect(opaTakes(signed, ...flags, "--scope", "prod", "--verification-key-id", "release-1")).to.equal(
          "taken",
        );
        expect(opaTakes(signed, ...flags, "--scope", "staging")).to.include("scope mismatch");
        expect(opaTakes(signed, "--verification-key", "other.pub", "--scope", "prod")).not.to.equal("taken");
        expect(opaTakes(signed)).to.include("verification key not provided");
      });
    }

    it("and runs", () => {
      writeFileSync(join(work, "run.tar.gz"), sign(archiveOf(entries()), "RS256", "rsa"));
      const answer = execFileSync(
        opa ?? "",
        ["run", "-b", "run.tar.gz", "--verification-key", "rsa.pub", "--scope", "prod"],
        { cwd: work, input: "data.policy.n\n", encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] },
      );
      expect(answer).to.include("1");
    });

    it("of an archive with ./ before its names", () => {
      const dotted = entries().map((entry) => ({ ...entry, name: `./${entry.name}` }));
      const signed = sign(gzipSync(tarOf(dotted)), "RS256", "rsa");
      expect(opaTakes(signed, "--verification-key", "rsa.pub", "--scope", "prod")).to.equal("taken");
    });

    function sign(archive: Uint8Array, algorithm: OpaAlgorithm, key: "rsa" | "ec"): Uint8Array {
      const signing = { key: KEYS[key].privateKey, algorithm, keyId: "release-1", scope: "prod" };
      const signed = signOpaBundle(archive, signing);
      if (!signed.ok) throw new Error(signed.reason.message);
      return signed.value;
    }
  });

  describe("and refuses what is refused here", () => {
    const small = (): Entry[] => [
      { name: "/.manifest", content: '{"revision":"r1","roots":["assay","policy"]}' },
      { name: "/data.json", content: '{"policy":{"n":1.0}}' },
    ];
    const manifest = listed([{ name: "x", content: '{"revision":"r1","roots":["assay","policy"]}' }])[0];
    const files = [{ ...manifest, name: ".manifest" }, ...listed(small().slice(1))];
    const changed = (data: string) => small().with(1, { name: "/data.json", content: data });
    const cases: readonly {
      readonly name: string;
      readonly archive: () => Uint8Array;
      readonly opa: string;
    }[] = [
      { name: "nothing", archive: () => signedAsSmall(small()), opa: "taken" },
      {
        name: "white space is none of its business",
        archive: () => signedAsSmall(changed('{"policy": {"n":1.0}}\n')),
        opa: "taken",
      },
      {
        name: "T176 1 for 1.0",
        archive: () => signedAsSmall(changed('{"policy":{"n":1}}')),
        opa: "digest mismatch",
      },
      {
        name: "a file that is not listed",
        archive: () => signedAsSmall([...small(), { name: "/x.bin" }]),
        opa: "not included in bundle signature",
      },
      {
        name: "a file that is missing",
        archive: () => signedAsSmall(small().slice(0, 1)),
        opa: "not found in the target bundle",
      },
      {
        name: "T182 a delta",
        archive: () =>
          signedAsSmall([
            ...small(),
            { name: "/patch.json", content: '{"data":[{"op":"upsert","path":"/policy/n","value":2}]}' },
          ]),
        opa: "delta bundles do not support signature verification",
      },
    ];
    for (const { name, archive, opa: expected } of cases) {
      it(name, () => {
        expect(opaTakes(archive(), "--verification-key", "rsa.pub")).to.include(expected);
        expect(taken(archive()) === "release").to.equal(expected === "taken");
      });
    }

    it("T176 a key that stands twice: OPA takes it as signed, and reads the last", () => {
      const archive = signedAsSmall(changed('{"policy":{"n":7,"n":1.0}}'));
      expect(opaTakes(archive, "--verification-key", "rsa.pub")).to.equal("taken");
      expect(taken(archive)).to.include('"n" stands twice');
    });

    /** Whatever it holds, under the signature of `small`. */
    function signedAsSmall(entries: readonly Entry[]): Buffer {
      return archiveOf([
        ...entries,
        { name: "/.signatures.json", content: signaturesFile({ payload: { files } }) },
      ]);
    }
  });
});

function signatureIn(folder: string): Entry {
  return { name: ".signatures.json", content: readFileSync(join(folder, ".signatures.json")) };
}
