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
  /** Evidence of a known kind that cannot be judged yet. */
  | "unsupported"
  | "unknown";

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
  ["application/vnd.cncf.notary.signature", "unsupported"],
]);

export function expectedOf(mediaType: string): Expected {
  const essence = mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (essence.startsWith("application/vnd.dev.sigstore.bundle")) return "sigstore-bundle";
  if (/^application\/vnd\.in-toto\.[a-z0-9.-]+\+(?:json|dsse)$/.test(essence)) return "in-toto";
  return EXACT.get(essence) ?? "unknown";
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
export function expectedOfReferrer(descriptor: Descriptor): Expected | "undecided" {
  const artifactType = descriptor.artifactType ?? "";
  return TELLS_NOTHING.has(artifactType.trim().toLowerCase()) ? "undecided" : expectedOf(artifactType);
}
