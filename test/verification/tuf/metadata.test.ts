import { expect } from "chai";
import { generateKeyPairSync } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../../src/core/index.ts";
import { canonicalBytes } from "../../../src/verification/tuf/canonical.ts";
import { TufFault } from "../../../src/verification/tuf/fault.ts";
import { readTufKey } from "../../../src/verification/tuf/keys.ts";
import {
  describeTarget,
  readRoot,
  readSnapshot,
  readTargets,
  readTimestamp,
  requireDescribed,
  requireSigned,
} from "../../../src/verification/tuf/metadata.ts";
import { publicGoodTuf } from "../../../src/verification/index.ts";
import { sharedData } from "../../lab/shared-data.ts";
import { LabRepository, labKey, readWithLibrary, type RoleName } from "./lab.ts";

describe("TUF metadata", () => {
  /** What the TUF project's own library would sign. */
  function libraryBytes(role: RoleName, bytes: Buffer): string {
    const metadata = readWithLibrary(role, JSON.parse(bytes.toString()) as object);
    let canonical = "";
    const key = labKey("ed25519");
    metadata.sign((data) => {
      canonical = data.toString();
      return { keyID: key.id, sig: "", equals: () => false, toJSON: () => ({}) } as never;
    });
    return canonical;
  }

  it("is signed over the same bytes as by the TUF project's library", () => {
    const repository = new LabRepository();
    repository.publish({ a: 1 });
    const read = { timestamp: readTimestamp, snapshot: readSnapshot, targets: readTargets, root: readRoot };
    const names = { timestamp: "timestamp.json", snapshot: "1.snapshot.json", targets: "1.targets.json" };
    for (const role of ["root", "timestamp", "snapshot", "targets"] as const) {
      const served = role === "root" ? repository.initialRoot : repository.files.get(names[role]);
      const bytes = served ?? Buffer.alloc(0);
      expect(read[role](bytes).signedBytes.toString(), role).to.equal(libraryBytes(role, bytes));
    }
    const publicGood = Buffer.from(publicGoodTuf().initialRoot);
    expect(readRoot(publicGood).signedBytes.toString()).to.equal(libraryBytes("root", publicGood));
  });

  it("of the public-good Sigstore is signed by its own keys", () => {
    const root = readRoot(publicGoodTuf().initialRoot);
    requireSigned(root, root);
    expect(root).to.include({ version: 16, consistentSnapshot: true });
    expect(root.roles.root.threshold).to.equal(3);
    expect(root.roles.root.keys.size).to.equal(5);
  });

  it("of real private Sigstores holds together", function () {
    if (sharedData === undefined) this.skip();
    const folders = globSync("container/tekton-chains/*/tuf", { cwd: sharedData });
    let roots = 0;
    for (const folder of folders) {
      const file = (pattern: string): Buffer | undefined => {
        const [found] = globSync(pattern, { cwd: join(sharedData ?? "", folder) });
        return found === undefined ? undefined : readFileSync(join(sharedData ?? "", folder, found));
      };
      const part = (pattern: string): Buffer => file(pattern) ?? Buffer.alloc(0);
      const timestamp = readTimestamp(part("body-timestamp.json-*"));
      const snapshotBytes = part("body-*snapshot.json-*");
      requireDescribed("snapshot", snapshotBytes, timestamp.snapshot);
      const described = readSnapshot(snapshotBytes).files.get("targets.json");
      const targetsBytes = part("body-*targets.json-*");
      if (described === undefined) throw new Error("no targets");
      requireDescribed("targets", targetsBytes, described);
      const target = file("body-targets-*.trusted_root.*");
      if (target === undefined) continue;
      requireDescribed("target", target, describeTarget(readTargets(targetsBytes), "trusted_root.json"));
      roots += 1;
    }
    expect([folders.length, roots]).to.deep.equal([4, 2]);
  });

  it("writes canonical JSON as OLPC says", () => {
    const value = { b: [true, null, -3], a: 'line\nbreak "quoted" \\ é', é: {}, A: "" };
    expect(canonicalBytes(value).toString()).to.equal(
      '{"A":"","a":"line\nbreak \\"quoted\\" \\\\ é","b":[true,null,-3],"é":{}}',
    );
    for (const odd of [1.5, 1e21, Number.NaN, "\ud800", { "\udfff": 1 }]) {
      expect(() => canonicalBytes(odd), JSON.stringify(odd)).to.throw(TufFault);
    }
  });

  describe("keys", () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const key = (scheme: string, value: string): JsonObject => ({
      keytype: "any",
      scheme,
      keyval: { public: value },
    });
    const spki = (of: {
      publicKey: { export: (options: { type: "spki"; format: "pem" }) => string | Buffer };
    }) => of.publicKey.export({ type: "spki", format: "pem" }).toString();

    it("count by what they are, in every kind that may sign", () => {
      for (const kind of ["ed25519", "P-256", "rsa"] as const) {
        const { id, json } = labKey(kind);
        expect(readTufKey(id, json)?.material).to.equal(readTufKey("other id", json)?.material);
      }
    });

    it("of a scheme that is not known are left out", () => {
      expect(readTufKey("id", key("sphincs", "x"))).to.equal(undefined);
      expect(readTufKey("id", null)).to.equal(undefined);
    });

    const wrong: readonly (readonly [string, JsonObject])[] = [
      [
        "a private key",
        key("ecdsa-sha2-nistp256", privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
      ],
      ["two keys", key("ecdsa-sha2-nistp256", `${pem}${pem}`)],
      ["no PEM", key("ecdsa-sha2-nistp256", "x")],
      ["nothing", { keytype: "ecdsa", scheme: "ecdsa-sha2-nistp256" }],
      ["another curve", key("ecdsa-sha2-nistp384", pem)],
      ["another kind", key("rsassa-pss-sha256", pem)],
      ["a weak key", key("rsassa-pss-sha256", spki(generateKeyPairSync("rsa", { modulusLength: 1024 })))],
      [
        "a curve that nobody uses",
        key("ecdsa-sha2-nistp256", spki(generateKeyPairSync("ec", { namedCurve: "secp256k1" }))),
      ],
      ["a short Ed25519 key", key("ed25519", "ab".repeat(31))],
      ["an Ed25519 key in capitals", key("ed25519", "AB".repeat(32))],
    ];
    for (const [name, json] of wrong) {
      it(`refuses ${name}`, () => {
        expect(() => readTufKey("id", json))
          .to.throw(TufFault)
          .with.property("code", "tuf.invalid");
      });
    }
  });
});
