# METADATA
# title: Evidence that counts
# description: |
#   All that a set of images trusts, by what it counts as: records of the sections that name signers, of which
#   `require` says how many must be good; and kinds of which what is good must cover the whole image: signatures,
#   predicate types of `attestations`, and whatever `evidence.signers` have signed.
package assay.trusted.counted

import data.assay.lib.coverage
import data.assay.requirements
import data.assay.trusted

# METADATA
# description: Records with their section, for `report.against_record`.
records contains {"section": section, "evidence": record.evidence} if {
	some section, found in _records
	some record in found
}

# METADATA
# description: Sections of which nothing is trusted, though the set asks for it. VEX documents excuse, and need not be.
empty contains section if {
	some section, found in _records
	section != "vex"
	count(found) == 0
}

# METADATA
# description: Kinds of which what has these ids does not cover the whole image.
uncovered(good) := {kind |
	some kind, ids in _kinds
	not coverage.whole(coverage.subjects_of(ids & good))
}

# METADATA
# description: The set of images names no signer for anything, so that nothing could count.
nothing if count(_records) + count(_kinds) == 0

_records[section] := found if {
	some section, found in {
		"provenance": trusted.provenance,
		"sbom": trusted.sboms,
		"vulnerabilities": trusted.vulnerability_reports,
		"vex": trusted.vex,
		"tests": trusted.tests,
		"vsa": trusted.verification_summaries,
		"source": trusted.source_summaries,
		"releases": trusted.releases,
		"attributes": trusted.attribute_reports,
		"traces": trusted.runtime_traces,
	}
	requirements[section].signers
}

_kinds["signature"] := {signature.id | some signature in trusted.signatures} if requirements.signature.signers

_kinds["evidence"] := trusted.by(requirements.evidence.signers) if requirements.evidence.signers

_kinds[predicate_type] := object.get(trusted.attested, predicate_type, set()) if {
	some required in requirements.attestations
	predicate_type := required.predicateType
}
