import type { Descriptor } from "../registry/index.ts";

/**
 * What a media type lets one expect. It decides what is fetched, and what something is only where its shape does not
 * tell (threats T037, T045).
 */
export type Expected =
  | "sigstore-bundle"
  | "dsse-envelope"
  | "simple-signing"
  | "in-toto"
  | "document"
  | "notary-jws"
  | "notary-cose"
  /** Evidence of a known kind that cannot be judged yet. */
  | "unsupported"
  | "unknown";

const NOTARY_SIGNATURE = "application/vnd.cncf.notary.signature";

/** Layers of a Notary Project signature; elsewhere these types say too little. */
const NOTARY_ENVELOPES: ReadonlyMap<string, Expected> = new Map([
  ["application/jose+json", "notary-jws"],
  ["application/cose", "notary-cose"],
]);

const EXACT: ReadonlyMap<string, Expected> = new Map<string, Expected>([
  ["application/vnd.dsse.envelope.v1+json", "dsse-envelope"],
  ["application/vnd.dev.cosign.simplesigning.v1+json", "simple-signing"],
  ["application/vnd.in-toto+json", "in-toto"],
  ["application/spdx+json", "document"],
  ["text/spdx+json", "document"],
  ["spdx+json", "document"],
  ["application/vnd.cyclonedx+json", "document"],
  ["application/vnd.cyclonedx", "document"],
  ["application/vnd.openvex+json", "document"],
  ["application/vnd.cyclonedx+xml", "unsupported"],
  ["text/spdx", "unsupported"],
  ["text/spdx+xml", "unsupported"],
  ["application/vnd.syft+json", "unsupported"],
  [NOTARY_SIGNATURE, "unsupported"],
]);

export function expectedOf(mediaType: string): Expected {
  const essence = essenceOf(mediaType);
  if (essence.startsWith("application/vnd.dev.sigstore.bundle")) return "sigstore-bundle";
  if (/^application\/vnd\.in-toto\.[a-z0-9.-]+\+(?:json|dsse)$/.test(essence)) return "in-toto";
  return EXACT.get(essence) ?? "unknown";
}

function essenceOf(mediaType: string): string {
  return mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
}

/** What a layer's type lets one expect in its manifest, which may say by `artifactType` or its config what it holds. */
export function expectedOfLayer(
  { mediaType }: Descriptor,
  manifest: { readonly artifactType?: string; readonly config: Descriptor },
): Expected {
  const types = [manifest.artifactType ?? "", manifest.config.mediaType];
  const isNotary = types.some((type) => essenceOf(type) === NOTARY_SIGNATURE);
  return (isNotary ? NOTARY_ENVELOPES.get(essenceOf(mediaType)) : undefined) ?? expectedOf(mediaType);
}

/** artifactTypes that say nothing about the layers: what cosign's older manifests and registries put there. */
const TELLS_NOTHING = new Set([
  "",
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.oci.empty.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.container.image.v1+json",
  "application/vnd.unknown.config.v1+json",
  "application/vnd.unknown.artifact.v1",
  "application/vnd.dev.cosign.artifact.sig.v1+json",
  "application/vnd.dev.cosign.artifact.att.v1+json",
  "application/vnd.dev.cosign.artifact.sbom.v1+json",
  "application/vnd.docker.attestation.manifest.v1+json",
]);

/** What the descriptor of a referrer lets one expect; `undecided` where only its manifest can tell. */
export function expectedOfReferrer(descriptor: Descriptor): Expected | "undecided" | "notary" {
  const artifactType = descriptor.artifactType ?? "";
  if (essenceOf(artifactType) === NOTARY_SIGNATURE) return "notary";
  return TELLS_NOTHING.has(artifactType.trim().toLowerCase()) ? "undecided" : expectedOf(artifactType);
}
