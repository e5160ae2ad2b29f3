import { expect } from "chai";
import { pushBuildKitImage, writeLayout } from "../lab/images.ts";
import { LabStore } from "../lab/registry/store.ts";
import { buildkitProvenanceV02, buildkitProvenanceV1, spdxStatement } from "../lab/sigstore/index.ts";
import { gathered, outline } from "./assay.ts";
import { bundleByKey, cosignSign } from "./cosign.ts";
import { REGISTRIES, startRegistry, type RunningRegistry } from "./registries.ts";
import { createSetting, type Setting } from "./setting.ts";

const PLATFORMS = ["linux/amd64", "linux/arm64"];
const UNSIGNED = "unsigned signature.absent";

/** An OCI layout as `docker buildx build --output type=oci` writes it, brought to a registry by each client. */
describe("what BuildKit writes", () => {
  let setting: Setting;
  before(async function () {
    setting = await createSetting(this, [
      "oras",
      "crane",
      "cosign",
      "conforming",
      "distribution",
      "misreporting",
    ]);
  });
  after(() => setting?.close());

  let number = 0;
  /** Only the index stands in index.json, and tagged, as buildx has it. */
  const layout = (subject: boolean) => {
    number += 1;
    const store = new LabStore();
    const image = pushBuildKitImage(store, "image", {
      platforms: PLATFORMS,
      seed: String(number),
      subject,
      statements: (platform, digest) => [
        (platform === "linux/amd64" ? buildkitProvenanceV02 : buildkitProvenanceV1)({
          subjects: [{ digest }],
          platform,
        }),
        spdxStatement([{ digest }]),
      ],
    });
    const path = setting.file(`buildkit-${String(number)}`);
    const { mediaType, digest, size } = image.descriptor;
    const annotations = { "org.opencontainers.image.ref.name": "latest" };
    writeLayout(store, "image", path, [{ mediaType, digest, size, annotations }]);
    return { path, digest, repository: `acme/buildkit-${String(number)}` };
  };

  /** Where an attestation manifest names its subject, it is found among the referrers first. */
  const evidence = (source: "buildkit" | "referrer") =>
    [
      `${source}: https://slsa.dev/provenance/v0.2 of linux/amd64: ${UNSIGNED}`,
      `${source}: https://slsa.dev/provenance/v1 of linux/arm64: ${UNSIGNED}`,
      ...PLATFORMS.map((platform) => `${source}: https://spdx.dev/Document of ${platform}: ${UNSIGNED}`),
    ].toSorted();

  const BRINGERS = [
    {
      client: "oras",
      arguments: (path: string, to: string) => [
        "cp",
        "--from-oci-layout",
        `${path}:latest`,
        "--to-plain-http",
        to,
      ],
    },
    { client: "crane", arguments: (path: string, to: string) => ["push", path, to] },
  ] as const;

  for (const kind of REGISTRIES) {
    describe(`in ${kind.name}`, () => {
      let registry: RunningRegistry;
      before(async () => {
        registry = await startRegistry(kind, setting.clients);
      });
      after(() => registry?.close());

      for (const bringer of BRINGERS) {
        for (const subject of [false, true]) {
          it(`brought by ${bringer.client}${subject ? ", with a subject" : ""}: statements that nobody signed`, async () => {
            const { path, digest, repository } = layout(subject);
            const to = `${registry.host}/${repository}`;
            await setting.clients.run(bringer.client, ...bringer.arguments(path, `${to}:latest`));
            const input = await gathered(`${to}:latest`, setting.trusts.key);
            expect(input.image.digest).to.equal(digest);
            expect(input.image.platforms.map(({ platform }) => platform)).to.deep.equal(PLATFORMS);
            expect(outline(input)).to.deep.equal(evidence(subject ? "referrer" : "buildkit"));
            expect([input.provenance, input.sboms, input.attestations]).to.deep.equal([[], [], []]);
            expect(input.unverified.provenance.map(({ subject }) => subject?.platform)).to.have.members(
              PLATFORMS,
            );
          });
        }
      }

      it("signed by cosign afterwards: the signature counts, the statements stay unsigned", async () => {
        const { path, digest, repository } = layout(false);
        const to = `${registry.host}/${repository}`;
        await setting.clients.run("oras", ...BRINGERS[0].arguments(path, `${to}:latest`));
        await cosignSign(setting, bundleByKey(setting), `${to}@${digest}`);
        expect(outline(await gathered(`${to}:latest`, setting.trusts.key))).to.deep.equal(
          [
            ...evidence("buildkit"),
            `referrer: https://sigstore.dev/cosign/sign/v1: ${setting.key.keyId}`,
          ].toSorted(),
        );
      });
    });
  }
});
