package assay.rules.releases.repository_allowed

import data.assay.lib.pattern
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Released repository allowed
# description: |
#   Every trusted release says that it is one of a repository of `releases.repositories`. GitHub signs the releases of everybody
#   with one identity, so that the signer alone tells nothing of whose release it is.
# custom:
#   short_name: repository_allowed
#   solution: Release from an approved repository, or add it to releases.repositories.
#   severity: high
#   collections: []
#   depends_on: [releases.present]
#   enabled_by: [releases.repositories]
#   needs: [releases.repositories]
deny contains result if {
	some release in trusted.releases
	not _is_allowed(release)
	message := $"Released from {release.repository}; expected one of {report.texts(requirements.releases.repositories)}"
	result := report.against_record(rego.metadata.chain(), message, "releases", release)
}

deny contains result if {
	count(trusted.releases) == 0
	result := report.no_record(rego.metadata.chain(), "releases")
}

_is_allowed(release) if pattern.any_match(requirements.releases.repositories, release.repository)
