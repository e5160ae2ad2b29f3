package assay.rules.attributes.max_age

import data.assay.lib.age
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Attribute report recent
# description: |
#   Every trusted attribute report was signed no longer ago than `attributes.maxAge`, by a time that a log or a timestamp authority proves.
# custom:
#   short_name: max_age
#   solution: Attest an attribute report (in-toto SCAI) again, in a way that proves when (a transparency log or a timestamp).
#   severity: medium
#   collections: []
#   depends_on: [attributes.present]
#   enabled_by: [attributes.maxAge]
#   needs: [attributes.maxAge]
deny contains result if {
	some asserted in trusted.attribute_reports
	not _is_fresh(asserted)
	found := age.signed_words(asserted.evidence)
	message := $"The attribute report was signed {found}; expected no longer than {requirements.attributes.maxAge.text} ago"
	result := report.against_record(rego.metadata.chain(), message, "attributes", asserted)
}

deny contains result if {
	count(trusted.attribute_reports) == 0
	result := report.no_record(rego.metadata.chain(), "attributes")
}

_is_fresh(asserted) if age.signed_within(asserted.evidence, requirements.attributes.maxAge)
