package assay.rules.attributes.producer_allowed

import data.assay.lib.pattern
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Producer allowed
# description: |
#   Every trusted attribute report names, by its URI, a producer of `attributes.producers`.
# custom:
#   short_name: producer_allowed
#   solution: Let an approved producer make the image, or add it to attributes.producers.
#   severity: high
#   collections: []
#   depends_on: [attributes.present]
#   enabled_by: [attributes.producers]
#   needs: [attributes.producers]
deny contains result if {
	some asserted in trusted.attribute_reports
	not _is_allowed(asserted)
	message := $"Attributes of the producer {asserted.producer.uri}; expected one of {report.texts(requirements.attributes.producers)}"
	result := report.against_record(rego.metadata.chain(), message, "attributes", asserted)
}

deny contains result if {
	count(trusted.attribute_reports) == 0
	result := report.no_record(rego.metadata.chain(), "attributes")
}

_is_allowed(asserted) if pattern.any_match(requirements.attributes.producers, asserted.producer.uri)
