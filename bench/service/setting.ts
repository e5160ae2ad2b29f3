import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { attachBundle } from "../../test/lab/images.ts";
import { startLabRegistry, type LabRegistry } from "../../test/lab/registry.ts";
import {
  createSigstore,
  githubRun,
  GITHUB_ISSUER,
  provenanceV1,
  signerWorkflow,
  type Sigstore,
} from "../../test/lab/sigstore/index.ts";
import { createTlsAuthority, type TlsIdentity } from "../../test/lab/tls.ts";

/** A registry over TLS, a Sigstore instance, certificates, and a folder with what the contestants are configured with. */
export interface Setting {
  readonly folder: string;
  readonly registry: LabRegistry;
  readonly sigstore: Sigstore;
  /** PEM of the authority of all servers and callers. */
  readonly ca: string;
  readonly client: TlsIdentity;
  /** Milliseconds that the registry waits before each answer. */
  latencyMs: number;
  /** When each request came and when it was answered, since `trips` was emptied. */
  readonly trips: Trip[];
  /** An image with so many Sigstore bundles, all of them good; returns its reference. */
  push(repository: string, bundles: number): string;
  /** A folder that no process has used before. */
  newFolder(): Promise<string>;
  close(): Promise<void>;
}

export interface Trip {
  readonly from: number;
  to: number;
}

export async function createSetting(): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), "assay-bench-service-"));
  const authority = createTlsAuthority("assay bench");
  const identity = authority.server();
  const registry = await startLabRegistry({
    tls: authority.server({ names: ["127.0.0.1"] }),
    address: "localhost",
  });
  const sigstore = createSigstore();
  const setting: Setting = {
    folder,
    registry,
    sigstore,
    ca: authority.cert,
    client: authority.client({ name: "gatekeeper" }),
    latencyMs: 0,
    trips: [],
    push: (repository, bundles) => {
      const image = registry.pushImage(repository, { tag: "1", seed: repository });
      for (let number = 0; number < bundles; number += 1) {
        const subject = { name: `${repository}-${String(number)}`, digest: image.digest };
        const signed = sigstore.sign({ statement: provenanceV1({ subjects: [subject] }) });
        attachBundle(registry, repository, image.descriptor, signed);
      }
      return `${registry.host}/${repository}:1`;
    },
    newFolder: () => mkdtemp(join(folder, "run-")),
    close: async () => {
      await registry.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  registry.misbehave = async () => {
    const trip = { from: performance.now(), to: Number.POSITIVE_INFINITY };
    setting.trips.push(trip);
    if (setting.latencyMs > 0) await sleep(setting.latencyMs);
    trip.to = performance.now();
    return undefined;
  };
  await Promise.all([
    writeFile(join(folder, "tls.crt"), identity.cert),
    writeFile(join(folder, "tls.key"), identity.key, { mode: 0o600 }),
    writeFile(join(folder, "client-ca.crt"), authority.cert),
    writePolicy(join(folder, "policy"), registry, sigstore),
  ]);
  return setting;
}

/** A rulebook as an organization has one: provenance of its own repositories by its own workflow. */
async function writePolicy(folder: string, registry: LabRegistry, { trustedRoot }: Sigstore): Promise<void> {
  await mkdir(join(folder, "trust"), { recursive: true });
  await writeFile(join(folder, "trust", "lab.json"), JSON.stringify(trustedRoot));
  const identity = signerWorkflow(githubRun({}));
  const policy = {
    name: "bench",
    version: "1",
    signers: { release: { issuer: GITHUB_ISSUER, identity } },
    images: [
      { match: [`${registry.host}/**`], collections: ["minimal"], provenance: { signers: ["release"] } },
    ],
  };
  // JSON is YAML.
  await writeFile(join(folder, "policy.yaml"), JSON.stringify(policy));
}

/** The longest row of requests of which each came after the one before it had been answered. */
export function longestChain(trips: readonly Trip[]): number {
  let [length, end] = [0, Number.NEGATIVE_INFINITY];
  for (const { from, to } of trips.toSorted((a, b) => a.to - b.to)) {
    if (from < end) continue;
    length += 1;
    end = to;
  }
  return length;
}
