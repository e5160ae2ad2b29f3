package assay.rules.releases.present

import data.assay.lib.coverage
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# title: Release present
# description: |
#   A release about the image, or one about each of its platforms, is attested by a signer that policy.yaml approves
#   for releases.
# custom:
#   short_name: present
#   solution: Attest a release (in-toto release) as one of releases.signers.
#   severity: high
#   collections: []
#   enabled_by: [releases]
#   needs: [releases.signers]
deny contains result if {
	ids := [release.evidence | some release in trusted.releases]
	not coverage.whole(coverage.subjects_of(ids))
	message := $"{count(ids)} releases by {report.words(requirements.releases.signers)} do not cover the image"
	result := report.violation(rego.metadata.chain(), message, ids)
}
