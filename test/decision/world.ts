import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPolicy } from "../../src/cli/policy.ts";
import { trustOf } from "../../src/cli/setup.ts";
import type { Result } from "../../src/core/index.ts";
import {
  decide,
  type Decided,
  type DecidingContext,
  type Decision,
  type DecisionRequest,
} from "../../src/decision/index.ts";
import { loadEngine } from "../../src/policy/index.ts";
import {
  createRegistry,
  type Descriptor,
  type Registry,
  type RegistrySettings,
} from "../../src/registry/index.ts";
import { attachBundle } from "../lab/images.ts";
import { startLabRegistry, type ImageContent, type LabRegistry, type PushedImage } from "../lab/registry.ts";
import {
  createSigstore,
  GITHUB_ISSUER,
  githubIdentity,
  keyPair,
  provenanceV1,
  type BundleJson,
  type GithubRun,
  type Identity,
  type KeyPair,
  type Sigstore,
} from "../lab/sigstore/index.ts";

const GENERATOR = "slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml";

/** The organization's rulebook of these tests. Which rules apply is told by the first part of the repository's name. */
export const POLICY = `name: acme
version: 1.0.0
signers:
  acme: { issuer: "${GITHUB_ISSUER}", identity: "https://github.com/acme/*/.github/workflows/*.yml@refs/tags/v*" }
  numbered:
    issuer: "${GITHUB_ISSUER}"
    identity: "https://github.com/acme/*/.github/workflows/*.yml@refs/tags/v*"
    certificate: { sourceRepositoryIdentifier: "123456789" }
  generator: { issuer: "${GITHUB_ISSUER}", identity: "https://github.com/${GENERATOR}@refs/tags/v*" }
  any-event: { issuer: "${GITHUB_ISSUER}", identity: "https://github.com/acme/*/.github/workflows/*.yml@refs/**" }
  key: { key: trust/release.pub }
images:
  - match: ["127.0.0.1:*/acme/**", "registry.test/acme/**"]
    collections: [slsa-build-l3]
    provenance:
      signers: [acme]
      builders: ["https://github.com/acme/*/.github/workflows/release.yml"]
      repositories: ["https://github.com/acme/app", "https://github.com/acme/shop"]
      refs: ["refs/tags/v*"]
  - match: ["127.0.0.1:*/reusable/**"]
    collections: [slsa-build-l3]
    provenance:
      signers: [generator]
      builders: ["https://github.com/${GENERATOR}"]
      repositories: ["https://github.com/acme/app"]
  - match: ["127.0.0.1:*/strict/**"]
    collections: [slsa-build-l2]
    provenance: { signers: [any-event], allowPullRequests: false, requireHosted: true }
  - match: ["127.0.0.1:*/numbered/**"]
    collections: [slsa-build-l1]
    provenance: { signers: [numbered] }
  - match: ["127.0.0.1:*/keyed/**"]
    collections: [slsa-build-l1]
    provenance: { signers: [key] }
  - match: ["127.0.0.1:*/signed/**"]
    signature: { signers: [acme] }
  - match: ["127.0.0.1:*/scanned/**"]
    attestations: [{ predicateType: "https://cosign.sigstore.dev/attestation/vuln/v1", signers: [acme] }]
`;

export interface World {
  readonly registry: LabRegistry;
  readonly sigstore: Sigstore;
  readonly key: KeyPair;
  readonly context: DecidingContext;
  /** Asks the lab's registry `ask(reference)`; a `context` laid over the usual one tells where else. */
  judge(reference: string, options?: JudgeOptions): Promise<Decided>;
  /** An image of its own; a repository is never used twice unless named. */
  push(repository: string, content?: ImageContent): Pushed;
  /** Signed SLSA provenance about a digest, by the run that it names unless another identity is given. */
  attest(digest: string, run?: Partial<GithubRun>, identity?: Identity): BundleJson;
  close(): Promise<void>;
}

