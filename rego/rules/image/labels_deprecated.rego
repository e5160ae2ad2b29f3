package assay.rules.image.labels_deprecated

import data.assay.lib.image
import data.assay.lib.report
import data.assay.requirements

# METADATA
# scope: document
# title: No deprecated label
# description: |
#   Warns where the configuration of a platform has a label of `image.labels.deprecated`, and says what to use instead. A
#   configuration that could not be read may have any. The term is the label.
# custom:
#   short_name: labels_deprecated
#   solution: Build the image with the label that replaces it.
#   severity: low
#   collections: []
#   enabled_by: [image.labels.deprecated]
#   needs: [image.labels.deprecated]
warn contains result if {
	some name, instead in requirements.image.labels.deprecated
	having := {image.words(platform) |
		some platform in input.image.platforms
		not image.lacks_label(platform, name)
	}
	count(having) > 0
	message := $"Label {name} is or may be on {report.words(having)}; expected {instead} instead"
	result := report.with_term(report.violation(rego.metadata.chain(), message, []), name)
}

warn contains result if {
	not image.has_platforms
	result := report.violation(rego.metadata.chain(), image.nothing, [])
}

warn contains result if {
	not _some_wanted(requirements)
	message := "policy.yaml deprecates no label, so none can be found"
	result := report.violation(rego.metadata.chain(), message, [])
}

_some_wanted(configured) if count(configured.image.labels.deprecated) > 0
