import { expect } from "chai";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { digestOf, type Digest } from "../../src/core/index.ts";
import {
  attachSigstoreBundle,
  COSIGN_SIGN_PREDICATE,
  NO_SERVICES,
  signatureStatement,
  signWithSigstore,
} from "../../src/release/index.ts";
import { assay } from "../cli/harness.ts";
import { GITHUB_ISSUER, githubRun, keyPair, signerWorkflow } from "../lab/sigstore/index.ts";
import { COSIGN_WAYS } from "./cosign.ts";
import { REGISTRIES, startRegistry, type RunningRegistry } from "./registries.ts";
import { createSetting, type Setting } from "./setting.ts";

const IDENTITY = signerWorkflow(githubRun());
const DEFAULT_BUNDLE = new URL("../../bundles/default.tar.gz", import.meta.url);
/** cosign's ways that make Sigstore bundles. */
const WAYS = COSIGN_WAYS.filter(({ source }) => source === "referrer");

/** How `assay policy sign` is told the same as cosign is by `CosignWay.flags`. */
const flagsOf = (setting: Setting, { by, log }: (typeof WAYS)[number]): readonly string[] => [
  ...(by === "key"
    ? ["--key", setting.file("cosign.key")]
    : ["--identity-token", setting.file("token", setting.token)]),
  ...(log === null
    ? []
    : [
        "--signing-config",
        setting.file(log === "rekorV1" ? "rekor-v1.json" : "rekor-v2.json"),
        "--trusted-root",
        setting.file("root.json"),
      ]),
];

type By = "key" | "identity";

