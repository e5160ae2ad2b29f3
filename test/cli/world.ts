import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachBundle } from "../lab/images.ts";
import { startLabRegistry, type LabRegistry } from "../lab/registry.ts";
import {
  createSigstore,
  GITHUB_ISSUER,
  githubIdentity,
  githubRun,
  keyPair,
  provenanceV1,
  signerWorkflow,
} from "../lab/sigstore/index.ts";

/** What the tests of the commands share: a registry with a few images, their evidence as files, a policy folder. */
export interface World {
  readonly registry: LabRegistry;
  readonly folder: string;
  /** `127.0.0.1:…/acme/app:1.2.3`, attested by the approved workflow. */
  readonly good: string;
  /** The same by digest, and the bundle that speaks of it as a file. */
  readonly goodDigest: string;
  readonly goodBundle: string;
  /** Nobody signed anything. */
  readonly unsigned: string;
  readonly policy: string;
  readonly trustedRoot: string;
  readonly key: string;
  readonly keyBundle: string;
  readonly identity: string;
  readonly issuer: string;
  path(name: string, content: string): string;
  close(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const registry = await startLabRegistry();
  const sigstore = createSigstore({ name: "cli" });
  const folder = mkdtempSync(join(tmpdir(), "assay-cli-"));
  const path = (name: string, content: string) => {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  const run = githubRun({ repository: "acme/app" });
  const app = registry.pushImage("acme/app", { tag: "1.2.3", seed: "app" });
  const statement = provenanceV1({ subjects: [{ name: "app", digest: app.digest }], run });
  const bundle = sigstore.sign({ statement }, { identity: githubIdentity(run) });
  attachBundle(registry, "acme/app", app.descriptor, bundle);
  registry.pushImage("acme/unsigned", { tag: "1.2.3", seed: "unsigned" });
  const key = keyPair();
  const byKey = sigstore.signWithKey({ statement }, key);

  const trustedRoot = path("trusted_root.json", JSON.stringify(sigstore.trustedRoot));
  path("policy/trust/cli.json", JSON.stringify(sigstore.trustedRoot));
  path(
    "policy/policy.yaml",
    `name: acme
version: 1.0.0
signers:
  acme: { issuer: "${GITHUB_ISSUER}", identity: "https://github.com/acme/*/.github/workflows/*.yml@refs/tags/v*" }
images:
  - match: ["127.0.0.1:*/acme/**"]
    collections: [slsa-build-l3]
    provenance:
      signers: [acme]
      builders: ["https://github.com/acme/*/.github/workflows/*.yml"]
      repositories: ["https://github.com/acme/app"]
      refs: ["refs/tags/v*"]
`,
  );
  return {
    registry,
    folder,
    good: `${registry.host}/acme/app:1.2.3`,
    goodDigest: app.digest,
    goodBundle: path("good.sigstore.json", JSON.stringify(bundle)),
    unsigned: `${registry.host}/acme/unsigned:1.2.3`,
    policy: join(folder, "policy"),
    trustedRoot,
    key: path("release.pub", key.pem),
    keyBundle: path("key.sigstore.json", JSON.stringify(byKey)),
    identity: signerWorkflow(run),
    issuer: GITHUB_ISSUER,
    path,
    close: async () => {
      await registry.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
