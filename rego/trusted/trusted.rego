# METADATA
# title: Trusted evidence
# description: |
#   What a signer approved in policy.yaml for that kind of evidence has signed, about this image, and nothing else.
#   Anybody can sign validly; rules read these lists and not those of `input`, so that a stranger's statement never
#   counts. A section that names signers is answered by them alone; where policy.yaml has no such section, by those that
#   `attestations` names for the predicate type. Where a section says `require: newest`, older records are left out.
package assay.trusted

import data.assay.lib.age
import data.assay.lib.approval
import data.assay.requirements

# METADATA
# description: SLSA provenance, by `provenance.signers`.
provenance := _selected("provenance", [entry |
	some entry in _provenance
	entry.evidence in _ids.provenance
])

# METADATA
# description: Bare signatures of the image by `signature.signers`, as entries of `input.evidence`.
signatures := [entry |
	some entry in input.evidence
	_is_signature(entry)
	entry.id in _ids.signature
]

# METADATA
# description: SBOMs, by `sbom.signers`.
sboms := _selected("sbom", _of("sbom", _sboms))

# METADATA
# description: What trusted SBOMs say of components beyond the component model, a record for each of `sboms`.
component_attributes := [entry |
	some entry in _component_attributes
	entry.evidence in {sbom.evidence | some sbom in sboms}
]

# METADATA
# description: Vulnerability reports, by `vulnerabilities.signers`.
vulnerability_reports := _selected("vulnerabilities", _of("vulnerabilities", _vulnerability_reports))

# METADATA
# description: VEX documents, by `vex.signers`.
vex := _selected("vex", _of("vex", _vex))

# METADATA
# description: Summaries of somebody's verification of this image, by `vsa.signers`.
verification_summaries := _selected("vsa", _of("vsa", _verification_summaries))

# METADATA
# description: |
#   Summaries of the verification of a source (SLSA source track), by `source.signers`. Their subject is a commit: a rule
#   compares it with the commit of trusted provenance.
source_summaries := _selected("source", [entry |
	some entry in _verification_summaries
	entry.evidence in _source_ids
])

# METADATA
# description: Test results, by `tests.signers`.
tests := _selected("tests", _of("tests", _test_results))

# METADATA
# description: Releases, by `releases.signers`.
releases := _selected("releases", _of("releases", _releases))

# METADATA
# description: SCAI attribute reports, by `attributes.signers`.
attribute_reports := _of("attributes", _attribute_reports)

# METADATA
# description: Runtime traces, by `traces.signers`.
runtime_traces := _of("traces", _runtime_traces)

# METADATA
# description: Provenance in other formats than SLSA's, by `provenance.signers`.
other_provenance := [entry |
	some entry in _other_provenance
	entry.evidence in _ids.provenance
]

# METADATA
# description: |
#   Whole statements of everything in these lists. A rule that only asks whether a statement exists reads `attested`, for
#   which nobody needs to carry predicates.
attestations := [entry |
	some entry in _attestations
	entry.evidence in _statement_ids
]

# METADATA
# scope: document
# description: |
#   By predicate type, the ids of what the signers that `attestations` names for it have attested of this image.
attested[predicate_type] contains evidence.id if {
	some required in requirements.attestations
	predicate_type := required.predicateType
	some evidence in input.evidence
	evidence.predicateType == predicate_type
	evidence.id in by(required.signers)
	_about_image(evidence)
}

# METADATA
# description: Ids of everything trusted, the lists above and any attestation or signature by `evidence.signers`.
ids := _statement_ids | {entry.id | some entry in _with_any_signer}

# METADATA
# scope: document
# description: |
#   By section of policy.yaml that asks for `any` one of its records: the ids of them. What speaks against one of these
#   denies only where no other covers the image.
alternatives[section] := found if {
	some section, records in _records
	requires(section) == "any"
	found := {record.evidence | some record in records}
}

# METADATA
# description: Which of several records of a section must satisfy the rules.
requires(section) := object.get(_requirements, [section, "require"], object.get(_defaults, section, "all"))

# METADATA
# description: Ids of the verified evidence that at least one of the named signers has signed, whatever it is about.
by(names) := {id |
	some name in names
	some id in _signed_by[name]
}

