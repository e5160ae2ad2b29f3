import type { Digest, JsonObject, JsonValue, Reason } from "../core/index.ts";
import type { ImageConfig } from "../image/index.ts";
import type { Artifact } from "../evidence/index.ts";
import type { Conclusion, LogEntry, Signer, SubjectMatch, VerifiedTime } from "../verification/index.ts";
import type {
  AttributeReport,
  Release,
  RuntimeTrace,
  TestResult,
  VerificationSummary,
} from "./others/types.ts";
import type { ComponentAttributes, Sbom } from "./sbom/types.ts";
import type { VexDocument } from "./vex/types.ts";
import type { VulnerabilityReport } from "./vulnerability/types.ts";

/** One artifact with the conclusion about it: what normalization starts from. */
export interface JudgedArtifact {
  readonly artifact: Artifact;
  readonly conclusion: Conclusion;
}

/**
 * The document that rules see as `input` (schemas/input.schema.json describes every field). `null` means not stated
 * and is never turned into `false`. The lists from `provenance` to `attestations` hold verified evidence for this
 * image only; what could be read but not verified stands apart under `unverified`.
 */
export interface InputDocument extends EvidenceLists {
  readonly schemaVersion: "1";
  /** The decision's time, RFC 3339 UTC: the only clock a rule sees. */
  readonly time: string;
  readonly request: InputRequest;
  readonly image: InputImage;
  readonly evidence: readonly InputEvidence[];
  readonly unverified: EvidenceLists;
  readonly baseImages: readonly JsonObject[];
  readonly completeness: { readonly complete: boolean; readonly reasons: readonly Reason[] };
  /**
   * Lists that were left empty because no rule of the policy reads them (`sboms`, `unverified.sboms`), sorted; empty
   * where the document is whole. Always written.
   */
  readonly omitted?: readonly ListName[];
}

/** One of the document's lists of evidence: a verified one, or its counterpart of what is not verified. */
export type ListName = keyof EvidenceLists | `unverified.${keyof EvidenceLists}`;

/** What statements say, by kind; every statement stands whole in `attestations` too. */
export interface EvidenceLists {
  readonly provenance: readonly Provenance[];
  /** In-toto links and Witness collections: builds told in another form than SLSA's, which no rule on SLSA reads. */
  readonly otherProvenance: readonly Provenance[];
  readonly sboms: readonly Sbom[];
  /** What the same SBOMs say of components beyond the component model. */
  readonly componentAttributes: readonly ComponentAttributes[];
  readonly vulnerabilityReports: readonly VulnerabilityReport[];
  readonly vex: readonly VexDocument[];
  readonly verificationSummaries: readonly VerificationSummary[];
  readonly testResults: readonly TestResult[];
  readonly releases: readonly Release[];
  readonly attributeReports: readonly AttributeReport[];
  readonly runtimeTraces: readonly RuntimeTrace[];
  readonly attestations: readonly InputAttestation[];
}

export type Surface = "cli" | "gatekeeper" | "kyverno" | "admission" | "data-api" | "http";

export interface InputRequest {
  /** As the caller gave it. */
  readonly reference: string;
  readonly surface: Surface;
  readonly namespace: string | null;
  readonly parameters: JsonObject;
}

