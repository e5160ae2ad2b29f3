import { expect } from "chai";
import {
  BUNDLE_MEDIA_TYPES,
  githubRun,
  provenanceV1,
  signerWorkflow,
  spdxStatement,
} from "../lab/sigstore/index.ts";
import { gathered, outline } from "./assay.ts";
import { REGISTRIES, startRegistry, type RunningRegistry } from "./registries.ts";
import { createSetting, pushImage, type PushedReference, type Setting } from "./setting.ts";

const BUNDLE = BUNDLE_MEDIA_TYPES["0.3"];
const SIGNER = `${signerWorkflow(githubRun())} in root`;
const PROVENANCE = "referrer: https://slsa.dev/provenance/v1";
const UNKNOWN = "referrer: other: skipped evidence.media_type_unknown";

/** Whatever `oras attach` puts beside an image, assay tells evidence from the rest by what it is. */
describe("what oras attaches", () => {
  let setting: Setting;
  before(async function () {
    setting = await createSetting(this, ["oras", "cosign", "conforming", "distribution", "misreporting"]);
  });
  after(() => setting?.close());

  const bundleFor = (digest: string): object =>
    setting.sigstore.sign({ statement: provenanceV1({ subjects: [{ digest }] }) });

  for (const kind of REGISTRIES) {
    describe(`to ${kind.name}`, () => {
      let registry: RunningRegistry;
      before(async () => {
        registry = await startRegistry(kind, setting.clients);
      });
      after(() => registry?.close());

      const attach = async (
        to: PushedReference,
        artifactType: string,
        content: string | object,
        layerType = artifactType,
      ): Promise<void> => {
        const file = `${setting.file("attached", content)}:${layerType}`;
        const flags = ["--plain-http", "--disable-path-validation", "--artifact-type", artifactType];
        await setting.clients.run("oras", "attach", ...flags, to.reference, file);
      };

      it("bundles, documents and unrelated artifacts are told apart", async () => {
        const image = await pushImage(setting, registry.host);
        const other = await pushImage(setting, registry.host);
        await attach(image, "application/vnd.example.readme", "# Read me", "text/markdown");
        await attach(image, BUNDLE, bundleFor(image.digest));
        await attach(image, BUNDLE, bundleFor(other.digest));
        await attach(image, BUNDLE, "no bundle at all");
        const spdx = JSON.stringify(spdxStatement([])["predicate"]);
        await attach(image, "application/spdx+json", spdx);
        await attach(image, "application/vnd.example.config", { setting: 1 });

        const input = await gathered(`${image.repository}:latest`, setting.trusts.root);
        expect(outline(input)).to.deep.equal(
          [
            UNKNOWN,
            UNKNOWN,
            `${PROVENANCE}: ${SIGNER}`,
            `${PROVENANCE}: failed subject.mismatch`,
            "referrer: other: failed format.invalid",
            "referrer: other: unsigned signature.absent",
          ].toSorted(),
        );
        expect([input.provenance.length, input.sboms.length]).to.deep.equal([1, 0]);
        expect(outline(await gathered(other.reference, setting.trusts.root))).to.deep.equal([]);
      });

      it("one bundle among many other things is found", async () => {
        const image = await pushImage(setting, registry.host);
        for (let number = 0; number < 12; number++) {
          if (number === 6) await attach(image, BUNDLE, bundleFor(image.digest));
          await attach(image, "application/vnd.example.note", `note ${String(number)}`);
        }
        expect(outline(await gathered(image.reference, setting.trusts.root))).to.deep.equal(
          [...Array<string>(12).fill(UNKNOWN), `${PROVENANCE}: ${SIGNER}`].toSorted(),
        );
      });
    });
  }
});
