import { expect } from "chai";
import { cosignTag } from "../lab/images.ts";
import { signerWorkflow, githubRun, keyPair, KEY_KINDS } from "../lab/sigstore/index.ts";
import { gathered, gatheredOffline, outline, type Trusted } from "./assay.ts";
import {
  bundleByKey,
  COSIGN_WAYS,
  cosignAll,
  cosignAttest,
  cosignSign,
  olderFormByKey,
  PREDICATE,
  type CosignWay,
} from "./cosign.ts";
import { REGISTRIES, startRegistry, type RunningRegistry } from "./registries.ts";
import { createSetting, importKey, pushImage, type Setting } from "./setting.ts";

const SIGNATURE = "https://sigstore.dev/cosign/sign/v1";
const PROVENANCE = "https://slsa.dev/provenance/v0.2";
const IDENTITY = signerWorkflow(githubRun());

/** What the real cosign makes, assay finds and verifies, and nothing else than what was signed. */
describe("what cosign makes", () => {
  let setting: Setting;
  before(async function () {
    setting = await createSetting(this, ["oras", "cosign", "conforming", "distribution", "misreporting"]);
  });
  after(() => setting?.close());

  /** The lines of a signature and an attestation made in one way, both with this end. */
  const both = (way: CosignWay, end: string): readonly string[] =>
    way.source === "referrer"
      ? [`referrer: ${SIGNATURE}: ${end}`, `referrer: ${PROVENANCE}: ${end}`]
      : [`cosign-tag: ${PROVENANCE}: ${end}`, `cosign-tag: signature: ${end}`].toSorted();

  /** What proves it, what proves nothing, and what is said then. */
  const expectations = (way: CosignWay) => {
    const { key, root, otherKey, otherRoot } = setting.trusts;
    return way.by === "key"
      ? { good: withLogs(key, way), signer: setting.key.keyId, bad: otherKey, refusal: "failed key.unknown" }
      : {
          good: root,
          signer: `${IDENTITY} in root`,
          bad: otherRoot,
          refusal: "failed certificate.untrusted",
        };
  };
  /** Times of logs and authorities count where their root is trusted too. */
  const withLogs = (key: Trusted, way: CosignWay): Trusted =>
    way.times.length === 0 ? key : { ...key, ...setting.trusts.root };

  for (const kind of REGISTRIES) {
    describe(`in ${kind.name}`, () => {
      let registry: RunningRegistry;
      before(async () => {
        registry = await startRegistry(kind, setting.clients);
      });
      after(() => registry?.close());

      for (const way of COSIGN_WAYS) {
        it(`${way.name}: proven by its signer, refused to any other`, async () => {
          const image = await pushImage(setting, registry.host);
          await cosignAll(setting, way, image.reference);
          const { good, signer, bad, refusal } = expectations(way);

          const input = await gathered(`${image.repository}:latest`, good);
          expect(input.image.digest).to.equal(image.digest);
          expect(outline(input)).to.deep.equal(both(way, signer));
          expect(input.provenance.map(({ builder }) => builder.id)).to.deep.equal([PREDICATE.builder.id]);
          const logs = way.log === null ? [] : [`https://${setting.sigstore[way.log].host}`];
          for (const { times, transparencyLog } of input.evidence) {
            expect(times.map(({ source }) => source)).to.have.members(way.times);
            expect(transparencyLog.map(({ log }) => log)).to.deep.equal(logs);
          }

          const refused = await gathered(image.reference, bad);
          expect(outline(refused)).to.deep.equal(both(way, refusal));
          expect(refused.provenance).to.deep.equal([]);
        });
      }

      it("both forms beside each other are all found", async () => {
        const image = await pushImage(setting, registry.host);
        const ways = COSIGN_WAYS.filter(({ by, times }) => by === "key" && times.length === 0);
        for (const way of ways) await cosignAll(setting, way, image.reference);
        expect(outline(await gathered(image.reference, setting.trusts.key))).to.deep.equal(
          ways.flatMap((way) => both(way, setting.key.keyId)).toSorted(),
        );
      });

      it("what was signed for one image proves nothing about another", async () => {
        const signed = await pushImage(setting, registry.host);
        const other = await pushImage(setting, registry.host);
        const older = COSIGN_WAYS.find(({ name }) => name === "the older form by key");
        if (older === undefined) throw new Error("there is no such way");
        await cosignAll(setting, older, signed.reference);
        for (const suffix of ["sig", "att"]) {
          const from = `${signed.repository}:${cosignTag(signed.digest, suffix)}`;
          const to = `${other.repository}:${cosignTag(other.digest, suffix)}`;
          await setting.clients.run("oras", "cp", "--from-plain-http", from, "--to-plain-http", to);
        }
        const input = await gathered(other.reference, setting.trusts.key);
        expect(outline(input)).to.deep.equal(both(older, "failed subject.mismatch"));
        expect(input.provenance).to.deep.equal([]);
      });
    });
  }

  describe("in its further forms", () => {
    let registry: RunningRegistry;
    before(async () => {
      const [kind] = REGISTRIES;
      if (kind === undefined) throw new Error("there is no registry");
      registry = await startRegistry(kind, setting.clients);
    });
    after(() => registry?.close());

    // Not Ed25519: with such a key cosign 3.1.3 makes Ed25519ph signatures, and then refuses its own bundle.
    for (const kind of KEY_KINDS.filter((name) => name !== "Ed25519")) {
      it(`a key of the kind ${kind}, as bundle and in the older form`, async () => {
        const key = keyPair(kind);
        await importKey(setting.clients, setting.file, kind, key);
        const image = await pushImage(setting, registry.host);
        await cosignAttest(setting, bundleByKey(setting, kind), image.reference);
        await cosignSign(setting, olderFormByKey(setting, kind), image.reference);
        const input = await gathered(image.reference, { keys: [setting.file(`${kind}.pub`)] });
        expect(outline(input)).to.deep.equal([
          `cosign-tag: signature: ${key.keyId}`,
          `referrer: ${PROVENANCE}: ${key.keyId}`,
        ]);
      });
    }

    it("an Ed25519 key: cosign refuses the Ed25519ph signature that it made itself, and so does assay", async () => {
      await importKey(setting.clients, setting.file, "ed25519", keyPair("Ed25519"));
      const image = await pushImage(setting, registry.host);
      await cosignSign(setting, olderFormByKey(setting, "ed25519"), image.reference);
      const verified = await setting.clients.try(
        "cosign",
        "verify",
        "--key",
        setting.file("ed25519.pub"),
        "--new-bundle-format=false",
        "--insecure-ignore-tlog=true",
        "--trusted-root",
        setting.file("no-root.json"),
        image.reference,
      );
      const input = await gathered(image.reference, { keys: [setting.file("ed25519.pub")] });
      expect([verified.ok, ...outline(input)]).to.deep.equal([
        false,
        "cosign-tag: signature: failed key.unknown",
      ]);
    });

    it("two signers under one tag stay two signatures, and what one signed along is kept", async () => {
      const image = await pushImage(setting, registry.host);
      await importKey(setting.clients, setting.file, "second", keyPair());
      await cosignSign(setting, [...olderFormByKey(setting), "-a", "release=yes"], image.reference);
      await cosignSign(setting, olderFormByKey(setting, "second"), image.reference);
      const input = await gathered(image.reference, setting.trusts.key);
      expect(outline(input)).to.deep.equal(
        [
          `cosign-tag: signature: failed key.unknown`,
          `cosign-tag: signature: ${setting.key.keyId}`,
        ].toSorted(),
      );
      expect(input.evidence.find(({ status }) => status === "verified")?.annotations).to.deep.equal({
        release: "yes",
      });
    });

    it("the older form as a referrer", async () => {
      const image = await pushImage(setting, registry.host);
      const clients = { ...setting.clients.env, COSIGN_EXPERIMENTAL: "1" };
      const flags = ["--registry-referrers-mode", "oci-1-1", ...olderFormByKey(setting)];
      await setting.clients.runWith(clients, "cosign", "sign", "--yes", ...flags, image.reference);
      expect(outline(await gathered(image.reference, setting.trusts.key))).to.deep.equal([
        `referrer: signature: ${setting.key.keyId}`,
      ]);
    });

    it("--recursive on an index: each platform's signature speaks of that platform", async () => {
      const platforms = ["linux/amd64", "linux/arm64"];
      const image = await pushImage(setting, registry.host, (store, repository) =>
        store.pushImage(repository, { platforms, seed: "recursive" }),
      );
      await cosignSign(setting, ["--recursive", ...bundleByKey(setting)], image.reference);
      expect(outline(await gathered(image.reference, setting.trusts.key))).to.deep.equal(
        ["", ...platforms.map((platform) => ` of ${platform}`)]
          .map((whose) => `referrer: ${SIGNATURE}${whose}: ${setting.key.keyId}`)
          .toSorted(),
      );
    });

    it("cosign save: the older form is found in the layout, without any network", async () => {
      const image = await pushImage(setting, registry.host);
      await cosignSign(setting, olderFormByKey(setting), image.reference);
      await cosignAttest(setting, olderFormByKey(setting), image.reference);
      await setting.clients.run("cosign", "save", "--dir", setting.file("saved"), image.reference);
      for (const [trusted, end] of [
        [setting.trusts.key, setting.key.keyId],
        [setting.trusts.otherKey, "failed key.unknown"],
      ] as const) {
        const input = await gatheredOffline(image.reference, trusted, setting.file("saved"));
        expect(outline(input)).to.deep.equal([`layout: ${PROVENANCE}: ${end}`, `layout: signature: ${end}`]);
      }
    });
  });
});
