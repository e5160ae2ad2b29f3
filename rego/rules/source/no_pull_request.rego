package assay.rules.source.no_pull_request

import data.assay.lib.report
import data.assay.trusted

# METADATA
# scope: document
# title: No pull-request build
# description: |
#   Trusted provenance is of no build that a pull or merge request triggered; where it states no trigger, its ref
#   shows so.
# custom:
#   short_name: no_pull_request
#   solution: Build from a branch or tag, or set provenance.allowPullRequests.
#   severity: high
#   collections: [github, strict]
#   depends_on: [provenance.signer_allowed]
#   enabled_by: [provenance.forbidPullRequests]
#   needs: [provenance.signers]
deny contains result if {
	some provenance in trusted.provenance
	not _is_no_pull_request(provenance)
	message := $"Triggered by {provenance.trigger.event} on {provenance.source.ref}; expected a build of a branch or tag"
	result := report.against(rego.metadata.chain(), message, provenance)
}

deny contains result if {
	count(trusted.provenance) == 0
	result := report.no_provenance(rego.metadata.chain())
}

_is_no_pull_request(provenance) if {
	is_string(provenance.trigger.event)
	not _is_pull_request(provenance)
}

_is_no_pull_request(provenance) if {
	provenance.source.refKind in {"branch", "tag"}
	not _is_pull_request(provenance)
}

_is_pull_request(provenance) if contains(provenance.trigger.event, "pull_request")

_is_pull_request(provenance) if contains(provenance.trigger.event, "merge_request")

_is_pull_request(provenance) if provenance.source.refKind == "pull"

_is_pull_request(provenance) if startswith(provenance.source.ref, "refs/pull/")

_is_pull_request(provenance) if startswith(provenance.source.ref, "refs/merge-requests/")
