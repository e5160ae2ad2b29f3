import {
  DEFAULT_JSON_LIMITS,
  MOST_DOCUMENT_VALUES,
  describeThrown,
  isObject,
  parseStrictJson,
  type Digest,
  type Reason,
} from "../core/index.ts";
import type { ImageDescription, ResolvedImage } from "../image/index.ts";
import type { VerifiedTime } from "../verification/index.ts";
import { encodeValue } from "./encode.ts";
import { evidenceOf } from "./evidence.ts";
import { imageOf } from "./image.ts";
import { append, NO_LISTS, omittedLists, wantedLists, type ListKey } from "./lists.ts";
import { othersFamilies } from "./others/families.ts";
import { joinBuilds } from "./provenance/one-build.ts";
import { provenanceFamily } from "./provenance/provenance.ts";
import type { NormalizationCode } from "./reasons.ts";
import { componentAttributesFamily } from "./sbom/attributes.ts";
import { sbomFamily } from "./sbom/sbom.ts";
import { timeOfDate } from "./time.ts";
import { applyVex, type VexContext } from "./vex/apply.ts";
import { vexFamily } from "./vex/vex.ts";
import { vulnerabilityFamily } from "./vulnerability/vulnerability.ts";
import type {
  EvidenceLists,
  FoundStatement,
  InputDocument,
  InputEvidence,
  InputRequest,
  JudgedArtifact,
  PredicateFamily,
} from "./types.ts";

/** Who reads which predicates; every family that recognises a statement reads it, and each of them once. */
const FAMILIES: readonly PredicateFamily[] = [
  provenanceFamily,
  sbomFamily,
  componentAttributesFamily,
  vulnerabilityFamily,
  vexFamily,
  ...othersFamilies,
];

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
  /**
   * Parts of the document that some rule reads (`sboms`, `unverified.sboms`, `unverified` for all of these): lists not
   * named stay empty, and nothing is spent on them. Absent is every list.
   */
  readonly reads?: readonly string[];
}

/**
 * Makes the one document that rules see. Verified statements of this image go to the lists that rules trust to be
 * verified; unsigned ones stand apart under `unverified`; what failed appears in `evidence` alone, with its reason.
 * The order in which artifacts were found does not matter. Nothing in a statement can make this throw: one that
 * cannot be read is left out and the document says that it is incomplete (`normalization.failed`).
 */
