import type { Digest } from "../../core/index.ts";
import type { SubjectMatch } from "../../verification/index.ts";

/** A software bill of materials, SPDX or CycloneDX of any version, in one component model. */
export interface Sbom {
  /** `id` of the evidence that states it. */
  readonly evidence: Digest;
  /** Type of the statement's predicate; of an unsigned document its media type. */
  readonly predicateType: string;
  readonly subject: SubjectMatch | null;
  readonly format: "spdx" | "cyclonedx";
  /** `2.3`, `3.0.1`, `1.6`: as the document states it. */
  readonly version: string | null;
  /** The document's own identity: SPDX `documentNamespace` or element id, CycloneDX `serialNumber`. */
  readonly documentId: string | null;
  readonly name: string | null;
  /** When it was made, by its own word, RFC 3339 UTC. */
  readonly created: string | null;
  /** Who wrote the SBOM (people and organizations; SPDX creators, CycloneDX authors, manufacturer, supplier). */
  readonly authors: readonly string[];
  readonly tools: readonly {
    readonly name: string;
    readonly version: string | null;
    readonly vendor: string | null;
  }[];
  /** What the SBOM says it is about; matched to the image by digest only. */
  readonly describes: readonly SbomSubject[];
  /** Whether a described thing or a component carries exactly the image's or a platform's digest; `null`: no digests stated. */
  readonly matchesImage: boolean | null;
  readonly components: readonly Component[];
  /** How many files (not packages) it lists; they are counted, not carried. */
  readonly files: number;
  /** How many relationships (SPDX) or dependency edges (CycloneDX) it states. */
  readonly relationships: number;
  /** Images and tools that the document's relationships or formulation name as what this was built from or with. */
  readonly builtFrom: readonly {
    readonly role: "base-image" | "build-tool";
    readonly purl: string | null;
    readonly name: string | null;
    readonly version: string | null;
    readonly digest: Readonly<Record<string, string>>;
  }[];
  /** NTIA minimum elements (2021): which of the seven hold for the whole document. */
  readonly ntia: {
    readonly supplier: boolean;
    readonly componentName: boolean;
    readonly componentVersion: boolean;
    readonly uniqueIdentifiers: boolean;
    readonly dependencyRelationships: boolean;
    readonly author: boolean;
    readonly timestamp: boolean;
  };
  /** What the document breaks of its own format, one line each, at most 20; an empty list: it holds as far as was looked. */
  readonly faults: readonly string[];
  /** JSON pointers of what is not modelled, each kind once (array indexes written `*`), at most 200. */
  readonly unknownFields: readonly string[];
}

/** What an SBOM says of its components beyond the component model (CycloneDX properties, SPDX annotations). */
export interface ComponentAttributes {
  /** `id` of the evidence that states it, as of the record in `sboms`. */
  readonly evidence: Digest;
  readonly predicateType: string;
  readonly subject: SubjectMatch | null;
  readonly attributes: readonly {
    /** Its package URL or name, for people. */
    readonly component: string;
    readonly name: string;
    /** As text; `null`: not stated. */
    readonly value: string | null;
  }[];
  /** `false`: there are or may be more attributes than these. */
  readonly complete: boolean;
}

export interface SbomSubject {
  readonly name: string | null;
  readonly version: string | null;
  readonly purl: string | null;
  readonly digest: Readonly<Record<string, string>>;
}

/** A package. Absent facts are left out (not `null`), for there may be a hundred thousand of these. */
export interface Component {
  /** The document's own id of it (SPDXID, bom-ref). */
  readonly ref?: string;
  /** Empty where the document names none. */
  readonly name: string;
  /** What the name is in: CycloneDX `group`; SPDX has it in the name. */
  readonly group?: string;
  /** The document is about this one (SPDX DESCRIBES, CycloneDX `metadata.component`); absent of what it is made of. */
  readonly described?: true;
  readonly version?: string;
  /** Canonical (purl specification); the first where several are stated. */
  readonly purl?: string;
  /** As the document spells it, where that is another spelling. */
  readonly originalPurl?: string;
  /** Kind of component: CycloneDX `type`, SPDX primary purpose, lower case (`library`, `operating-system`, …). */
  readonly type?: string;
  /** `Organization: Acme` without the prefix. NOASSERTION is absent. */
  readonly supplier?: string;
  readonly originator?: string;
  /** SPDX licence expressions. NOASSERTION is absent, `NONE` is `NONE`. */
  readonly licenseDeclared?: string;
  readonly licenseConcluded?: string;
  /** Algorithm in lower case without dashes (`sha256`) to hexadecimal value. */
  readonly hashes?: Readonly<Record<string, string>>;
  readonly cpes?: readonly string[];
  readonly externalReferences?: readonly { readonly type: string; readonly url: string }[];
  readonly downloadLocation?: string;
}
