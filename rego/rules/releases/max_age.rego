package assay.rules.releases.max_age

import data.assay.lib.age
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Release recent
# description: |
#   Every trusted release was signed no longer ago than `releases.maxAge`, by a time that a log or a timestamp authority proves.
# custom:
#   short_name: max_age
#   solution: Attest a release (in-toto release) again, in a way that proves when (a transparency log or a timestamp).
#   severity: medium
#   collections: []
#   depends_on: [releases.present]
#   enabled_by: [releases.maxAge]
#   needs: [releases.maxAge]
deny contains result if {
	some release in trusted.releases
	not _is_fresh(release)
	found := age.signed_words(release.evidence)
	message := $"The release was signed {found}; expected no longer than {requirements.releases.maxAge.text} ago"
	result := report.against_record(rego.metadata.chain(), message, "releases", release)
}

deny contains result if {
	count(trusted.releases) == 0
	result := report.no_record(rego.metadata.chain(), "releases")
}

_is_fresh(release) if age.signed_within(release.evidence, requirements.releases.maxAge)
