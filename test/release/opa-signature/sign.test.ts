import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { bundleFiles, readBundle } from "../../../src/policy/index.ts";
import {
  OPA_ALGORITHMS,
  signOpaBundle,
  verifyOpaSignature,
  type OpaAlgorithm,
  type OpaSigning,
} from "../../../src/release/index.ts";
import { archiveOf, bundleEntries } from "../../policy/forge/archive.ts";
import { KEYS, NOW, signerOf } from "./forge.ts";

const archive = archiveOf(bundleEntries());
const curve = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
const CURVES: Partial<Record<OpaAlgorithm, ReturnType<typeof curve>>> = {
  ES256: KEYS.ec,
  ES384: curve("P-384"),
  ES512: curve("P-521"),
};

function signed(signing: OpaSigning, bytes: Uint8Array = archive): Uint8Array {
  const result = signOpaBundle(bytes, signing);
  if (!result.ok) throw new Error(result.reason.message);
  return result.value;
}

function tokenOf(bytes: Uint8Array): readonly unknown[] {
  const files = bundleFiles(bytes);
  const file = files.ok ? files.value.find(({ name }) => name === ".signatures.json") : undefined;
  const [header = "", payload = ""] = JSON.parse(file?.bytes.toString() ?? "").signatures[0].split(".");
  return [header, payload].map((part: string) => JSON.parse(Buffer.from(part, "base64url").toString()));
}

describe("signOpaBundle", () => {
  for (const algorithm of OPA_ALGORITHMS) {
    it(`signs with ${algorithm} what verifies under that key alone`, () => {
      const pair = CURVES[algorithm] ?? KEYS.rsa;
      const bytes = signed({ key: pair.privateKey, algorithm });
      const verified = verifyOpaSignature(bytes, [signerOf(pair.publicKey)], NOW);
      expect(verified.ok && verified.value?.signer).to.equal("release");
      const other = verifyOpaSignature(bytes, [signerOf(KEYS.other.publicKey)], NOW);
      expect(other.ok ? "" : other.reason.code).to.equal("signature.signer_unknown");
      expect(tokenOf(bytes)[0]).to.deep.equal({ alg: algorithm, typ: "JWT" });
    });
  }

  it("takes the algorithm of the key where none is asked for", () => {
    const algorithmOf = (key: KeyObject) => tokenOf(signed({ key }))[0];
    expect(algorithmOf(KEYS.rsa.privateKey)).to.deep.equal({ alg: "RS256", typ: "JWT" });
    for (const [alg, pair] of Object.entries(CURVES)) {
      expect(algorithmOf(pair.privateKey)).to.deep.equal({ alg, typ: "JWT" });
    }
  });

  it("writes id and scope where OPA looks for them", () => {
    const bytes = signed({ key: KEYS.rsa.privateKey, keyId: "release-1", scope: "prod" });
    const [header, payload] = tokenOf(bytes);
    expect(header).to.deep.equal({ alg: "RS256", typ: "JWT", kid: "release-1" });
    expect(payload).to.deep.include({ keyid: "release-1", scope: "prod" });
    const strict = signerOf(KEYS.rsa.publicKey, { keyId: "release-1", scope: "prod" });
    expect(verifyOpaSignature(bytes, [strict], NOW)).to.deep.include({ ok: true });
  });

  it("gives the same bytes every time with RSA of PKCS 1, and leaves all other files where and as they are", () => {
    const bytes = signed({ key: KEYS.rsa.privateKey });
    expect(Buffer.from(bytes).equals(signed({ key: KEYS.rsa.privateKey }))).to.equal(true);
    const [before, after] = [gunzipSync(archive), gunzipSync(bytes)];
    const kept = before.length - 1024;
    expect(after.subarray(0, kept).equals(before.subarray(0, kept))).to.equal(true);
    expect(after.toString("latin1", kept, kept + 17)).to.equal("/.signatures.json");
    const [unsigned, whole] = [readBundle(archive), readBundle(bytes)];
    if (!unsigned.ok || !whole.ok) throw new Error("not read");
    expect({ ...whole.value, digest: "" }).to.deep.equal({ ...unsigned.value, digest: "" });
  });

  it("replaces a signature", () => {
    const once = signed({ key: KEYS.rsa.privateKey });
    expect(
      Buffer.from(signed({ key: KEYS.rsa.privateKey }, signed({ key: KEYS.other.privateKey }))).equals(once),
    ).to.equal(true);
  });

  describe("refuses", () => {
    const rsa = KEYS.rsa.privateKey;
    const cases: readonly {
      readonly name: string;
      readonly signing: OpaSigning;
      readonly bytes?: Uint8Array;
      readonly code: string;
    }[] = [
      { name: "a public key", signing: { key: KEYS.rsa.publicKey }, code: "signing.key_unfit" },
      {
        name: "an algorithm of another key",
        signing: { key: rsa, algorithm: "ES256" },
        code: "signing.key_unfit",
      },
      {
        name: "an algorithm of another curve",
        signing: { key: KEYS.ec.privateKey, algorithm: "ES384" },
        code: "signing.key_unfit",
      },
      {
        name: "a weak key",
        signing: { key: generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey },
        code: "signing.key_unfit",
      },
      {
        name: "Ed25519",
        signing: { key: generateKeyPairSync("ed25519").privateKey },
        code: "signing.key_unfit",
      },
      {
        name: "T176 data that OPA would read otherwise",
        signing: { key: rsa },
        bytes: archiveOf(bundleEntries({ "/data.json": '{"a":1,"a":2}' })),
        code: "signing.bundle_invalid",
      },
      {
        name: "what is no archive",
        signing: { key: rsa },
        bytes: Buffer.from("x"),
        code: "signing.bundle_invalid",
      },
    ];
    for (const { name, signing, bytes, code } of cases) {
      it(name, () => {
        const result = signOpaBundle(bytes ?? archive, signing);
        expect(result.ok ? "signed" : result.reason.code).to.equal(code);
      });
    }
  });
});
