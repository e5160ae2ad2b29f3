import { startLabRegistry, type LabRegistry } from "../test/lab/registry.ts";
import { attachBundle } from "../test/lab/images.ts";
import {
  createSigstore,
  githubIdentity,
  provenanceV1,
  type BundleJson,
  type GithubRun,
} from "../test/lab/sigstore/index.ts";

export interface DemoImage {
  /** What was done to it, in a few words. */
  readonly story: string;
  /** `127.0.0.1:43210/acme/app:1.2.3`. */
  readonly reference: string;
  readonly expected: "allow" | "deny";
}

export interface DemoWorld {
  readonly registry: LabRegistry;
  readonly trustedRoot: object;
  readonly images: readonly DemoImage[];
}

/** A registry on loopback with images of every kind that a policy must tell apart. */
export async function buildWorld(): Promise<DemoWorld> {
  const registry = await startLabRegistry();
  const sigstore = createSigstore({ name: "demo" });

  const push = (name: string) => ({ name, image: registry.pushImage(name, { tag: "1.2.3", seed: name }) });
  const provenance = (digest: string, run: Partial<GithubRun>) =>
    provenanceV1({ subjects: [{ name: "app", digest }], run });
  const attest = (digest: string, run: Partial<GithubRun>) =>
    sigstore.sign({ statement: provenance(digest, run) }, { identity: githubIdentity(run) });

  const built = push("acme/app");
  const genuine = attest(built.image.digest, { repository: "acme/app" });
  attachBundle(registry, built.name, built.image.descriptor, genuine);

  const unsigned = push("acme/unsigned");

  const experimental = push("acme/experimental");
  const otherBuilder = { repository: "acme/app", workflow: "experimental.yml" };
  attachBundle(
    registry,
    experimental.name,
    experimental.image.descriptor,
    attest(experimental.image.digest, otherBuilder),
  );

  const forged = push("acme/forged");
  const claimed = provenance(forged.image.digest, { repository: "acme/app" });
  const stranger = githubIdentity({ repository: "mallory/app" });
  attachBundle(
    registry,
    forged.name,
    forged.image.descriptor,
    sigstore.sign({ statement: claimed }, { identity: stranger }),
  );

  const replayed = push("acme/replayed");
  attachBundle(registry, replayed.name, replayed.image.descriptor, genuine);

  const tampered = push("acme/tampered");
  const signed = attest(tampered.image.digest, { repository: "acme/playground" });
  attachBundle(registry, tampered.name, tampered.image.descriptor, tamper(signed));

  const playground = push("acme/playground");
  attachBundle(
    registry,
    playground.name,
    playground.image.descriptor,
    attest(playground.image.digest, { repository: "acme/playground" }),
  );

  const image = (
    story: string,
    { name }: { readonly name: string },
    expected: DemoImage["expected"],
  ): DemoImage => ({
    story,
    reference: `${registry.host}/${name}:1.2.3`,
    expected,
  });
  return {
    registry,
    trustedRoot: sigstore.trustedRoot,
    images: [
      image("built and attested by the approved workflow", built, "allow"),
      image("nobody signed anything", unsigned, "deny"),
      image("attested by a workflow that is no approved builder", experimental, "deny"),
      image("validly signed by a stranger who claims the approved builder", forged, "deny"),
      image("carries the attestation of another image", replayed, "deny"),
      image("its attestation was altered after signing", tampered, "deny"),
      image("built from a repository that is not approved", playground, "deny"),
    ],
  };
}

/** The provenance now names an approved repository, but the signature was made over the old text. */
function tamper(bundle: BundleJson): BundleJson {
  if (bundle.dsseEnvelope === undefined) throw new Error("the demo signs statements only");
  const statement = Buffer.from(bundle.dsseEnvelope.payload, "base64").toString();
  const payload = Buffer.from(statement.replaceAll("acme/playground", "acme/app")).toString("base64");
  return { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload } };
}