export interface Pushed extends PushedImage {
  readonly repository: string;
  /** `127.0.0.1:43210/acme/app:1`. */
  readonly reference: string;
  /** Attaches a bundle to the image, or to another manifest of its repository. */
  attach(bundle: BundleJson | string, to?: Descriptor): void;
}

export interface JudgeOptions {
  readonly context?: Partial<DecidingContext>;
  readonly request?: Partial<DecisionRequest>;
  readonly signal?: AbortSignal;
}

/** A registry that gives up soon, so that tests of broken ones do not wait. */
export function impatientRegistry(settings: RegistrySettings = {}): Registry {
  return createRegistry({ ...settings, limits: { attempts: 2, backoffMs: 1, ...settings.limits } });
}

/** What a test decides with: a policy folder on disk, its engine, a lab registry and a lab Sigstore. */
export async function createWorld(
  options: {
    readonly policy?: string;
    readonly sigstore?: Sigstore;
    readonly roots?: Record<string, object>;
  } = {},
): Promise<World> {
  const sigstore = options.sigstore ?? createSigstore({ name: "decision" });
  const key = keyPair();
  const { policy: text = POLICY, roots = { lab: sigstore.trustedRoot } } = options;
  const context = await openWorld(text, roots, key.pem);
  const registry = await startLabRegistry();
  const client = impatientRegistry();
  return {
    registry,
    sigstore,
    key,
    context: { ...context, registry: client },
    judge: (reference, { context: change, request, signal = AbortSignal.timeout(15_000) } = {}) =>
      decide(requestFor(reference, request), { ...context, registry: client, ...change }, { signal }),
    push(repository, content = {}) {
      const image = registry.pushImage(repository, { tag: "1", seed: repository, ...content });
      return {
        ...image,
        repository,
        reference: `${registry.host}/${repository}:1`,
        attach: (bundle, to = image.descriptor) => {
          attachBundle(registry, repository, to, bundle);
        },
      };
    },
    attest: (digest, run = {}, identity = githubIdentity(run)) =>
      sigstore.sign({ statement: provenanceV1({ subjects: [{ digest }], run }) }, { identity }),
    async close() {
      client.close();
      await context.engine.close();
      await registry.close();
    },
  };
}

/** A policy folder written, opened as the command line opens it, loaded, and removed again. */
export async function openWorld(
  policy: string,
  roots: Readonly<Record<string, object>>,
  key?: string,
): Promise<DecidingContext> {
  const folder = mkdtempSync(join(tmpdir(), "assay-decision-"));
  try {
    writeFileSync(join(folder, "policy.yaml"), policy);
    mkdirSync(join(folder, "trust"));
    for (const [name, root] of Object.entries(roots)) {
      writeFileSync(join(folder, "trust", `${name}.json`), JSON.stringify(root));
    }
    if (key !== undefined) writeFileSync(join(folder, "trust", "release.pub"), key);
    const bundle = valueOf(await openPolicy(folder));
    const trust = valueOf(trustOf(bundle));
    const engine = valueOf(await loadEngine(bundle, { workers: 1 }));
    return { registry: null, layouts: [], files: [], trust, clock: () => new Date(), engine };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function requestFor(reference: string, change: Partial<DecisionRequest> = {}): DecisionRequest {
  return { reference, surface: "cli", namespace: null, parameters: {}, platform: null, ...change };
}

/** The outcome and, of a denial, its codes: `["deny", "provenance.present"]`; of what is open, the reason's. */
export function verdictOf({ decision }: { readonly decision: Decision }): readonly string[] {
  const { outcome, allow, violations, reason } = decision;
  if (allow !== (outcome === "allow")) throw new Error(`allow is ${allow} and the outcome ${outcome}`);
  return [outcome, ...(reason === null ? violations.map(({ code }) => code) : [reason.code])];
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.reason.code}: ${result.reason.message}`);
  return result.value;
}
