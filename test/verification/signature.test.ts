import { expect } from "chai";
import { constants, createPublicKey, generateKeyPairSync, hash, sign, type KeyObject } from "node:crypto";
import { Refusal } from "../../src/verification/refusal.ts";
import {
  checkKey,
  verifySignature,
  verifySignatureOfDigest,
  type HashName,
} from "../../src/verification/signature.ts";
import { sharedKeyPair, type KeyKind } from "../lab/sigstore/index.ts";

const MESSAGE = Buffer.from("what is signed");

describe("signatures", () => {
  const right: readonly { readonly kind: KeyKind; readonly hashes: readonly HashName[] }[] = [
    { kind: "P-256", hashes: ["sha256"] },
    { kind: "P-384", hashes: ["sha384", "sha256"] },
    { kind: "P-521", hashes: ["sha512", "sha256"] },
    { kind: "RSA-2048", hashes: ["sha256", "sha384", "sha512"] },
  ];
  for (const { kind, hashes } of right) {
    for (const name of hashes) {
      it(`verifies ${kind} over ${name}, from the message and from its digest`, () => {
        const { privateKey, publicKey } = sharedKeyPair(kind);
        const signature = sign(name, MESSAGE, privateKey);
        expect(verifySignature(publicKey, MESSAGE, signature)).to.equal(true);
        expect(verifySignature(publicKey, MESSAGE, signature, name)).to.equal(true);
        expect(verifySignature(publicKey, Buffer.from("else"), signature)).to.equal(false);
        expect(verifySignatureOfDigest(publicKey, hash(name, MESSAGE, "buffer"), name, signature)).to.equal(
          true,
        );
        expect(verifySignatureOfDigest(publicKey, hash(name, "else", "buffer"), name, signature)).to.equal(
          false,
        );
      });
    }
  }

  it("verifies Ed25519 over the message, and never over a digest", () => {
    const { privateKey, publicKey } = sharedKeyPair("Ed25519");
    const signature = sign(null, MESSAGE, privateKey);
    expect(verifySignature(publicKey, MESSAGE, signature)).to.equal(true);
    expect(verifySignature(publicKey, Buffer.from("else"), signature)).to.equal(false);
    expect(
      verifySignatureOfDigest(publicKey, hash("sha256", MESSAGE, "buffer"), "sha256", signature),
    ).to.equal(false);
  });

  it("verifies RSA-PSS of an ordinary RSA key", () => {
    const { privateKey, publicKey } = sharedKeyPair("RSA-2048");
    const pss = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING };
    expect(verifySignature(publicKey, MESSAGE, sign("sha256", MESSAGE, pss))).to.equal(true);
  });

  it("verifies IEEE P1363 where the length is exactly that", () => {
    const { privateKey, publicKey } = sharedKeyPair("P-256");
    const signature = sign("sha256", MESSAGE, { key: privateKey, dsaEncoding: "ieee-p1363" });
    expect(verifySignature(publicKey, MESSAGE, signature)).to.equal(true);
    expect(verifySignature(publicKey, MESSAGE, Buffer.concat([signature, Buffer.from([0])]))).to.equal(false);
  });

  it("agrees with OpenSSL on ECDSA over digests, for fresh keys, right and wrong", () => {
    for (const [namedCurve, name] of [
      ["P-256", "sha512"],
      ["P-256", "sha256"],
      ["P-384", "sha384"],
      ["P-521", "sha512"],
    ] as const) {
      for (let round = 0; round < 4; round++) {
        const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
        const message = Buffer.from(`message ${round}`);
        const signature = sign(name, message, privateKey);
        const digest = hash(name, message, "buffer");
        expect(verifySignatureOfDigest(publicKey, digest, name, signature)).to.equal(true);
        for (const index of [5, signature.length - 1]) {
          const spoiled = Buffer.from(signature);
          spoiled[index] = (spoiled[index] ?? 0) ^ 1;
          expect(verifySignatureOfDigest(publicKey, digest, name, spoiled)).to.equal(false);
        }
      }
    }
  });

  it("T094 refuses degenerate ECDSA signatures over digests", () => {
    const { publicKey } = sharedKeyPair("P-256");
    const digest = hash("sha256", MESSAGE, "buffer");
    const order = "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    for (const hex of [
      "3006020100020100",
      "3006020101020100",
      "3006020100020101",
      "30060201ff0201ff",
      `30260221${order}020101`,
      `30260201010221${order}`,
      "3003020101",
      "",
    ]) {
      expect(verifySignatureOfDigest(publicKey, digest, "sha256", Buffer.from(hex, "hex"))).to.equal(false);
    }
  });

  it("T094 never verifies with a key of another kind, or under another hash than is demanded", () => {
    const kinds: readonly KeyKind[] = ["P-256", "P-384", "P-521", "Ed25519", "RSA-2048"];
    for (const signer of kinds) {
      const signature = sign(
        signer === "Ed25519" ? null : "sha256",
        MESSAGE,
        sharedKeyPair(signer).privateKey,
      );
      for (const other of kinds.filter((kind) => kind !== signer)) {
        expect(
          verifySignature(sharedKeyPair(other).publicKey, MESSAGE, signature),
          `${signer} as ${other}`,
        ).to.equal(false);
      }
      if (signer === "Ed25519") continue;
      expect(verifySignature(sharedKeyPair(signer).publicKey, MESSAGE, signature, "sha512")).to.equal(false);
    }
  });

  const weak: readonly { readonly name: string; readonly key: () => KeyObject }[] = [
    { name: "RSA of 1024 bits", key: () => generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey },
    {
      name: "RSA with exponent 3",
      key: () => generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).publicKey,
    },
    {
      name: "ECDSA on secp256k1",
      key: () => generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey,
    },
    { name: "Ed448", key: () => generateKeyPairSync("ed448").publicKey },
    { name: "X25519", key: () => generateKeyPairSync("x25519").publicKey },
    {
      name: "DSA",
      key: () => generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 }).publicKey,
    },
  ];
  for (const { name, key } of weak) {
    it(`T094 refuses a key of ${name}`, () => {
      expect(() => checkKey(createPublicKey(key().export({ type: "spki", format: "pem" }))))
        .to.throw(Refusal)
        .with.property("code", "signature.algorithm");
    });
  }
});
