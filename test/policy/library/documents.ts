import type { InputDocument, InputEvidence } from "../../../src/normalization/index.ts";
import { evidence, IMAGE, input, provenance, RELEASE } from "../source/sample.ts";
import type { Signer, SubjectMatch, VerifiedTime } from "../../../src/verification/index.ts";

export { good } from "../source/sample.ts";

type List =
  | "sboms"
  | "vulnerabilityReports"
  | "vex"
  | "verificationSummaries"
  | "testResults"
  | "otherProvenance"
  | "releases"
  | "attributeReports"
  | "runtimeTraces";

/** Of a record what its evidence repeats; the rest of it may be spoiled. */
interface Named {
  readonly predicateType: string;
  readonly subject: InputEvidence["subject"];
}

/** Any field of any of these records. */
type Field<Kind> = Kind extends unknown ? keyof Kind : never;

interface Stated {
  readonly signer?: Signer;
  /** When a log proves that it was signed; `null`: nothing proves it. */
  readonly time?: string | null;
}

/**
 * The good document with one record more, stated by evidence of its own: signed by `release` a day before the decision,
 * where nothing else is said.
 */
export function stating(
  list: List,
  record: Named & Partial<Record<Field<InputDocument[List][number]>, unknown>>,
  { signer = RELEASE, time = "2026-11-21T10:00:00Z" }: Stated = {},
): InputDocument {
  const { predicateType, subject } = record;
  const first = evidence("good", RELEASE);
  const entry = evidence("record", signer, {
    predicateType,
    subject,
    times: time === null ? [] : [proven(time)],
  });
  return input([first, entry], [provenance(first.id)], { [list]: [{ ...record, evidence: entry.id }] });
}

/** The record as evidence about the image itself. */
export const ON_IMAGE: SubjectMatch = { digest: IMAGE, matches: "image", platform: null };

function proven(time: string): VerifiedTime {
  return { time, source: "rekor", trustRoot: "public-good" };
}
