# METADATA
# title: Trusted evidence
# description: |
#   What a signer approved in policy.yaml for that kind of evidence has signed, and nothing else. Anybody can sign
#   validly; rules read these lists and not those of `input`, so that a stranger's statement never counts.
package assay.trusted

import data.assay.lib.approval
import data.assay.requirements

# METADATA
# description: Provenance by `provenance.signers`.
provenance := [entry |
	some entry in input.provenance
	entry.evidence in _provenance_ids
]

# METADATA
# description: Bare signatures of the image by `signature.signers`, as entries of `input.evidence`.
signatures := [entry |
	some entry in input.evidence
	_is_signature(entry)
	entry.id in _signature_ids
]

# METADATA
# description: |
#   Whole statements: provenance by `provenance.signers`, every other predicate type by the signers that `attestations`
#   names for it.
attestations := [entry |
	some entry in input.attestations
	_statement_trusted(entry)
]

# METADATA
# description: SBOMs whose predicate type `attestations` names, by the signers named there.
sboms := _of_trusted_statements(input.sboms)

# METADATA
# description: Vulnerability reports, likewise.
vulnerability_reports := _of_trusted_statements(input.vulnerabilityReports)

# METADATA
# description: VEX documents, likewise.
vex := _of_trusted_statements(input.vex)

# METADATA
# description: Verification summaries, likewise.
verification_summaries := _of_trusted_statements(input.verificationSummaries)

# METADATA
# description: Test results, likewise.
tests := _of_trusted_statements(input.testResults)

# METADATA
# scope: document
# description: |
#   Ids of everything trusted: the lists above, and any attestation or signature by `evidence.signers`.
ids contains entry.evidence if some entry in provenance

ids contains entry.evidence if some entry in attestations

ids contains entry.id if some entry in signatures

ids contains id if some id in _any_kind_ids

default _provenance_ids := set()

_provenance_ids := approval.signed_by(requirements.provenance.signers)

default _signature_ids := set()

_signature_ids := approval.signed_by(requirements.signature.signers)

default _any_kind_ids := set()

_any_kind_ids := approval.signed_by(requirements.evidence.signers)

_attestation_ids[required.predicateType] := approval.signed_by(required.signers) if {
	some required in requirements.attestations
}

_statement_trusted(entry) if {
	some stated in provenance
	stated.evidence == entry.evidence
}

_statement_trusted(entry) if entry.evidence in _attestation_ids[entry.predicateType]

_of_trusted_statements(list) := [entry |
	some entry in list
	entry.evidence in _statement_ids
]

_statement_ids := {entry.evidence | some entry in attestations}

_is_signature(entry) if entry.kind == "signature"

# What `cosign sign` writes since its version 3: a statement without content.
_is_signature(entry) if entry.predicateType == "https://sigstore.dev/cosign/sign/v1"
