import { expect } from "chai";
import { assay } from "../cli/harness.ts";
import { GITHUB_ISSUER, githubRun, provenanceV1, signerWorkflow } from "../lab/sigstore/index.ts";
import { digestOf } from "../../src/core/index.ts";
import { COSIGN_WAYS } from "./cosign.ts";
import { createSetting, type Setting } from "./setting.ts";

const IDENTITY = signerWorkflow(githubRun());
const CONTENT = "an artifact that is no image\n";

/** Bundles of files: `cosign sign-blob` and `attest-blob` against `assay verify-bundle`, and the lab against cosign. */
describe("bundles of files", () => {
  let setting: Setting;
  let blob: string;
  before(async function () {
    setting = await createSetting(this, ["cosign"]);
    blob = setting.file("blob", CONTENT);
    setting.file("other-blob", `${CONTENT}!`);
  });
  after(() => setting?.close());

  const signedBy = (by: "key" | "identity", whose: "signer" | "stranger"): readonly string[] =>
    by === "key"
      ? ["--key", setting.file(whose === "signer" ? "cosign.pub" : "other.pub")]
      : [
          "--certificate-identity",
          whose === "signer" ? IDENTITY : `${IDENTITY}-not`,
          "--certificate-oidc-issuer",
          GITHUB_ISSUER,
        ];
  const rooted = (by: "key" | "identity", root = "root.json"): readonly string[] =>
    by === "key" ? [] : ["--trusted-root", setting.file(root)];

  for (const way of COSIGN_WAYS.filter(({ source }) => source === "referrer")) {
    it(`assay verifies what cosign made, ${way.name}, and refuses another signer, root or file`, async () => {
      const bundle = setting.file("bundle.json");
      const flags = way.flags(setting);
      await setting.clients.run("cosign", "sign-blob", "--yes", ...flags, "--bundle", bundle, blob);
      const verify = async (file: string, whose: "signer" | "stranger", root?: string) => {
        const words = [...signedBy(way.by, whose), ...rooted(way.by, root), file];
        const ran = await assay(["verify-bundle", "--bundle", bundle, ...words]);
        return [
          ran.code,
          ran.code === 0 ? ran.stdout : (/: ([a-z_.]+): /.exec(ran.stderr)?.[1] ?? ran.stderr),
        ];
      };
      const named = way.by === "key" ? `key ${setting.key.keyId}` : `${IDENTITY} (${GITHUB_ISSUER})`;
      expect(await verify(blob, "signer")).to.deep.equal([0, `verified: ${named}\n`]);
      expect([
        await verify(setting.file("other-blob"), "signer"),
        await verify(blob, "stranger"),
        ...(way.by === "identity" ? [await verify(blob, "signer", "other-root.json")] : []),
      ]).to.deep.equal(
        way.by === "key"
          ? [
              [1, "subject.mismatch"],
              [1, "key.unknown"],
            ]
          : [
              [1, "subject.mismatch"],
              [1, "identity.mismatch"],
              [1, "certificate.untrusted"],
            ],
      );
    });
  }

  const LAB = [
    { name: "keyless with Rekor v1", by: "identity", options: {}, flags: [] },
    {
      name: "keyless with Rekor v2 and a timestamp",
      by: "identity",
      options: { log: "rekor-v2" },
      flags: ["--use-signed-timestamps"],
    },
    { name: "by key", by: "key", options: {}, flags: ["--insecure-ignore-tlog=true"] },
  ] as const;
  for (const { name, by, options, flags } of LAB) {
    for (const form of ["signature", "attestation"] as const) {
      it(`cosign verifies the lab's ${form}, ${name}, and refuses another signer`, async () => {
        const content =
          form === "signature"
            ? { message: Buffer.from(CONTENT) }
            : { statement: provenanceV1({ subjects: [{ digest: digestOf(Buffer.from(CONTENT)) }] }) };
        const bundle =
          by === "key"
            ? setting.sigstore.signWithKey(content, setting.key)
            : setting.sigstore.sign(content, options);
        const root = by === "key" ? ["--trusted-root", setting.file("no-root.json")] : rooted(by);
        const command =
          form === "signature" ? ["verify-blob"] : ["verify-blob-attestation", "--type", "slsaprovenance1"];
        const given = [...flags, ...root, "--bundle", setting.file("lab.json", bundle), blob];
        const verify = (whose: "signer" | "stranger") =>
          setting.clients.try("cosign", ...command, ...signedBy(by, whose), ...given);
        const accepted = await verify("signer");
        expect(accepted.ok, accepted.stderr).to.equal(true);
        expect((await verify("stranger")).ok).to.equal(false);
      });
    }
  }
});