# A list that the document lacks is empty: nothing that is counted here is ever undefined.
default _provenance := []

_provenance := input.provenance

default _other_provenance := []

_other_provenance := input.otherProvenance

default _sboms := []

_sboms := input.sboms

default _component_attributes := []

_component_attributes := input.componentAttributes

default _vulnerability_reports := []

_vulnerability_reports := input.vulnerabilityReports

default _vex := []

_vex := input.vex

default _verification_summaries := []

_verification_summaries := input.verificationSummaries

default _test_results := []

_test_results := input.testResults

default _releases := []

_releases := input.releases

default _attribute_reports := []

_attribute_reports := input.attributeReports

default _runtime_traces := []

_runtime_traces := input.runtimeTraces

default _attestations := []

_attestations := input.attestations

# An image that no set matches demands nothing, and trusts nobody.
default _requirements := {}

_requirements := requirements

_defaults := {
	"provenance": "any",
	"releases": "any",
	"sbom": "any",
	"source": "any",
	"vsa": "any",
	"vulnerabilities": "newest",
	"tests": "newest",
	"vex": "all",
}

_records := {
	"provenance": provenance,
	"sbom": sboms,
	"source": source_summaries,
	"vsa": verification_summaries,
	"vulnerabilities": vulnerability_reports,
	"tests": tests,
	"vex": vex,
	"releases": releases,
	"attributes": attribute_reports,
	"traces": runtime_traces,
}

# Each signer that policy.yaml names for this image is compared once.
_signed_by[name] := approval.signed_by([name]) if some name in _names

_names contains name if {
	some section in (_sections | {"source"})
	some name in requirements[section].signers
}

_names contains name if {
	some required in requirements.attestations
	some name in required.signers
}

# By section, the ids of what its signers have signed of this image.
_ids[section] := by(requirements[section].signers) & _image_ids if {
	some section in _sections
}

_sections := {
	"provenance", "signature", "sbom", "vulnerabilities", "vex", "vsa", "tests", "releases", "attributes", "traces",
	"evidence",
}

default _source_ids := set()

_source_ids := by(requirements.source.signers) & {evidence.id |
	some evidence in input.evidence
	evidence.subject.matches == "source"
}

_image_ids := {evidence.id |
	some evidence in input.evidence
	_about_image(evidence)
}

_about_image(evidence) if evidence.subject.matches in {"image", "platform"}

_of(section, list) := [entry |
	some entry in list
	entry.evidence in _ids[section]
] if {
	requirements[section].signers
}

_of(section, list) := _of_attestations(list) if not requirements[section].signers

_of_attestations(list) := [entry |
	some entry in list
	entry.evidence in attested[entry.predicateType]
]

_statement_ids contains id if {
	some records in _records
	some record in records
	id := record.evidence
}

_statement_ids contains id if {
	some ids_of_type in attested
	some id in ids_of_type
}

_statement_ids contains entry.evidence if some entry in other_provenance

_with_any_signer contains entry if some entry in signatures

_with_any_signer contains entry if {
	some entry in input.evidence
	entry.id in _ids.evidence
}

_is_signature(entry) if entry.kind == "signature"

# What `cosign sign` writes since its version 3: a statement without content.
_is_signature(entry) if entry.predicateType == "https://sigstore.dev/cosign/sign/v1"

_selected(section, records) := records if requires(section) != "newest"

_selected(section, records) := [record |
	some record in records
	not _superseded(section, record, records)
] if {
	requires(section) == "newest"
}

# Only a proven time makes newer: a record without one is never left out, and never leaves another out.
_superseded(section, record, records) if {
	some other in records
	_group(section, other) == _group(section, record)
	age.signed_ns[other.evidence] > age.signed_ns[record.evidence]
}

# Records that answer the same question: about the same subject, by the same scanner, of the same configuration.
_group(section, record) := [_subjects[record.evidence], _question(section, record)]

_subjects[evidence.id] := evidence.subject.digest if some evidence in input.evidence

_question("vulnerabilities", record) := object.get(record, ["scanner", "name"], null)

_question("tests", record) := {[used.name, used.uri] | some used in object.get(record, "configuration", [])}

_question(section, _) := null if not section in {"vulnerabilities", "tests"}