/** Policies signed by assay and verified by cosign, and the other way round: files and artifacts, by key and keyless. */
describe("signatures of policies, with cosign", () => {
  let setting: Setting;
  let bundle: string;
  let other: string;
  before(async function () {
    setting = await createSetting(this, ["oras", "cosign", "conforming", "distribution", "misreporting"]);
    bundle = setting.file("policy.tar.gz");
    other = setting.file("other.tar.gz");
    copyFileSync(DEFAULT_BUNDLE, bundle);
    copyFileSync(DEFAULT_BUNDLE, other);
    setting.file("release.key", keyPair().privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    // Another bundle: signed as OPA does, so that its bytes differ.
    const signed = await assay(["policy", "sign", other, "--opa", "--key", setting.file("release.key")]);
    expect(signed.code, signed.stderr).to.equal(0);
  });
  after(() => setting?.close());

  const signer = (by: By, stranger = false): readonly string[] =>
    by === "key"
      ? ["--key", setting.file(stranger ? "other.pub" : "cosign.pub")]
      : [
          "--certificate-identity",
          stranger ? `${IDENTITY}-not` : IDENTITY,
          "--certificate-oidc-issuer",
          GITHUB_ISSUER,
        ];
  const asked = async (source: string, by: By, stranger = false, root = "root.json") => {
    const flags = [...signer(by, stranger), "--trusted-root", setting.file(root), "--output", "json"];
    const { code, stdout, stderr } = await assay(["policy", "verify", source, ...flags]);
    if (stdout === "") throw new Error(stderr);
    const report = JSON.parse(stdout) as {
      signedBy: { identity: string; time: string | null }[];
      reason: { code: string } | null;
    };
    return [code, report.reason?.code ?? report.signedBy.map(({ identity }) => identity).join(", ")];
  };
  const verified = (by: By) => [0, by === "key" ? setting.key.keyId : IDENTITY];
  const sign = async (source: string, flags: readonly string[]): Promise<void> => {
    const { code, stderr } = await assay(["policy", "sign", source, ...flags], {
      env: { ASSAY_KEY_PASSWORD: "" },
    });
    expect(code, stderr).to.equal(0);
  };
  /** What cosign must be told beside the signer: a key's bundle has neither log nor timestamp unless services made it. */
  const terms = ({ by, log, times }: (typeof WAYS)[number]): readonly string[] => [
    ...(log === null ? ["--insecure-ignore-tlog=true"] : []),
    ...(times.includes("tsa") ? ["--use-signed-timestamps"] : []),
    "--trusted-root",
    setting.file(by === "key" && log === null ? "no-root.json" : "root.json"),
  ];

  for (const way of WAYS) {
    it(`a file, ${way.name}: assay verifies what cosign signed`, async () => {
      const beside = `${bundle}.sigstore.json`;
      await setting.clients.run(
        "cosign",
        "sign-blob",
        "--yes",
        ...way.flags(setting),
        "--bundle",
        beside,
        bundle,
      );
      expect(await asked(bundle, way.by)).to.deep.equal(verified(way.by));
      expect(await asked(bundle, way.by, true)).to.deep.equal([1, "signature.signer_unknown"]);
      if (way.by === "identity") {
        expect(await asked(bundle, way.by, false, "other-root.json")).to.deep.equal([
          1,
          "signature.signer_unknown",
        ]);
      }
      // Moved beside another bundle it counts for nothing.
      const moved = setting.file("moved.tar.gz");
      copyFileSync(other, moved);
      copyFileSync(beside, `${moved}.sigstore.json`);
      expect((await asked(moved, way.by))[0]).to.equal(1);
    });

    it(`a file, ${way.name}: cosign verifies what assay signed`, async () => {
      await sign(bundle, flagsOf(setting, way));
      expect(await asked(bundle, way.by)).to.deep.equal(verified(way.by));
      const judge = (stranger: boolean, file = bundle) =>
        setting.clients.try(
          "cosign",
          "verify-blob",
          "--bundle",
          `${bundle}.sigstore.json`,
          ...terms(way),
          ...signer(way.by, stranger),
          file,
        );
      const accepted = await judge(false);
      expect(accepted.ok, accepted.stderr).to.equal(true);
      expect((await judge(true)).ok).to.equal(false);
      expect((await judge(false, other)).ok).to.equal(false);
    });
  }

  it("a file, by keys of every kind that cosign takes: cosign verifies what assay signed", async () => {
    for (const kind of ["P-384", "P-521", "RSA-2048", "RSA-4096"] as const) {
      const pair = keyPair(kind);
      const key = setting.file(
        "kind.key",
        pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      );
      await sign(bundle, ["--key", key]);
      const flags = [
        "--insecure-ignore-tlog=true",
        "--trusted-root",
        setting.file("no-root.json"),
        "--key",
        setting.file("kind.pub", pair.pem),
      ];
      const judged = await setting.clients.try(
        "cosign",
        "verify-blob",
        "--bundle",
        `${bundle}.sigstore.json`,
        ...flags,
        bundle,
      );
      expect(judged.ok, `${kind}: ${judged.stderr}`).to.equal(true);
    }
  });

  for (const kind of REGISTRIES) {
    describe(`an artifact in ${kind.name}`, () => {
      let registry: RunningRegistry;
      let pushes = 0;
      before(async () => {
        registry = await startRegistry(kind, setting.clients);
      });
      after(() => registry?.close());

      /** A policy in a repository of its own, as `oras` publishes it. */
      const pushed = async (content: "policy" | "another" = "policy") => {
        pushes += 1;
        const repository = `${registry.host}/policies/acme-${pushes}`;
        // oras takes paths only below the folder that it runs in, unless it is told otherwise.
        const answer = await setting.clients.run(
          "oras",
          "push",
          "--plain-http",
          "--disable-path-validation",
          "--format",
          "json",
          `${repository}:1.0.0`,
          `${content === "policy" ? bundle : other}:application/vnd.oci.image.layer.v1.tar+gzip`,
        );
        const { digest } = JSON.parse(answer) as { digest: Digest };
        return {
          source: `oci://${repository}:1.0.0`,
          repository,
          reference: `${repository}@${digest}`,
          digest,
        };
      };

      for (const way of WAYS) {
        it(`${way.name}: assay verifies what cosign signed`, async () => {
          const { source, reference } = await pushed();
          expect(await asked(source, way.by)).to.deep.equal([1, "signature.missing"]);
          await setting.clients.run("cosign", "sign", "--yes", ...way.flags(setting), reference);
          expect(await asked(source, way.by)).to.deep.equal(verified(way.by));
          expect(await asked(source, way.by, true)).to.deep.equal([1, "signature.signer_unknown"]);
        });

        it(`${way.name}: cosign verifies what assay signed`, async () => {
          const { source, reference, digest } = await pushed();
          await sign(source, flagsOf(setting, way));
          expect(await asked(source, way.by)).to.deep.equal(verified(way.by));
          const judge = (stranger: boolean, at = reference) =>
            setting.clients.try("cosign", "verify", ...terms(way), ...signer(way.by, stranger), at);
          const accepted = await judge(false);
          expect(accepted.ok, accepted.stderr).to.equal(true);
          expect(accepted.stdout).to.contain(digest);
          expect((await judge(true)).ok).to.equal(false);
          expect((await judge(false, (await pushed("another")).reference)).ok).to.equal(false);
        });
      }

      it("T185 garbage and strangers beside the good signature hide nothing", async () => {
        const { source, reference, repository, digest } = await pushed();
        const [way] = WAYS;
        if (way === undefined) throw new Error("no way to sign");
        const type = "application/vnd.dev.sigstore.bundle.v0.3+json";
        for (let i = 0; i < 3; i++) {
          writeFileSync(setting.file("junk.json"), JSON.stringify({ mediaType: type, junk: i }));
          await setting.clients.run(
            "oras",
            "attach",
            "--plain-http",
            "--disable-path-validation",
            "--artifact-type",
            type,
            `${repository}@${digest}`,
            `${setting.file("junk.json")}:${type}`,
          );
        }
        const signal = AbortSignal.timeout(30_000);
        // The right key's signature of another artifact.
        const moved = await signWithSigstore(signatureStatement(digestOf(readFileSync(other))), {
          by: { privateKey: setting.key.privateKey },
          services: NO_SERVICES,
          trust: null,
          now: () => new Date(),
          signal,
        });
        if (!moved.ok) throw new Error(moved.reason.message);
        const attached = await attachSigstoreBundle(
          source,
          {
            subject: digest,
            bundle: moved.value.bundle,
            predicateType: COSIGN_SIGN_PREDICATE,
            created: new Date(),
          },
          { settings: {}, signal },
        );
        expect(attached).to.include({ ok: true });
        expect(await asked(source, "key")).to.deep.equal([1, "signature.invalid"]);
        expect(
          (await setting.clients.try("cosign", "verify", ...terms(way), ...signer("key"), reference)).ok,
        ).to.equal(false);
        await sign(source, ["--key", setting.file("release.key")]);
        expect((await asked(source, "key"))[0]).to.equal(1);
        await sign(source, flagsOf(setting, way));
        expect(await asked(source, "key")).to.deep.equal(verified("key"));
        expect(
          (await setting.clients.try("cosign", "verify", ...terms(way), ...signer("key"), reference)).ok,
        ).to.equal(true);
      });
    });
  }
});