export function normalize(input: NormalizationInput): InputDocument {
  const judged = inOrder(input.judged);
  const imageDigests = [input.image.digest, ...input.description.platforms.map(({ digest }) => digest)];
  const collectPart = (statementOf: StatementOf, part: "" | "unverified.") => {
    const wanted = wantedLists(input.reads, part);
    const collected = collect(judged, statementOf, imageDigests, withVexForReports(wanted));
    return applied(collected, wanted, vexContextOf(input, judged));
  };
  const verified = collectPart(verifiedStatement, "");
  const unverified = collectPart(unsignedStatement, "unverified.");
  const reasons = distinct([
    ...input.incomplete,
    ...input.description.faults,
    ...judged.flatMap(({ conclusion }) => (conclusion.status === "unreachable" ? [conclusion.reason] : [])),
    ...verified.faults,
    ...unverified.faults,
  ]);
  const evidence = judged.map((one) => one.evidence);
  return {
    schemaVersion: "1",
    time: timeOfDate(input.time),
    request: input.request,
    image: imageOf(input.image, input.description),
    evidence,
    ...verified.lists,
    provenance: joinBuilds(verified.lists.provenance, evidence),
    unverified: unverified.lists,
    baseImages: [],
    completeness: { complete: reasons.length === 0, reasons },
    omitted: omittedLists(input.reads),
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

type StatementOf = (judged: JudgedArtifact) => StatementOfImage | null;

type StatementOfImage = Pick<FoundStatement, "predicateType" | "predicate" | "subject">;

function verifiedStatement({ conclusion }: JudgedArtifact): StatementOfImage | null {
  if (conclusion.status !== "verified" || conclusion.statement === null) return null;
  return { ...conclusion.statement, subject: conclusion.subject };
}

const DOCUMENT_LIMITS = { ...DEFAULT_JSON_LIMITS, values: MOST_DOCUMENT_VALUES };

/** What is stated without a signature, if it is about this image: also a document that was attached bare. */
function unsignedStatement({ artifact, conclusion }: JudgedArtifact): StatementOfImage | null {
  if (conclusion.status !== "unsigned") return null;
  if (artifact.content.kind === "document") {
    const parsed = parseStrictJson(artifact.content.bytes, DOCUMENT_LIMITS);
    const isRead = parsed.ok && isObject(parsed.value);
    return isRead ? { predicateType: artifact.mediaType, predicate: parsed.value, subject: null } : null;
  }
  if (conclusion.statement === null || conclusion.subject === null) return null;
  return { ...conclusion.statement, subject: conclusion.subject };
}

interface Collected {
  readonly lists: EvidenceLists;
  readonly faults: readonly Reason<NormalizationCode>[];
}

function collect(
  judged: readonly Ordered[],
  statementOf: StatementOf,
  imageDigests: readonly Digest[],
  wanted: ReadonlySet<ListKey>,
): Collected {
  let lists = NO_LISTS;
  const faults: Reason<NormalizationCode>[] = [];
  if (wanted.size === 0) return { lists, faults };
  for (const one of judged) {
    const stated = statementOf(one);
    if (stated === null) continue;
    const { id, signers, times } = one.evidence;
    const { predicateType, predicate, subject } = stated;
    const found = { id, signers, times, predicateType, predicate, subject, imageDigests };
    const open = subject?.matches === "source" ? wanted.intersection(SOURCE_LISTS) : wanted;
    lists = append(lists, { attestations: [{ evidence: id, predicateType, predicate }] }, open);
    try {
      for (const family of FAMILIES) {
        const isWanted = family.fills.some((list) => open.has(list));
        if (!isWanted || !family.recognises(predicateType, predicate)) continue;
        lists = append(lists, family.read(found), open);
      }
    } catch (thrown) {
      const message = `the statement ${id} could not be normalized: ${describeThrown(thrown)}; please report this`;
      faults.push({ code: "normalization.failed", message });
    }
  }
  return { lists, faults };
}

/** A report's findings carry the VEX about them, whether or not a rule reads the list of VEX itself. */
function withVexForReports(wanted: ReadonlySet<ListKey>): ReadonlySet<ListKey> {
  return wanted.has("vulnerabilityReports") ? new Set([...wanted, "vex"]) : wanted;
}

function applied({ lists, faults }: Collected, wanted: ReadonlySet<ListKey>, context: VexContext): Collected {
  const { vulnerabilityReports, faults: vexFaults } = applyVex(lists, context);
  const vex = wanted.has("vex") ? lists.vex : [];
  return { lists: { ...lists, vulnerabilityReports, vex }, faults: [...faults, ...vexFaults] };
}

function vexContextOf(
  { image, description, time }: NormalizationInput,
  judged: readonly Ordered[],
): VexContext {
  const platforms = [...image.platformManifests, ...description.platforms].map(({ digest }) => digest);
  const times = new Map<Digest, readonly VerifiedTime[]>();
  for (const { evidence } of judged) {
    times.set(evidence.id, [...(times.get(evidence.id) ?? []), ...evidence.times]);
  }
  return { image: image.digest, platforms, times, now: timeOfDate(time) };
}

/** What speaks of the source alone is no statement about the image, and stands in no other list. */
const SOURCE_LISTS: ReadonlySet<ListKey> = new Set(["verificationSummaries"]);

/** Each reason once, in an order that does not depend on which artifact was fetched first. */
function distinct(reasons: readonly Reason[]): readonly Reason[] {
  const byText = new Map(reasons.map((reason) => [`${reason.code} ${reason.message}`, reason]));
  return [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []);
}
