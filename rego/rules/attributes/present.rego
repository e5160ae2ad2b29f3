package assay.rules.attributes.present

import data.assay.lib.coverage
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# title: Attribute report present
# description: |
#   An attribute report about the image, or one about each of its platforms, is attested by a signer that policy.yaml approves
#   for attributes.
# custom:
#   short_name: present
#   solution: Attest an attribute report (in-toto SCAI) as one of attributes.signers.
#   severity: high
#   collections: []
#   enabled_by: [attributes]
#   needs: [attributes.signers]
deny contains result if {
	ids := [asserted.evidence | some asserted in trusted.attribute_reports]
	not coverage.whole(coverage.subjects_of(ids))
	message := $"{count(ids)} attribute reports by {report.words(requirements.attributes.signers)} do not cover the image"
	result := report.violation(rego.metadata.chain(), message, ids)
}
