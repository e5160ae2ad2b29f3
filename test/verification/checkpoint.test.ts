import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { verifyCheckpoint } from "../../src/verification/checkpoint.ts";
import { leafHash, rootFromProof } from "../../src/verification/merkle.ts";
import { Refusal } from "../../src/verification/refusal.ts";
import type { TransparencyLog } from "../../src/verification/trust-root.ts";
import { keyPair, type KeyPair } from "../lab/sigstore/index.ts";
import { signBytes } from "../lab/sigstore/keys.ts";
import { MerkleTree } from "../lab/sigstore/merkle.ts";

const ID = Buffer.from("01020304", "hex");
const ROOT = randomBytes(32).toString("base64");

function logOf(key: KeyPair): TransparencyLog {
  return {
    name: "https://log.test",
    id: "01020304",
    checkpointKeyId: ID,
    key: key.publicKey,
    hash: key.kind === "Ed25519" ? undefined : "sha256",
    validFor: { start: 0, end: Infinity },
  };
}

function line(key: KeyPair, text: string, name = "log.test", id = ID): string {
  return `\u2014 ${name} ${Buffer.concat([id, signBytes(key, Buffer.from(text))]).toString("base64")}\n`;
}

describe("checkpoints", () => {
  const key = keyPair("Ed25519");
  const other = keyPair("Ed25519");
  const log = logOf(key);
  const text = `log.test\n42\n${ROOT}\n`;

  const accepted = [
    { name: "signed by the log alone", note: `${text}\n${line(key, text)}` },
    {
      name: "cosigned, the log first",
      note: `${text}\n${line(key, text)}${line(other, text, "witness.test")}`,
    },
    {
      name: "cosigned, the log last",
      note: `${text}\n${line(other, text, "witness.test")}${line(key, text)}`,
    },
    {
      name: "beside another signature under the log's key id (T101)",
      note: `${text}\n${line(other, text)}${line(key, text)}`,
    },
  ];
  for (const { name, note } of accepted) {
    it(`reads one ${name}`, () => {
      expect(verifyCheckpoint(note, log)).to.deep.equal({ size: 42n, rootHash: Buffer.from(ROOT, "base64") });
    });
  }

  it("reads Rekor v1's, whose origin carries a tree id, with further lines", () => {
    const ecdsa = keyPair("P-256");
    const v1 = `log.test - 1193050959916656506\n42\n${ROOT}\nTimestamp: 1\n`;
    expect(verifyCheckpoint(`${v1}\n${line(ecdsa, v1)}`, logOf(ecdsa)).size).to.equal(42n);
  });

  const signed = (spoiledText: string) => `${spoiledText}\n${line(key, spoiledText)}`;
  const spoilings = [
    { name: "T101 one signed by another key under the log's key id", note: `${text}\n${line(other, text)}` },
    {
      name: "T101 one under another key id",
      note: `${text}\n${line(key, text, "log.test", Buffer.alloc(4))}`,
    },
    {
      name: "T101 one whose signer has another name than the origin",
      note: `${text}\n${line(key, text, "other.test")}`,
    },
    {
      name: "T101 one signed by witnesses only",
      note: `${text}\n${line(other, text, "witness.test", Buffer.alloc(4))}`,
    },
    { name: "one of another size", note: `${text.replace("42", "43")}\n${line(key, text)}` },
    { name: "one without origin", note: signed(`42\n${ROOT}\n`) },
    { name: "one without size", note: signed(`log.test\n${ROOT}\n`) },
    { name: "one without root hash", note: signed("log.test\n42\n") },
    { name: "A020 a size that is no number", note: signed(`log.test\nabc\n${ROOT}\n`) },
    { name: "A020 a size with a sign", note: signed(`log.test\n-1\n${ROOT}\n`) },
    { name: "a root hash of another length", note: signed("log.test\n42\nAAAA\n") },
    { name: "one without signatures", note: text },
    { name: "one without an empty line", note: text + line(key, text) },
    { name: "an empty text", note: "" },
    { name: "A020 a name made to be taken for a pattern", note: `${text}\n${line(key, text, "(a+)+$")}` },
    {
      name: "A020 more signatures than are looked at",
      note: `${text}\n${line(other, text, "w").repeat(101)}${line(key, text)}`,
    },
    { name: "A020 more text than is read", note: `${text}${"x".repeat(70_000)}\n\n${line(key, text)}` },
  ];
  for (const { name, note } of spoilings) {
    it(`refuses ${name}`, () => {
      expect(() => verifyCheckpoint(note, log))
        .to.throw(Refusal)
        .with.property("code", "log.invalid");
    });
  }
});

describe("inclusion proofs", () => {
  it("lead every leaf of a tree of any size to its root, and to no other", () => {
    for (let size = 1; size <= 20; size++) {
      const bodies = Array.from({ length: size }, (_, index) => Buffer.from(`leaf ${index}`));
      const tree = new MerkleTree();
      for (const body of bodies) tree.append(body);
      for (const [index, body] of bodies.entries()) {
        const proof = tree.proof(index).map((hash) => Buffer.from(hash));
        const lead = (at: number, of: number, hashes = proof) =>
          rootFromProof(leafHash(body), BigInt(at), BigInt(of), hashes)?.equals(tree.root()) ?? false;
        expect(lead(index, size), `${index} of ${size}`).to.equal(true);
        expect(lead(index + 1, size), "another index").to.equal(false);
        expect(lead(index, size, [...proof, Buffer.alloc(32)]), "a hash too many").to.equal(false);
        expect(size > 1 && lead(index, size, proof.slice(1)), "a hash too few").to.equal(false);
        expect(lead(size, size), "behind the end").to.equal(false);
      }
    }
  });
});
