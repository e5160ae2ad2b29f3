package assay.rules.releases.tag_allowed

import data.assay.lib.pattern
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Released tag allowed
# description: |
#   Every trusted release says that it is one of a tag of `releases.tags`.
# custom:
#   short_name: tag_allowed
#   solution: Release under an approved tag, or add it to releases.tags.
#   severity: high
#   collections: []
#   depends_on: [releases.present]
#   enabled_by: [releases.tags]
#   needs: [releases.tags]
deny contains result if {
	some release in trusted.releases
	not _is_allowed(release)
	message := $"Released as the tag {release.tag}; expected one of {report.texts(requirements.releases.tags)}"
	result := report.against_record(rego.metadata.chain(), message, "releases", release)
}

deny contains result if {
	count(trusted.releases) == 0
	result := report.no_record(rego.metadata.chain(), "releases")
}

_is_allowed(release) if pattern.any_match(requirements.releases.tags, release.tag)
