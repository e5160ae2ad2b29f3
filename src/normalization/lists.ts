import type { EvidenceLists, ListName } from "./types.ts";

export type ListKey = keyof EvidenceLists;

export const NO_LISTS: EvidenceLists = {
  provenance: [],
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
  attestations: [],
};

const LIST_KEYS: readonly ListKey[] = Object.keys(NO_LISTS).filter(isListKey);

function isListKey(name: string): name is ListKey {
  return Object.hasOwn(NO_LISTS, name);
}

/** Every list that a rule can read by itself, verified and unverified. */
export const LIST_NAMES: readonly ListName[] = LIST_KEYS.flatMap((key): ListName[] => [
  key,
  `unverified.${key}`,
]).sort();

/** The lists of one part of the document that rules read; every one where it is not known what they read. */
export function wantedLists(
  reads: readonly string[] | undefined,
  part: "" | "unverified.",
): ReadonlySet<ListKey> {
  return new Set(LIST_KEYS.filter((key) => isRead(reads, `${part}${key}`)));
}

/** What a document leaves out, sorted. */
export function omittedLists(reads: readonly string[] | undefined): readonly ListName[] {
  return LIST_NAMES.filter((name) => !isRead(reads, name));
}

function isRead(reads: readonly string[] | undefined, name: ListName): boolean {
  if (reads === undefined || reads.includes(name)) return true;
  return name.startsWith("unverified.") && reads.includes("unverified");
}

/** Each list with what is added to it, the lists that are not wanted apart. */
export function append(
  lists: EvidenceLists,
  more: Partial<EvidenceLists>,
  wanted: ReadonlySet<ListKey>,
): EvidenceLists {
  const kept = <Entry>(key: ListKey, entries: readonly Entry[] = []): readonly Entry[] =>
    wanted.has(key) ? entries : [];
  return {
    provenance: lists.provenance.concat(kept("provenance", more.provenance)),
    otherProvenance: lists.otherProvenance.concat(kept("otherProvenance", more.otherProvenance)),
    sboms: lists.sboms.concat(kept("sboms", more.sboms)),
    componentAttributes: lists.componentAttributes.concat(
      kept("componentAttributes", more.componentAttributes),
    ),
    vulnerabilityReports: lists.vulnerabilityReports.concat(
      kept("vulnerabilityReports", more.vulnerabilityReports),
    ),
    vex: lists.vex.concat(kept("vex", more.vex)),
    verificationSummaries: lists.verificationSummaries.concat(
      kept("verificationSummaries", more.verificationSummaries),
    ),
    testResults: lists.testResults.concat(kept("testResults", more.testResults)),
    releases: lists.releases.concat(kept("releases", more.releases)),
    attributeReports: lists.attributeReports.concat(kept("attributeReports", more.attributeReports)),
    runtimeTraces: lists.runtimeTraces.concat(kept("runtimeTraces", more.runtimeTraces)),
    attestations: lists.attestations.concat(kept("attestations", more.attestations)),
  };
}
