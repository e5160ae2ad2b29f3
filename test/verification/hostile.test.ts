import { expect } from "chai";
import { isDeepStrictEqual } from "node:util";
import type { TrustMaterial } from "../../src/verification/index.ts";
import { sharedKeyPair, type BundleJson } from "../lab/sigstore/index.ts";
import {
  IMAGE,
  judge,
  judgeBundle,
  lab,
  NOW,
  OTHER_IMAGE,
  statementAbout,
  TARGET,
  trustIn,
  type Draft,
} from "./support.ts";

type Path = readonly (string | number)[];

/** Every place in a document, inner nodes included. */
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, member]) =>
    pathsOf(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

function at(document: Draft, path: Path): Draft {
  return path.reduce((here, step) => here?.[step], document);
}

function put(document: unknown, path: Path, value: unknown): unknown {
  const copy: Draft = structuredClone(document);
  const parent = at(copy, path.slice(0, -1));
  if (typeof parent === "object" && parent !== null) parent[path.at(-1) ?? ""] = structuredClone(value);
  return copy;
}

describe("hostile bundles", () => {
  const { sigstore, statement, stranger } = lab();
  const key = sharedKeyPair("P-256");
  const trust: TrustMaterial = trustIn({ lab: sigstore }, { release: key });
  const signer = sigstore.issue();
  const other = { statement: statementAbout(OTHER_IMAGE) };
  const both = { ...TARGET, platforms: [{ platform: "other", digest: OTHER_IMAGE }] };

  const good: Readonly<Record<string, BundleJson>> = {
    "v0.3, Rekor v1": sigstore.sign({ statement }, { signer }),
    "v0.3, Rekor v1, timestamp": sigstore.sign({ statement }, { timestamp: true }),
    "v0.3, Rekor v2": sigstore.sign({ statement }, { signer, log: "rekor-v2" }),
    "v0.1, promise": sigstore.sign({ statement }, { signer, version: "0.1", entry: { proof: false } }),
    "v0.2, intoto": sigstore.sign({ statement }, { version: "0.2", entry: { entry: "intoto-0.0.2" } }),
    "of the other image": sigstore.sign(other, { signer }),
    "of the other image, Rekor v2": sigstore.sign(other, { log: "rekor-v2" }),
    "by key": sigstore.signWithKey({ statement }, key, { log: "rekor-v1" }),
    "a message": sigstore.sign({ message: Buffer.from("the image") }, { signer }),
  };

  for (const [name, bundle] of Object.entries(good)) {
    it(`A043 nothing verifies with null or anything odd in any place: ${name}`, () => {
      for (const path of pathsOf(bundle)) {
        for (const odd of [null, {}, [], "", "AAAA", -1, 1e300, "\u0000", { a: [null] }]) {
          const conclusion = judgeBundle(put(bundle, path, odd), trust, { target: both });
          const place = `${path.join(".")} = ${JSON.stringify(odd)}`;
          if (conclusion.status === "verified") expect(place).to.match(MEANINGLESS);
          else
            expect(conclusion.reason.code, `${place}: ${conclusion.reason.message}`).to.not.equal("internal");
        }
      }
    });
  }

  it("A043 nothing verifies that is cut short, and nothing is thrown", () => {
    const bytes = Buffer.from(JSON.stringify(good["v0.3, Rekor v1, timestamp"]));
    for (let length = 0; length < bytes.length; length += 7) {
      expect(judgeBundle(bytes.subarray(0, length), trust)).to.deep.include({ status: "failed" });
    }
  });

  it("A043 null in any place of a log entry's body", () => {
    const places: Path[] = [];
    sigstore.sign({ statement }, { entry: { spoilBody: (body) => (places.push(...pathsOf(body)), body) } });
    for (const path of places) {
      const bundle = sigstore.sign(
        { statement },
        { signer, entry: { spoilBody: (body) => put(body, path, null) as Draft } },
      );
      const conclusion = judgeBundle(bundle, trust);
      // The envelope's digest is of its stored form, which a bundle does not keep.
      if (path.includes("envelopeHash")) continue;
      expect(conclusion.status, path.join(".")).to.equal("failed");
      expect(conclusion.status === "failed" && conclusion.reason.code).to.be.oneOf([
        "log.mismatch",
        "log.unsupported",
      ]);
    }
  });

  it("T100 A001 grafts of any place of one bundle into another prove nothing new", () => {
    for (const [nameOfHost, host] of Object.entries(good).filter(([name]) => HOSTS.has(name))) {
      const own = judgeBundle(host, trust, { target: both });
      if (own.status !== "verified") throw new Error(`${nameOfHost} is not good`);
      for (const donor of [...Object.values(good), stranger.sign({ statement })].filter(
        (each) => each !== host,
      )) {
        for (const path of pathsOf(donor)) {
          if (isDeepStrictEqual(at(host, path), at(donor, path))) continue;
          const grafted = judgeBundle(put(host, path, at(donor, path)), trust, { target: both });
          if (grafted.status === "failed") {
            expect(grafted.reason.code).to.not.equal("internal");
            continue;
          }
          const { signers, statement: said, subject } = own;
          expect(grafted, `${nameOfHost} with ${path.join(".")}`).to.deep.include({
            signers,
            statement: said,
            subject,
          });
        }
      }
    }
  });

  it("A141 one bad artifact changes nothing about the good one beside it", () => {
    const bundle = Buffer.from(JSON.stringify(good["v0.3, Rekor v1"]));
    const before = judge({ kind: "sigstore-bundle", bytes: bundle }, trust);
    for (const bytes of [Buffer.alloc(0), Buffer.from("{"), Buffer.from("null"), bundle.subarray(0, 500)]) {
      expect(judge({ kind: "sigstore-bundle", bytes }, trust).status).to.equal("failed");
      expect(judge({ kind: "sigstore-bundle", bytes: bundle }, trust)).to.deep.equal(before);
    }
  });

  it("is quick where names and numbers are made to be slow (A020)", () => {
    const bundle = put(
      good["v0.3, Rekor v1"],
      ["verificationMaterial", "tlogEntries", 0, "inclusionProof", "checkpoint", "envelope"],
      `(a+)+$\n${"9".repeat(60_000)}\nAAAA\n\n\u2014 (a+)+$ AAAA\n`,
    );
    expect(judgeBundle(bundle, trust, { now: NOW })).to.deep.include({ status: "failed" });
  });

  it("speaks of the image that was asked for", () => {
    expect(judgeBundle(good["v0.3, Rekor v1"], trust)).to.deep.include({
      subject: { digest: IMAGE, matches: "image", platform: null },
    });
  });
});

const HOSTS: ReadonlySet<string> = new Set([
  "v0.3, Rekor v1, timestamp",
  "v0.3, Rekor v2",
  "v0.1, promise",
  "by key",
]);

/** Places that carry nothing a verdict rests on: hints, and what protobuf leaves out where it is zero or absent. */
const MEANINGLESS =
  /^(?:verificationMaterial\.publicKey(?:\.hint)?|verificationMaterial\.timestampVerificationData(?:\.rfc3161Timestamps)?|verificationMaterial\.tlogEntries\.0\.(?:integratedTime|logIndex|logId\.keyId|inclusionPromise|inclusionProof(?:\.\w+)*)|messageSignature\.messageDigest|verificationMaterial\.tlogEntries) = /;
