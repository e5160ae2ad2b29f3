import { constants, generateKeyPairSync, sign } from "node:crypto";
import { expect } from "chai";
import { digestOf } from "../../../src/core/index.ts";
import { verifyOpaSignature, type KeySigner } from "../../../src/release/index.ts";
import { archiveOf, bundleEntries } from "../../policy/forge/archive.ts";
import { KEYS, listed, NOW, outcome, refused, signerOf, verified, type Forged } from "./forge.ts";

const files = listed();
const [first] = files;

describe("verifyOpaSignature", () => {
  it("names the signer whose key has signed all files", () => {
    expect(verified({})).to.deep.equal({
      ok: true,
      value: {
        signer: "release",
        form: "opa",
        identity: digestOf(KEYS.rsa.publicKey.export({ type: "spki", format: "der" })),
        issuer: null,
        time: null,
      },
    });
  });

  it("names the key's id where the signer has one, in kid, keyid or both", () => {
    const signer = signerOf(KEYS.rsa.publicKey, { keyId: "release-1" });
    const header = { alg: "RS256", typ: "JWT", kid: "release-1" };
    for (const forged of [
      { header },
      { payload: { files, keyid: "release-1" } },
      { header, payload: { files, keyid: "release-1" } },
    ]) {
      const result = verified(forged, [signer]);
      expect(result.ok && result.value?.identity).to.equal("release-1");
    }
  });

  it("is null for an archive without .signatures.json", () => {
    expect(verifyOpaSignature(archiveOf(bundleEntries()), [signerOf()], NOW)).to.deep.equal({
      ok: true,
      value: null,
    });
  });

  it("takes what OPA's own plugin signed, claims of the author's, iss and iat, and every algorithm for the key", () => {
    const plugin: Forged = { file: (token) => ({ signatures: [token], plugin: "_default" }) };
    const claims: Forged = { payload: { files, iss: "ci", iat: 1, team: { name: "acme" } } };
    const algorithms = ["RS384", "RS512", "PS256", "PS384", "PS512"].map((alg): Forged => ({
      header: { alg },
    }));
    for (const forged of [plugin, claims, ...algorithms])
      expect(outcome(verified(forged))).to.equal("release");
    const es: Forged = { header: { alg: "ES256" }, key: KEYS.ec.privateKey };
    expect(outcome(verified(es, [signerOf(KEYS.ec.publicKey)]))).to.equal("release");
    const hashes = ["sha384", "sha512"].map((name) => ({
      name: "assay/decision.rego",
      hash: hashOf(name, "/assay/decision.rego"),
      algorithm: name.toUpperCase().replace("SHA", "SHA-"),
    }));
    for (const other of hashes) {
      const payload = { files: files.map((file) => (file.name === other.name ? other : file)) };
      expect(outcome(verified({ payload }))).to.equal("release");
    }
  });

  describe("T178 takes no signature made otherwise than the header says, or for another kind of key", () => {
    const cases: readonly (Forged & { readonly name: string; readonly key?: KeySigner["key"] })[] = [
      { name: "PS256 stated, RS256 made", header: { alg: "PS256" }, madeWith: "RS256" },
      { name: "RS256 stated, PS256 made", header: { alg: "RS256" }, madeWith: "PS256" },
      { name: "RS384 stated, RS256 made", header: { alg: "RS384" }, madeWith: "RS256" },
      { name: "ES256 stated, RS256 made", header: { alg: "ES256" }, madeWith: "RS256" },
      { name: "PS256, a shorter salt", header: { alg: "PS256" }, sign: (signed) => salted(signed, 20) },
      { name: "PS256, a longer salt", header: { alg: "PS256" }, sign: (signed) => salted(signed, 64) },
      { name: "another key", key: KEYS.other.privateKey },
      { name: "ES256 by a key of an RSA signer", header: { alg: "ES256" }, key: KEYS.ec.privateKey },
      { name: "an empty signature's worth of zeros", sign: () => Buffer.alloc(256) },
    ];
    for (const { name, ...forged } of cases) {
      it(name, () => refused(verified(forged), "signature.signer_unknown", "none of the 1 configured keys"));
    }

    const curve = [signerOf(KEYS.ec.publicKey)];
    const es = (sign: (signed: Buffer) => Buffer): Forged => ({ header: { alg: "ES256" }, sign });
    const ecdsa: readonly (readonly [string, Forged])[] = [
      ["DER instead of two numbers", es((signed) => sign("sha256", signed, KEYS.ec.privateKey))],
      ["two zeros (psychic)", es(() => Buffer.alloc(64))],
      ["two numbers for another curve", { ...es((signed) => p384(signed)), header: { alg: "ES384" } }],
      ["RS256 stated for a key on a curve", { header: { alg: "RS256" } }],
    ];
    for (const [name, forged] of ecdsa) {
      it(name, () => refused(verified(forged, curve), "signature.signer_unknown", "none of the 1"));
    }

    it("a weak, a secret or a private key configured", () => {
      const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
      expect(
        outcome(verified({ sign: (s) => sign("sha256", s, weak.privateKey) }, [signerOf(weak.publicKey)])),
      ).to.equal("signature.signer_unknown");
      expect(outcome(verified({}, [signerOf(KEYS.rsa.privateKey)]))).to.equal("signature.signer_unknown");
      expect(outcome(verified({}, []))).to.equal("signature.signer_unknown");
    });
  });

  describe("T177 never lets kid choose a key", () => {
    const signer = signerOf(KEYS.rsa.publicKey, { keyId: "release" });
    const kid = (kid: unknown): Forged => ({ header: { alg: "RS256", kid } });
    const cases: readonly (Forged & {
      readonly name: string;
      readonly code: string;
      readonly says: string;
    })[] = [
      { name: "missing", code: "signature.signer_unknown", says: 'key id none; expected "release"' },
      { name: "unknown", ...kid("other"), code: "signature.signer_unknown", says: 'key id "other"' },
      { name: "a path", ...kid("../../k"), code: "signature.signer_unknown", says: 'key id "../../k"' },
      {
        name: "of the prototype",
        ...kid("__proto__"),
        code: "signature.signer_unknown",
        says: '"__proto__"',
      },
      { name: "empty", ...kid(""), code: "signature.signer_unknown", says: 'key id ""' },
      { name: "a number", ...kid(1), code: "signature.invalid", says: "kid is no text" },
      { name: "in another case", ...kid("Release"), code: "signature.signer_unknown", says: '"Release"' },
      {
        name: "kid right, keyid another",
        ...kid("release"),
        payload: { files, keyid: "other" },
        code: "signature.invalid",
        says: "name two keys",
      },
      {
        name: "keyid wrong",
        payload: { files, keyid: "other" },
        code: "signature.signer_unknown",
        says: '"other"',
      },
      {
        name: "keyid no text",
        payload: { files, keyid: 1 },
        code: "signature.invalid",
        says: "keyid is no text",
      },
    ];
    for (const { name, code, says, ...forged } of cases) {
      it(`kid ${name}`, () => refused(verified(forged, [signer]), code, says));
    }

    it("kid of a key that is configured, and another key has signed", () => {
      const signers = [signer, signerOf(KEYS.other.publicKey, { keyId: "other" })];
      refused(verified(kid("other"), signers), "signature.signer_unknown", 'expected "release"');
    });

    it("the key of another scope", () => {
      const signers = [
        signerOf(KEYS.rsa.publicKey, { scope: "staging" }),
        signerOf(KEYS.other.publicKey, { scope: "prod" }),
      ];
      const prod: Forged = { payload: { files, scope: "prod" } };
      refused(verified(prod, signers), "signature.scope_mismatch", 'scope "prod"; expected "staging"');
      expect(outcome(verified({ ...prod, key: KEYS.other.privateKey }, signers))).to.equal("release");
    });

    it("two signatures, none, or one that is no text", () => {
      const file = (signatures: (token: string) => unknown): Forged => ({
        file: (token) => ({ signatures: signatures(token) }),
      });
      refused(verified(file((token) => [token, token])), "signature.invalid", "has 2 signatures");
      refused(verified(file(() => [])), "signature.invalid", "has 0 signatures");
      refused(verified(file((token) => token)), "signature.invalid", "has 0 signatures");
      refused(verified(file((token) => [[token]])), "signature.invalid", "has 1 signatures");
    });
  });

  describe("T179 compares the scope whole", () => {
    const prod = signerOf(KEYS.rsa.publicKey, { scope: "prod" });
    const cases: readonly {
      readonly name: string;
      readonly scope?: unknown;
      readonly signer?: KeySigner;
      readonly code: string;
    }[] = [
      { name: "the same", scope: "prod", code: "release" },
      { name: "a staging bundle for production", scope: "staging", code: "signature.scope_mismatch" },
      { name: "absent", code: "signature.scope_mismatch" },
      { name: "empty", scope: "", code: "signature.scope_mismatch" },
      { name: "longer", scope: "prod2", code: "signature.scope_mismatch" },
      { name: "in another case", scope: "Prod", code: "signature.scope_mismatch" },
      { name: "a list with it", scope: ["prod"], code: "signature.invalid" },
      {
        name: "one where none is expected",
        scope: "prod",
        signer: signerOf(),
        code: "signature.scope_mismatch",
      },
      { name: "an empty one where none is expected", scope: "", signer: signerOf(), code: "release" },
    ];
    for (const { name, scope, signer, code } of cases) {
      it(name, () =>
        expect(outcome(verified({ payload: { files, scope } }, [signer ?? prod]))).to.equal(code),
      );
    }

    it("a claim that Go would take for the scope", () => {
      refused(verified({ payload: { files, Scope: "prod" } }), "signature.invalid", '"Scope"');
      refused(
        verified({ payload: { files, "\u017fcope": "prod" } }),
        "signature.invalid",
        "names are in lower case",
      );
    });
  });

  describe("T192 counts a key's signatures within its time only", () => {
    const [from, to] = [new Date("2026-01-01T00:00:00Z"), new Date("2027-01-01T00:00:00Z")];
    const windowed = signerOf(KEYS.rsa.publicKey, { from, to });
    const cases: readonly { readonly name: string; readonly now: Date; readonly code: string }[] = [
      { name: "within", now: NOW, code: "release" },
      { name: "at its first moment", now: from, code: "release" },
      { name: "at its last moment", now: to, code: "release" },
      { name: "before", now: new Date(from.getTime() - 1), code: "signature.expired" },
      { name: "behind", now: new Date(to.getTime() + 1), code: "signature.expired" },
      { name: "at no time", now: new Date(Number.NaN), code: "signature.expired" },
    ];
    for (const { name, now, code } of cases)
      it(name, () => expect(outcome(verified({}, [windowed], now))).to.equal(code));

    it("takes the old and the new key while both count", () => {
      const old = signerOf(KEYS.other.publicKey, { name: "old", to: new Date("2026-07-01T00:00:00Z") });
      const fresh = signerOf(KEYS.rsa.publicKey, { name: "new", from: new Date("2026-05-01T00:00:00Z") });
      const byOld: Forged = { key: KEYS.other.privateKey };
      expect(outcome(verified({}, [old, fresh]))).to.equal("new");
      expect(outcome(verified(byOld, [old, fresh]))).to.equal("old");
      refused(verified(byOld, [old, fresh], to), "signature.expired", "of old counts no longer");
      refused(verified({}, [old, fresh], from), "signature.expired", "of new does not count yet");
    });
  });

  describe("T174 demands exactly the files that are listed", () => {
    const without = (name: string) => files.filter((file) => file.name !== name);
    const changed = (change: object) => [{ ...first, ...change }, ...files.slice(1)];
    const cases: readonly {
      readonly name: string;
      readonly listed: readonly unknown[];
      readonly code: string;
      readonly says: string;
    }[] = [
      ...files.map(({ name }) => ({
        name: `${name} not listed`,
        listed: without(name),
        code: "signature.files_mismatch",
        says: `"${name}" is not signed`,
      })),
      {
        name: "a listed file missing",
        listed: [...files, { ...first, name: "more.rego" }],
        code: "signature.files_mismatch",
        says: '"more.rego" is signed and not in the archive',
      },
      {
        name: "the signature itself listed",
        listed: [...files, { ...first, name: ".signatures.json" }],
        code: "signature.files_mismatch",
        says: '".signatures.json" is signed and not',
      },
      {
        name: "listed twice",
        listed: [...files, first],
        code: "signature.files_mismatch",
        says: "listed twice",
      },
      {
        name: "listed twice, once wrong",
        listed: [{ ...first, hash: "00" }, ...files],
        code: "signature.files_mismatch",
        says: "listed twice",
      },
      { name: "none listed", listed: [], code: "signature.files_mismatch", says: "is not signed" },
      ...["/.manifest", "./.manifest", ".Manifest", "../.manifest"].map((name) => ({
        name: `listed as ${name}`,
        listed: changed({ name }),
        code: "signature.files_mismatch",
        says: '".manifest" is not signed',
      })),
      {
        name: "a wrong hash",
        listed: changed({ hash: "0".repeat(64) }),
        code: "signature.files_mismatch",
        says: "is not what was signed",
      },
      {
        name: "no hash",
        listed: changed({ hash: "" }),
        code: "signature.files_mismatch",
        says: "is not what was signed",
      },
      {
        name: "half a hash",
        listed: changed({ hash: first?.hash.slice(0, 32) }),
        code: "signature.files_mismatch",
        says: "is not what",
      },
      ...["MD5", "SHA-1", "SHA-224", "SHA-512-256", "sha-256", "", "__proto__"].map((algorithm) => ({
        name: `hashed with ${JSON.stringify(algorithm)}`,
        listed: changed({ algorithm }),
        code: "signature.files_mismatch",
        says: `is hashed with "${algorithm}"`,
      })),
      {
        name: "an algorithm that does not match the hash",
        listed: changed({ algorithm: "SHA-512" }),
        code: "signature.files_mismatch",
        says: "is not what",
      },
      {
        name: "no algorithm",
        listed: changed({ algorithm: undefined }),
        code: "signature.invalid",
        says: "without name, hash and algorithm",
      },
      { name: "no object", listed: ["data.json"], code: "signature.invalid", says: "no object" },
      {
        name: "too many",
        listed: Array.from({ length: 2001 }, () => first),
        code: "signature.invalid",
        says: "at most 2000 files",
      },
    ];
    for (const { name, listed: list, code, says } of cases) {
      it(name, () => refused(verified({ payload: { files: list } }), code, says));
    }
  });
});

function hashOf(algorithm: string, name: string): string {
  const content = bundleEntries().find((entry) => entry.name === name)?.content ?? "";
  return digestOf(Buffer.from(content), algorithm === "sha384" ? "sha384" : "sha512").split(":")[1] ?? "";
}

function salted(signed: Buffer, saltLength: number): Buffer {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return sign("sha256", signed, { key: KEYS.rsa.privateKey, padding, saltLength });
}

function p384(signed: Buffer): Buffer {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  return sign("sha384", signed, { key: privateKey, dsaEncoding: "ieee-p1363" });
}
