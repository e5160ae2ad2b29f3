import { PredicateReader } from "../predicate-reader.ts";
import type { FoundStatement, PredicateFamily, Provenance } from "../types.ts";
import { MOST_DEPENDENCIES, omittedDependencies } from "./dependencies.ts";
import { NO_BUILD, type ProvenanceFacts } from "./facts.ts";
import { linkVersion, readLink } from "./in-toto-link.ts";
import { readProducer, slsaVersion } from "./producers.ts";
import { settleFacts } from "./settle.ts";
import { testsOf } from "./tekton-tests.ts";
import { isWitnessCollection, readWitnessCollection } from "./witness-collection.ts";

/** More unknown fields than these are not listed: the whole predicate stands in `attestations`. */
const UNKNOWN_FIELDS_LIMIT = 100;

export const provenanceFamily: PredicateFamily = {
  fills: ["provenance", "otherProvenance"],
  recognises: (predicateType) => formOf(predicateType) !== undefined,
  read: (found) => {
    const record = readProvenance(found);
    if (record === undefined) return {};
    return record.kind === "slsa-provenance" ? { provenance: [record] } : { otherProvenance: [record] };
  },
};

/**
 * The normalized record of a statement about a build, SLSA's or another's; `undefined` for any other predicate.
 * Without signers everything is only claimed.
 */
export function readProvenance(found: FoundStatement): Provenance | undefined {
  const { predicate, predicateType } = found;
  const form = formOf(predicateType);
  if (form === undefined) return undefined;
  const reader = new PredicateReader(predicate);
  const { build, tasks = [], ...facts } = form.read(reader, found);
  const dependencies = facts.dependencies.slice(0, MOST_DEPENDENCIES);
  const trimmed = facts.dependencies.length - dependencies.length;
  return {
    evidence: found.id,
    kind: form.kind,
    predicateType,
    subject: found.subject,
    ...settleFacts(facts, found.signers),
    dependencies,
    dependenciesOmitted: omittedDependencies(predicate) + trimmed,
    build: { ...(build ?? NO_BUILD), evidence: [found.id] },
    tasks: tasks.map((task) => ({ ...task, tests: testsOf(task.results), evidence: [found.id] })),
    unknownFields: reader.unknownFields(UNKNOWN_FIELDS_LIMIT),
  };
}

interface Form {
  readonly kind: Provenance["kind"];
  readonly read: (reader: PredicateReader, found: FoundStatement) => ProvenanceFacts;
}

/** Told by the predicate type alone. */
function formOf(predicateType: string): Form | undefined {
  const slsa = slsaVersion(predicateType);
  if (slsa !== undefined) {
    return {
      kind: "slsa-provenance",
      read: (reader, { predicate }) => readProducer(predicate, slsa, reader),
    };
  }
  const link = linkVersion(predicateType);
  if (link !== undefined) return { kind: "in-toto-link", read: (reader) => readLink(reader, link) };
  return isWitnessCollection(predicateType)
    ? { kind: "witness-collection", read: readWitnessCollection }
    : undefined;
}
