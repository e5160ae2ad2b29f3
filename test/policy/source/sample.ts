import { digestOf, type Digest } from "../../../src/core/index.ts";
import type { InputDocument, InputEvidence, Provenance } from "../../../src/normalization/index.ts";
import { NO_LISTS } from "../../../src/normalization/lists.ts";
import { NO_EXTENSIONS } from "../../../src/verification/fulcio.ts";
import type { CertificateSigner, Signer } from "../../../src/verification/index.ts";

export const IMAGE = digestOf(Buffer.from("image"));
export const AMD64 = digestOf(Buffer.from("linux/amd64"));
export const ARM64 = digestOf(Buffer.from("linux/arm64"));
export const SLSA = "https://slsa.dev/provenance/v1";
export const SCAN = "https://cosign.sigstore.dev/attestation/vuln/v1";

const BUILDER = "https://github.com/acme/builder/.github/workflows/build.yml";

export const RELEASE: CertificateSigner = {
  kind: "certificate",
  identity: "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.0",
  identityType: "uri",
  subject: null,
  subjectAlternativeNames: [
    { type: "uri", value: "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.0" },
  ],
  issuer: "https://token.actions.githubusercontent.com",
  trustRoot: "public-good",
  certificate: { ...NO_EXTENSIONS, runnerEnvironment: "github-hosted", sourceRepositoryIdentifier: "123" },
  serialNumber: "01",
};

export const STRANGER: CertificateSigner = {
  ...RELEASE,
  identity: "https://github.com/stranger/app/.github/workflows/release.yml@refs/tags/v1.2.0",
};

/** Verified evidence about the image by one signer; `name` makes its id. */
export function evidence(name: string, signer: Signer, change: Partial<InputEvidence> = {}): InputEvidence {
  return {
    id: digestOf(Buffer.from(name)),
    source: "referrer",
    location: "ghcr.io/acme/app",
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    kind: "attestation",
    predicateType: SLSA,
    subject: { digest: IMAGE, matches: "image", platform: null },
    status: "verified",
    reason: null,
    signers: [signer],
    times: [],
    transparencyLog: [],
    ...change,
  };
}

/** Provenance of a proper build, as stated by one piece of evidence. */
export function provenance(id: Digest, change: Partial<Provenance> = {}): Provenance {
  return {
    evidence: id,
    kind: "slsa-provenance",
    predicateType: SLSA,
    version: "1",
    producer: "github-attest",
    subject: { digest: IMAGE, matches: "image", platform: null },
    builder: { id: `${BUILDER}@refs/tags/v2.1.0`, name: BUILDER, ref: "refs/tags/v2.1.0", version: null },
    buildType: "https://actions.github.io/buildtypes/workflow/v1",
    source: {
      repo: "https://github.com/acme/app",
      uri: "git+https://github.com/acme/app@refs/tags/v1.2.0",
      ref: "refs/tags/v1.2.0",
      refKind: "tag",
      commit: "0123456789abcdef0123456789abcdef01234567",
      commitAlgorithm: "sha1",
      hint: false,
      dirty: null,
      repositoryId: null,
      ownerId: null,
      visibility: null,
      fork: false,
    },
    definition: {
      repo: "https://github.com/acme/app",
      ref: "refs/tags/v1.2.0",
      commit: "0123456789abcdef0123456789abcdef01234567",
      path: ".github/workflows/release.yml",
      entryPoint: null,
    },
    trigger: {
      event: "push",
      actor: null,
      runId: null,
      runAttempt: null,
      runUrl: null,
      inputs: null,
      pullRequest: false,
    },
    parameters: {},
    parametersNamesOnly: false,
    dependencies: [],
    dependenciesOmitted: 0,
    build: {
      id: null,
      name: null,
      kind: null,
      partOf: null,
      partOfName: null,
      results: {},
      evidence: [id],
    },
    tasks: [],
    flags: {
      reproducible: null,
      hermetic: null,
      selfHostedRunner: false,
      completeness: { parameters: null, environment: null, materials: null },
    },
    times: { started: null, finished: null },
    corroboration: {
      "builder.id": "certificate",
      "source.repo": "certificate",
      "source.ref": "certificate",
      "source.commit": "certificate",
      "definition.path": "certificate",
      "trigger.event": "certificate",
      "flags.selfHostedRunner": "certificate",
    },
    conflicts: [],
    unknownFields: [],
    ...change,
  };
}

/** The input document of an image with this evidence and provenance. */
export function input(
  found: readonly InputEvidence[],
  stated: readonly Provenance[],
  change: Partial<InputDocument> = {},
): InputDocument {
  return {
    schemaVersion: "1",
    time: "2026-11-22T10:00:00Z",
    request: { reference: "ghcr.io/acme/app:1.2.0", surface: "cli", namespace: null, parameters: {} },
    image: {
      reference: `ghcr.io/acme/app@${IMAGE}`,
      registry: "ghcr.io",
      repository: "acme/app",
      tag: "1.2.0",
      digest: IMAGE,
      mediaType: "application/vnd.oci.image.index.v1+json",
      annotations: {},
      platforms: [
        { platform: "linux/amd64", digest: AMD64, config: null, layers: [], annotations: {} },
        { platform: "linux/arm64", digest: ARM64, config: null, layers: [], annotations: {} },
      ],
    },
    evidence: found,
    provenance: stated,
    otherProvenance: [],
    sboms: [],
    componentAttributes: [],
    vulnerabilityReports: [],
    vex: [],
    verificationSummaries: [],
    testResults: [],
    releases: [],
    attributeReports: [],
    runtimeTraces: [],
    attestations: found.flatMap((entry) =>
      entry.predicateType === null
        ? []
        : [{ evidence: entry.id, predicateType: entry.predicateType, predicate: {} }],
    ),
    unverified: NO_LISTS,
    baseImages: [],
    completeness: { complete: true, reasons: [] },
    ...change,
  };
}

/** A properly attested image. */
export function good(): InputDocument {
  const entry = evidence("good", RELEASE);
  return input([entry], [provenance(entry.id)]);
}
