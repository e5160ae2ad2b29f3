package assay.rules.image.labels_optional

import data.assay.lib.image
import data.assay.lib.report
import data.assay.requirements

# METADATA
# scope: document
# title: Optional labels
# description: |
#   Warns where the configuration of a platform lacks a label of `image.labels.optional`, or could not be read. The term is the
#   label.
# custom:
#   short_name: labels_optional
#   solution: Build the image with the label.
#   severity: low
#   collections: []
#   enabled_by: [image.labels.optional]
#   needs: [image.labels.optional]
warn contains result if {
	some name in requirements.image.labels.optional
	lacking := {image.words(platform) |
		some platform in input.image.platforms
		not image.has_label(platform, name, true)
	}
	count(lacking) > 0
	message := $"Label {name} is not on {report.words(lacking)}; expected it to be there"
	result := report.with_term(report.violation(rego.metadata.chain(), message, []), name)
}

warn contains result if {
	not image.has_platforms
	result := report.violation(rego.metadata.chain(), image.nothing, [])
}

warn contains result if {
	not _some_wanted(requirements)
	message := "policy.yaml names no optional label, so none can be missing"
	result := report.violation(rego.metadata.chain(), message, [])
}

_some_wanted(configured) if count(configured.image.labels.optional) > 0
