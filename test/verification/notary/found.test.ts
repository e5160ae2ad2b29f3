import { expect } from "chai";
import type { Digest } from "../../../src/core/index.ts";
import { gatherEvidence, readEvidenceFiles, type Artifact } from "../../../src/evidence/index.ts";
import { verify } from "../../../src/verification/index.ts";
import { notaryManifest, type Form } from "../../lab/notary.ts";
import { LabStore, OCI_MANIFEST } from "../../lab/registry/store.ts";
import { REPOSITORY, resolved, storeSource } from "../../evidence/store-source.ts";
import { NOW, verdict } from "../support.ts";
import { FORMS, notaryLab, signedWith } from "./lab.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SIGNATURE = "application/vnd.cncf.notary.signature";

/** From where it is stored to the conclusion about it. */
describe("Notary Project signatures in a registry and in files", () => {
  const { base, trust } = notaryLab();
  let store: LabStore;
  beforeEach(() => {
    store = new LabStore();
  });

  async function found(change: (manifest: Record<string, unknown>) => void = () => {}, form: Form = "jws") {
    const pushed = store.pushImage(REPOSITORY);
    const envelope = signedWith(form, base, { digest: pushed.digest });
    store.pushBlob(REPOSITORY, envelope);
    store.pushBlob(REPOSITORY, "{}");
    const { mediaType, digest, size } = pushed.descriptor;
    const manifest = notaryManifest(form, envelope, { mediaType, digest, size });
    change(manifest);
    store.pushManifest(REPOSITORY, JSON.stringify(manifest), OCI_MANIFEST);
    const sources = { registry: storeSource(store), layouts: [], files: [] };
    const { artifacts, incomplete } = await gatherEvidence(resolved(store, pushed), sources, {
      signal: new AbortController().signal,
    });
    expect(incomplete).to.deep.equal([]);
    return artifacts.map((artifact) => judged(artifact, pushed.digest));
  }

  function judged(artifact: Artifact, digest: Digest): string {
    const conclusion = verify(artifact, { digest, platforms: [] }, trust, { now: NOW });
    return `${artifact.source} ${artifact.mediaType}: ${artifact.content.kind}: ${verdict(conclusion)}`;
  }

  const types = { jws: "application/jose+json", cose: "application/cose" };
  for (const form of FORMS) {
    it(`${form}: found as a referrer, and proven`, async () => {
      expect(await found(undefined, form)).to.deep.equal([
        `referrer ${types[form]}: notary-signature: verified`,
      ]);
    });

    it(`${form}: found where the manifest says by its config what it is, as before OCI 1.1`, async () => {
      const older = (manifest: Record<string, unknown>): void => {
        delete manifest["artifactType"];
        manifest["config"] = { ...(manifest["config"] as object), mediaType: SIGNATURE };
      };
      expect(await found(older, form)).to.deep.equal([`referrer ${types[form]}: notary-signature: verified`]);
    });

    it(`${form}: in another manifest, such a layer is no evidence that is known`, async () => {
      const other = (manifest: Record<string, unknown>): void => {
        manifest["artifactType"] = "application/vnd.oci.empty.v1+json";
      };
      expect(await found(other, form)).to.deep.equal([
        `referrer ${types[form]}: skipped: evidence.media_type_unknown`,
      ]);
    });
  }

  for (const count of [150, 300]) {
    it(`A084 ${count} worthless signatures beside the good one: it is found, or the limit is named`, async () => {
      const pushed = store.pushImage(REPOSITORY);
      const { mediaType, digest, size } = pushed.descriptor;
      store.pushBlob(REPOSITORY, "{}");
      for (let index = 0; index <= count; index++) {
        const good = index === 0;
        const envelope = good ? signedWith("jws", base, { digest }) : Buffer.from(`{"junk":${index}}`);
        store.pushBlob(REPOSITORY, envelope);
        const manifest = notaryManifest("jws", envelope, { mediaType, digest, size });
        manifest["annotations"] = { "org.opencontainers.image.created": good ? "2020-01-01" : "2026-01-01" };
        store.pushManifest(REPOSITORY, JSON.stringify(manifest), OCI_MANIFEST);
      }
      const sources = { registry: storeSource(store), layouts: [], files: [] };
      const { artifacts, incomplete } = await gatherEvidence(resolved(store, pushed), sources, {
        signal: new AbortController().signal,
      });
      const verified = artifacts.filter((one) => judged(one, digest).endsWith("verified")).length;
      const limits = incomplete.map(({ code }) => code);
      expect([verified, limits]).to.deep.equal(count < 200 ? [1, []] : [0, ["evidence.limit_exceeded"]]);
    });
  }

  it("files: either form is told by its bytes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-notary-"));
    try {
      for (const form of FORMS) writeFileSync(join(folder, `signature.${form}`), signedWith(form, base));
      const read = await readEvidenceFiles([folder]);
      const all = read.ok ? read.value.artifacts.map((one) => judged(one, base.digest as Digest)) : [];
      expect(all).to.have.members(FORMS.map((form) => `file ${types[form]}: notary-signature: verified`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