export interface InputImage {
  readonly reference: string;
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: Digest;
  readonly mediaType: string | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly platforms: readonly {
    readonly platform: string;
    readonly digest: Digest;
    readonly config: ImageConfig | null;
    readonly layers: readonly Digest[];
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

export interface InputEvidence {
  readonly id: Digest;
  readonly source: Artifact["source"];
  readonly location: string;
  readonly mediaType: string;
  readonly kind: "attestation" | "signature" | "other";
  readonly predicateType: string | null;
  readonly subject: SubjectMatch | null;
  readonly status: Conclusion["status"];
  readonly reason: Reason | null;
  readonly signers: readonly Signer[];
  readonly times: readonly VerifiedTime[];
  readonly transparencyLog: readonly LogEntry[];
  /** What was wrong with verified evidence and is, by configuration, no more than noted. Always written. */
  readonly notes?: readonly Reason[];
  /** What a bare signature signed along (cosign's optional claims); empty for anything else. Always written. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface InputAttestation {
  readonly evidence: Digest;
  readonly predicateType: string;
  readonly predicate: JsonObject;
}

/** Whether the signing certificate says the same, says otherwise, or does not speak of it. */
export type Standing = "certificate" | "claimed" | "conflict";

/** What a statement says of a build, of any producer and version in one shape. */
export interface Provenance {
  /** `id` of the evidence that states it. */
  readonly evidence: Digest;
  /** `slsa-provenance` in the list `provenance`; the others in `otherProvenance`, where no rule on SLSA looks. */
  readonly kind: "slsa-provenance" | "in-toto-link" | "witness-collection";
  readonly predicateType: string;
  /** Version of the predicate: SLSA 0.1, 0.2, 1; link 0.2, 0.3; collection 0.1. */
  readonly version: "0.1" | "0.2" | "0.3" | "1";
  readonly producer:
    | "slsa-github-generator"
    | "github-attest"
    | "gitlab"
    | "tekton-chains"
    | "jenkins"
    | "google-cloud-build"
    | "buildkit"
    | "witness"
    | "red-hat"
    | "npm"
    | "in-toto"
    | "generic";
  readonly subject: SubjectMatch | null;
  readonly builder: {
    readonly id: string | null;
    /** The id before its last `@`, and the ref after it. */
    readonly name: string | null;
    readonly ref: string | null;
    readonly version: JsonValue;
  };
  readonly buildType: string | null;
  readonly source: {
    /** Canonical: `https://github.com/acme/app`; an object in Cloud Storage stays `gs://bucket/object`. */
    readonly repo: string | null;
    /** As the producer spelled it. */
    readonly uri: string | null;
    /** Full: `refs/tags/v1.2.0`. */
    readonly ref: string | null;
    readonly refKind: "branch" | "tag" | "pull" | "other" | null;
    readonly commit: string | null;
    readonly commitAlgorithm: "sha1" | "sha256" | null;
    /** A hint that the producer took from the working tree, no input of the build (BuildKit's `vcs`). */
    readonly hint: boolean;
    /** The working tree held changes that the commit does not have (Witness). */
    readonly dirty: boolean | null;
    /** The forge's own ids of the repository and its owner: they outlive renaming, and nobody can take them over. */
    readonly repositoryId: string | null;
    readonly ownerId: string | null;
    /** `public`, `private` or `internal`, in the forge's word. */
    readonly visibility: string | null;
    /** Whether what was built comes out of another repository: a pull request from a fork. */
    readonly fork: boolean | null;
  };
  /** Where the build's definition lives, which may be another repository than the source. */
  readonly definition: {
    readonly repo: string | null;
    readonly ref: string | null;
    readonly commit: string | null;
    readonly path: string | null;
    readonly entryPoint: string | null;
  };
  readonly trigger: {
    readonly event: string | null;
    readonly actor: string | null;
    readonly runId: string | null;
    readonly runAttempt: string | null;
    readonly runUrl: string | null;
    readonly inputs: JsonObject | null;
    /** Whether a pull or merge request started the build; `null` also where its event may stand for one. */
    readonly pullRequest: boolean | null;
  };
  readonly parameters: JsonObject;
  /** The producer records names of parameters without their values. */
  readonly parametersNamesOnly: boolean;
  readonly dependencies: readonly Dependency[];
  /** How many more dependencies the predicate lists than are read (threat T134); 0 is all of them. */
  readonly dependenciesOmitted: number;
  /** The run that the statement is about, and what else is stated of the same build (Tekton). */
  readonly build: {
    /** UID of the run. */
    readonly id: string | null;
    readonly name: string | null;
    readonly kind: "pipeline" | "task" | null;
    /** UID of the pipeline's run that this task's run is part of, and its name. */
    readonly partOf: string | null;
    readonly partOfName: string | null;
    /** What the run yielded, by name: `IMAGE_URL`, `IMAGE_DIGEST`. */
    readonly results: JsonObject;
    /** All evidence by the same signers about the same build, this record's among it, in order. */
    readonly evidence: readonly Digest[];
  };
  /** The tasks of the build that were run; empty for producers that have none. */
  readonly tasks: readonly ProvenanceTask[];
  readonly flags: {
    readonly reproducible: boolean | null;
    readonly hermetic: boolean | null;
    readonly selfHostedRunner: boolean | null;
    readonly completeness: {
      readonly parameters: boolean | null;
      readonly environment: boolean | null;
      readonly materials: boolean | null;
    };
  };
  /** Claims of the producer, RFC 3339 UTC; trusted times stand at the evidence. */
  readonly times: { readonly started: string | null; readonly finished: string | null };
  /** Standing of each field a certificate can confirm; absent for what neither it nor the predicate states. */
  readonly corroboration: Readonly<Partial<Record<CertifiableField, Standing>>>;
  /** Where the standing is `conflict`: what each side says. */
  readonly conflicts: readonly {
    readonly field: CertifiableField;
    readonly claimed: string;
    readonly certificate: string;
  }[];
  /** JSON pointers into the predicate of what is not modelled here; the whole predicate stands in `attestations`. */
  readonly unknownFields: readonly string[];
}

/** One task of a build (Tekton), or the one command of a step (in-toto links, Witness). */
export interface ProvenanceTask {
  /** Its name in the pipeline. */
  readonly name: string | null;
  /** UID of its run. */
  readonly id: string | null;
  /** `Task`, `ClusterTask`, as stated. */
  readonly kind: string | null;
  /** Name of its definition: `git-clone`. */
  readonly reference: string | null;
  /** The image that holds its definition, canonical and without its digest. */
  readonly bundle: string | null;
  /** The repository that holds its definition, canonical. */
  readonly repository: string | null;
  /** Of the definition: the bundle's, or the commit; empty where it is not pinned. */
  readonly digest: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly name: string | null;
    /** Canonical, without its digest. */
    readonly image: string | null;
    readonly digest: Readonly<Record<string, string>>;
    /** Command and arguments; `null` of Tekton, whose scripts stand whole in `attestations`. */
    readonly command: readonly string[] | null;
  }[];
  readonly parameters: JsonObject;
  readonly results: JsonObject;
  readonly started: string | null;
  readonly finished: string | null;
  readonly succeeded: boolean | null;
  /** What its tests found, where it ran some and says so; `null`: it does not say so. */
  readonly tests: {
    /** `null`: not stated, or a word that is none of these. */
    readonly result: "PASSED" | "WARNED" | "FAILED" | "ERRORED" | "SKIPPED" | null;
    readonly passed: number | null;
    readonly warned: number | null;
    readonly failed: number | null;
  } | null;
  /** Which evidence states it. */
  readonly evidence: readonly Digest[];
}

export type CertifiableField =
  | "builder.id"
  | "source.repo"
  | "source.ref"
  | "source.commit"
  | "source.repositoryId"
  | "source.ownerId"
  | "source.visibility"
  | "definition.path"
  | "trigger.event"
  | "trigger.runUrl"
  | "flags.selfHostedRunner";

export interface Dependency {
  readonly kind: "git" | "image" | "package" | "file" | "tool" | "unknown";
  readonly role:
    | "source"
    | "base-image"
    | "possible-base-image"
    | "builder-image"
    | "frontend"
    | "scanner"
    | "tool"
    | "task"
    | "package"
    | "unknown";
  /** As the producer spelled it. */
  readonly uri: string | null;
  readonly name: string | null;
  /** Canonical: `docker.io/library/golang:1.21` of an image (without its digest), `https://github.com/acme/app` of a git source, a package URL's one spelling. */
  readonly reference: string | null;
  /** `linux/amd64` of an image, where the producer says so. */
  readonly platform: string | null;
  readonly digest: Readonly<Record<string, string>>;
  /** Content that nobody can exchange: a digest of SHA-256 or stronger is stated, or a full git commit. */
  readonly pinned: boolean;
}

/** One statement about the image, verified or unsigned, on its way to a record. */
export interface FoundStatement {
  /** `id` of its evidence. */
  readonly id: Digest;
  /** Empty where it is unsigned. */
  readonly signers: readonly Signer[];
  readonly times: readonly VerifiedTime[];
  readonly predicateType: string;
  readonly predicate: JsonObject;
  readonly subject: SubjectMatch | null;
  /** Digests of the image and its platforms: what a record may call "this image". */
  readonly imageDigests: readonly Digest[];
}

/**
 * Statements of one kind: which predicates they are, and what they say. `read` never throws on purpose: what cannot be
 * understood is not stated. One document may fill several lists (CycloneDX with vulnerabilities).
 */
export interface PredicateFamily {
  /** The lists that `read` can fill: a family is not asked where no rule reads one of them. */
  readonly fills: readonly (keyof EvidenceLists)[];
  readonly recognises: (predicateType: string, predicate: JsonObject) => boolean;
  readonly read: (found: FoundStatement) => Partial<EvidenceLists>;
}
