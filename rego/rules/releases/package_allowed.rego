package assay.rules.releases.package_allowed

import data.assay.lib.packages
import data.assay.lib.pattern
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Released package allowed
# description: |
#   Every trusted release names its package by a package URL that `releases.packages` approves; version, qualifiers and subpath
#   do not count.
# custom:
#   short_name: package_allowed
#   solution: Release the image as an approved package, or add it to releases.packages.
#   severity: high
#   collections: []
#   depends_on: [releases.present]
#   enabled_by: [releases.packages]
#   needs: [releases.packages]
deny contains result if {
	some release in trusted.releases
	not _is_allowed(release)
	message := $"Released as {release.purl}; expected one of {report.texts(requirements.releases.packages)}"
	result := report.against_record(rego.metadata.chain(), message, "releases", release)
}

deny contains result if {
	count(trusted.releases) == 0
	result := report.no_record(rego.metadata.chain(), "releases")
}

_is_allowed(release) if pattern.any_match(requirements.releases.packages, packages.name(release.purl))
