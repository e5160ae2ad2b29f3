package assay.rules.attributes.forbidden

import data.assay.lib.report
import data.assay.lib.unread
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: No forbidden attribute
# description: |
#   No trusted attribute report asserts an attribute of `attributes.forbidden`, of whatever target. A report whose assertions
#   cannot all be read may assert any. The term is the attribute.
# custom:
#   short_name: forbidden
#   solution: Build the image without what the attribute says of it.
#   severity: high
#   collections: []
#   depends_on: [attributes.present]
#   enabled_by: [attributes.forbidden]
#   needs: [attributes.forbidden]
deny contains result if {
	some asserted in trusted.attribute_reports
	some name in requirements.attributes.forbidden
	not _is_free(asserted, name)
	message := $"The attribute {name} is or may be asserted; expected that it is not"
	violation := report.against_record(rego.metadata.chain(), message, "attributes", asserted)
	result := report.with_term(violation, name)
}

deny contains result if {
	count(trusted.attribute_reports) == 0
	result := report.no_record(rego.metadata.chain(), "attributes")
}

deny contains result if {
	not _some_forbidden(requirements)
	message := "policy.yaml forbids no attribute, so none can be found"
	result := report.violation(rego.metadata.chain(), message, [])
}

_some_forbidden(configured) if count(configured.attributes.forbidden) > 0

_is_free(asserted, name) if {
	is_array(asserted.attributes)
	not name in {assertion.attribute | some assertion in asserted.attributes}
	not unread.member(asserted, "attributes")
}
