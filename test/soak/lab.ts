import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startLabRegistry, type LabRegistry } from "../lab/registry.ts";
import { LabResp } from "../lab/resp.ts";
import {
  createSigstore,
  GITHUB_ISSUER,
  githubIdentity,
  githubRun,
  provenanceV1,
  signerWorkflow,
} from "../lab/sigstore/index.ts";
import { attachBundle } from "../lab/images.ts";
import { createTlsAuthority, type TlsAuthority } from "../lab/tls.ts";

/** An image, and what every answer about it has to be as long as its registry says what is true. */
export interface KnownImage {
  readonly reference: string;
  readonly digest: string;
  readonly allowed: boolean;
}

/** All that the service depends on, in the hands of the test. */
export interface SoakLab {
  readonly folder: string;
  readonly registry: LabRegistry;
  readonly redis: LabResp;
  readonly authority: TlsAuthority;
  readonly images: readonly KnownImage[];
  /** One more image that nobody has asked about. */
  pushNew(): KnownImage;
  /** New certificates for the same names, as cert-manager renews them. */
  renewCertificates(): void;
  /** Puts a policy in place: a revision of the good one, or something that is none. */
  writePolicy(kind: "good" | "garbage" | "faulty"): void;
  /** Other bytes into whatever the disk cache holds. */
  spoilDisk(): void;
  close(): Promise<void>;
}

const GOOD = 24;
const EACH_BAD = 6;

export async function createSoakLab(folder: string): Promise<SoakLab> {
  const authority = createTlsAuthority("assay soak");
  const registry = await startLabRegistry({
    tls: authority.server({ names: ["127.0.0.1"] }),
    address: "localhost",
  });
  const redis = new LabResp();
  await redis.listen();
  const sigstore = createSigstore({ name: "soak" });
  const stranger = createSigstore({ name: "stranger" });
  let pushed = 0;
  const push = (kind: string, bundles: (digest: string) => readonly object[]): KnownImage => {
    const repository = `soak/${kind}-${String(++pushed)}`;
    const image = registry.pushImage(repository, { tag: "1", seed: repository });
    for (const bundle of bundles(image.digest)) {
      attachBundle(registry, repository, image.descriptor, JSON.stringify(bundle));
    }
    const allowed = kind === "good";
    return { reference: `${registry.host}/${repository}:1`, digest: image.digest, allowed };
  };
  const attest = (digest: string) => sigstore.sign({ statement: provenanceV1({ subjects: [{ digest }] }) });
  const other = `sha256:${"ab".repeat(32)}`;
  const evil = githubRun({ repository: "evil/app" });
  const pushNew = () => push("good", (digest) => [attest(digest)]);
  const bad: Readonly<Record<string, (digest: string) => readonly object[]>> = {
    unsigned: () => [],
    "of-another-image": () => [attest(other)],
    "of-a-stranger": (digest) => [stranger.sign({ statement: provenanceV1({ subjects: [{ digest }] }) })],
    "of-another-signer": (digest) => [
      sigstore.sign(
        { statement: provenanceV1({ subjects: [{ digest }] }) },
        { identity: githubIdentity(evil) },
      ),
    ],
  };
  const images = [
    ...Array.from({ length: GOOD }, pushNew),
    ...Object.entries(bad).flatMap(([kind, bundles]) =>
      Array.from({ length: EACH_BAD }, () => push(kind, bundles)),
    ),
  ];

  const write = (name: string, text: string): void => {
    // In one step, as a kubelet does it: nobody reads half a file.
    writeFileSync(join(folder, `${name}.new`), text, { mode: 0o600 });
    renameSync(join(folder, `${name}.new`), join(folder, name));
  };
  let revision = 0;
  const policy = (extra: object = {}): string =>
    // JSON is YAML.
    JSON.stringify({
      name: "soak",
      version: `1.0.${String(++revision)}`,
      signers: { release: { issuer: GITHUB_ISSUER, identity: signerWorkflow(githubRun({})) } },
      images: [
        { match: [`${registry.host}/**`], collections: ["minimal"], provenance: { signers: ["release"] } },
      ],
      ...extra,
    });
  const writePolicy: SoakLab["writePolicy"] = (kind) => {
    const texts = {
      good: () => policy(),
      garbage: () => "{{{ \u0000",
      faulty: () => policy({ unheardOf: true }),
    };
    write("policy/policy.yaml", texts[kind]());
  };
  const renewCertificates = (): void => {
    const { cert, key } = authority.server();
    write("tls.key", key);
    write("tls.crt", cert);
  };
  mkdirSync(join(folder, "policy", "trust"), { recursive: true });
  mkdirSync(join(folder, "disk"), { recursive: true, mode: 0o700 });
  write("policy/trust/lab.json", JSON.stringify(sigstore.trustedRoot));
  write("ca.crt", authority.cert);
  writePolicy("good");
  renewCertificates();
  return {
    folder,
    registry,
    redis,
    authority,
    images,
    pushNew,
    renewCertificates,
    writePolicy,
    spoilDisk: () => {
      for (const entry of readdirSync(join(folder, "disk"), { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) writeFileSync(join(entry.parentPath, entry.name), "spoiled");
      }
    },
    close: async () => {
      await registry.close();
      await redis.close();
    },
  };
}
