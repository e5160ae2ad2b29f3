package assay.rules.attributes.required

import data.assay.lib.coverage
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Required attributes
# description: |
#   For each attribute of `attributes.required`, trusted attribute reports assert it of the whole image, or of each of its platforms.
#   What an assertion with a target says is said of that target: it counts where the target is what the statement is about.
#   Conditions are not weighed. The term is the attribute.
# custom:
#   short_name: required
#   solution: Attest the attribute of the image as one of attributes.signers.
#   severity: high
#   collections: []
#   depends_on: [attributes.present]
#   enabled_by: [attributes.required]
#   needs: [attributes.required]
deny contains result if {
	some name in requirements.attributes.required
	ids := {asserted.evidence | some asserted in trusted.attribute_reports; _asserts(asserted, name)}
	not coverage.whole(coverage.subjects_of(ids))
	message := $"The attribute {name} is not asserted of the whole image; expected it of the image itself"
	result := report.with_term(report.violation(rego.metadata.chain(), message, [id | some id in ids]), name)
}

deny contains result if {
	not _some_required(requirements)
	message := "policy.yaml requires no attribute, so none can be found"
	result := report.violation(rego.metadata.chain(), message, [])
}

_some_required(configured) if count(configured.attributes.required) > 0

_asserts(asserted, name) if {
	some assertion in asserted.attributes
	assertion.attribute == name
	_about_subject(assertion, asserted)
}

_about_subject(assertion, _) if assertion.target == null

_about_subject(assertion, asserted) if {
	some algorithm, value in assertion.target.digest
	concat(":", [algorithm, value]) == asserted.subject.digest
}
