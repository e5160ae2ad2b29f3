import type { Digest } from "../../core/index.ts";
import type { Signer, Statement, SubjectMatch } from "../../verification/index.ts";
import { PredicateReader } from "../predicate-reader.ts";
import type { Provenance } from "../types.ts";
import { certifiedSource, settleSource } from "./certified-source.ts";
import { corroborate } from "./corroboration.ts";
import { readProducer, slsaVersion } from "./producers.ts";

/** More unknown fields than these are not listed: the whole predicate stands in `attestations`. */
const UNKNOWN_FIELDS_LIMIT = 100;

/** What `readProvenance` needs of one judged artifact; without signers everything is only claimed. */
export interface ProvenanceEvidence {
  readonly id: Digest;
  readonly statement: Statement;
  readonly subject: SubjectMatch;
  readonly signers: readonly Signer[];
}

/** The normalized record of a SLSA provenance statement; `undefined` for any other predicate. */
export function readProvenance(evidence: ProvenanceEvidence): Provenance | undefined {
  const { predicate, predicateType } = evidence.statement;
  const version = slsaVersion(predicateType);
  if (version === undefined) return undefined;
  const reader = new PredicateReader(predicate);
  const facts = readProducer(predicate, version, reader);
  const { corroboration, conflicts } = corroborate(facts, evidence.signers);
  const settled = settleSource(facts.source, certifiedSource(evidence.signers), corroboration);
  return {
    evidence: evidence.id,
    kind: "slsa-provenance",
    predicateType,
    subject: evidence.subject,
    ...facts,
    source: settled.source,
    corroboration: settled.corroboration,
    conflicts,
    unknownFields: reader.unknownFields(UNKNOWN_FIELDS_LIMIT),
  };
}
