import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sharedData } from "../lab/shared-data.ts";
import { assay } from "./harness.ts";

const BUILDER =
  "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml";
const REPOSITORY = "https://github.com/slsa-framework/example-package";

/** Images of slsa-github-generator's own releases, with their provenance, as OCI layouts. */
const IMAGES = [
  { version: "v1.4.0", digest: "sha256:a74d89d8dd863ca5dae4a29e0feede81ddf59197849a80784af5a02ab7786925" },
  { version: "v1.6.0", digest: "sha256:0159a9079cf264809b03fef298492057b31d221c4d22211730942877caa658a1" },
  { version: "v1.8.0", digest: "sha256:038d72307b94cd27dffbfb458b695758929980cebec68ca892061a280636952b" },
  { version: "v1.10.0", digest: "sha256:e0a0a765d690a5104331cfbac88ebbbf01736c1f87aaa3cd455c516a5ea586a5" },
  { version: "v2.1.0", digest: "sha256:234e2c830c2fb31ac5671789d22adfe44d30c3ee831d01beae5e237841a13122" },
];

describe("assay verify on images of slsa-github-generator", () => {
  let folder: string;
  before(function () {
    if (sharedData === undefined) this.skip();
    folder = mkdtempSync(join(tmpdir(), "assay-real-"));
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const verify = (
    image: (typeof IMAGES)[number],
    { builder = BUILDER, repository = REPOSITORY, signer = BUILDER },
  ) => {
    const policy = join(folder, "policy");
    mkdirSync(policy, { recursive: true });
    writeFileSync(
      join(policy, "policy.yaml"),
      `name: real
version: 1.0.0
signers:
  generator: { issuer: "https://token.actions.githubusercontent.com", identity: "${signer}@refs/tags/v*" }
images:
  - match: ["**"]
    collections: [slsa-build-l3]
    provenance:
      signers: [generator]
      builders: ["${builder}"]
      repositories: ["${repository}"]
      refs: ["refs/**"]
`,
    );
    const layout = join(
      sharedData ?? "",
      "container",
      "github-slsa-generator",
      image.version,
      "oci-layout-dir",
    );
    return assay(
      `verify ghcr.io/slsa-framework/example@${image.digest} --offline --layout ${layout} --policy ${policy} --output json`,
    );
  };
  const codes = (stdout: string) =>
    (JSON.parse(stdout) as { violations: { code: string }[] }).violations.map(({ code }) => code);

  for (const image of IMAGES) {
    it(`${image.version}: allowed under a policy that names its builder and repository, denied under others`, async () => {
      const allowed = await verify(image, {});
      expect([allowed.code, allowed.stderr, codes(allowed.stdout)]).to.deep.equal([0, "", []]);
      const otherBuilder = await verify(image, { builder: BUILDER.replace("container", "generic") });
      expect([otherBuilder.code, codes(otherBuilder.stdout)]).to.deep.equal([
        1,
        ["provenance.builder_allowed"],
      ]);
      const otherRepository = await verify(image, {
        repository: "https://github.com/slsa-framework/example",
      });
      expect([otherRepository.code, codes(otherRepository.stdout)]).to.deep.equal([
        1,
        ["source.repository_allowed"],
      ]);
      const otherSigner = await verify(image, { signer: BUILDER.replace("slsa-framework", "mallory") });
      expect(otherSigner.code).to.equal(1);
    });
  }
});
