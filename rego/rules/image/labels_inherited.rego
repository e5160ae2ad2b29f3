package assay.rules.image.labels_inherited

import data.assay.lib.report

# METADATA
# title: Labels of its own
# description: |
#   The labels of `image.labels.own` were set for this image, and not inherited from the one that it is built on. Base images are
#   not yet looked up by this version of assay, so the rule is not evaluated; where policy.yaml demands it, that denies.
# custom:
#   short_name: labels_inherited
#   solution: Leave image.labels.own out until base images are looked up.
#   severity: low
#   collections: []
#   enabled_by: [image.labels.own]
#   needs: [image.labels.own]
skipped contains result if {
	message := "base images are not looked up by this version of assay"
	result := report.not_evaluated(rego.metadata.chain(), message)
}
