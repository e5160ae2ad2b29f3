import { describeThrown, type Reason } from "../core/index.ts";
import type { ImageDescription, ResolvedImage } from "../image/index.ts";
import type { Statement, SubjectMatch } from "../verification/index.ts";
import { encodeValue } from "./encode.ts";
import { evidenceOf } from "./evidence.ts";
import { imageOf } from "./image.ts";
import { readProvenance } from "./provenance/provenance.ts";
import type { NormalizationCode } from "./reasons.ts";
import { timeOfDate } from "./time.ts";
import type {
  InputAttestation,
  InputDocument,
  InputEvidence,
  InputRequest,
  JudgedArtifact,
  Provenance,
} from "./types.ts";

/** Everything that was found out about one image. */
export interface NormalizationInput {
  readonly request: InputRequest;
  readonly image: ResolvedImage;
  readonly description: ImageDescription;
  readonly judged: readonly JudgedArtifact[];
  /** Why evidence may be missing: what the evidence stage could not list or fetch. */
  readonly incomplete: readonly Reason[];
  /** The decision's time. */
  readonly time: Date;
}

/**
 * Makes the one document that rules see. Verified statements of this image go to the lists that rules trust to be
 * verified; unsigned ones stand apart under `unverified`; what failed appears in `evidence` alone, with its reason.
 * The order in which artifacts were found does not matter. Nothing in a statement can make this throw: one that
 * cannot be read is left out and the document says that it is incomplete (`normalization.failed`).
 */
export function normalize(input: NormalizationInput): InputDocument {
  const judged = inOrder(input.judged);
  const verified = collect(judged, verifiedStatement);
  const unverified = collect(judged, unsignedStatement);
  const reasons = distinct([
    ...input.incomplete,
    ...input.description.faults,
    ...judged.flatMap(({ conclusion }) => (conclusion.status === "unreachable" ? [conclusion.reason] : [])),
    ...verified.faults,
    ...unverified.faults,
  ]);
  return {
    schemaVersion: "1",
    time: timeOfDate(input.time),
    request: input.request,
    image: imageOf(input.image, input.description),
    evidence: judged.map(({ evidence }) => evidence),
    ...verified.lists,
    unverified: unverified.lists,
    baseImages: [],
    completeness: { complete: reasons.length === 0, reasons },
  };
}

type Ordered = JudgedArtifact & { readonly evidence: InputEvidence };

/** By the content's digest, then by where it was found. */
function inOrder(judged: readonly JudgedArtifact[]): readonly Ordered[] {
  return judged
    .map((one) => ({ ...one, evidence: evidenceOf(one) }))
    .sort(
      (a, b) =>
        compare(a.evidence.id, b.evidence.id) ||
        compare(a.evidence.source, b.evidence.source) ||
        compare(a.evidence.location, b.evidence.location) ||
        compare(encodeValue(a.evidence), encodeValue(b.evidence)),
    );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface StatementOfImage {
  readonly statement: Statement;
  readonly subject: SubjectMatch;
}

function verifiedStatement({ conclusion }: JudgedArtifact): StatementOfImage | null {
  if (conclusion.status !== "verified" || conclusion.statement === null) return null;
  return { statement: conclusion.statement, subject: conclusion.subject };
}

function unsignedStatement({ conclusion }: JudgedArtifact): StatementOfImage | null {
  if (conclusion.status !== "unsigned" || conclusion.statement === null || conclusion.subject === null) {
    return null;
  }
  return { statement: conclusion.statement, subject: conclusion.subject };
}

interface Collected {
  readonly lists: InputDocument["unverified"];
  readonly faults: readonly Reason<NormalizationCode>[];
}

function collect(
  judged: readonly Ordered[],
  statementOf: (judged: JudgedArtifact) => StatementOfImage | null,
): Collected {
  const provenance: Provenance[] = [];
  const attestations: InputAttestation[] = [];
  const faults: Reason<NormalizationCode>[] = [];
  for (const one of judged) {
    const found = statementOf(one);
    if (found === null) continue;
    const { id, signers } = one.evidence;
    const { predicateType, predicate } = found.statement;
    attestations.push({ evidence: id, predicateType, predicate });
    try {
      const record = readProvenance({ id, signers, ...found });
      if (record !== undefined) provenance.push(record);
    } catch (thrown) {
      const message = `the statement ${id} could not be normalized: ${describeThrown(thrown)}; please report this`;
      faults.push({ code: "normalization.failed", message });
    }
  }
  const lists = {
    provenance,
    sboms: [],
    vulnerabilityReports: [],
    vex: [],
    verificationSummaries: [],
    testResults: [],
    attestations,
  };
  return { lists, faults };
}

/** Each reason once, in an order that does not depend on which artifact was fetched first. */
function distinct(reasons: readonly Reason[]): readonly Reason[] {
  const byText = new Map(reasons.map((reason) => [`${reason.code} ${reason.message}`, reason]));
  return [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []);
}
