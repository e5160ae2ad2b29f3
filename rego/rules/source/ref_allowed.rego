package assay.rules.source.ref_allowed

import data.assay.lib.pattern
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Source ref allowed
# description: Trusted provenance names a full source ref (`refs/tags/v1.2.0`) that policy.yaml approves.
# custom:
#   short_name: ref_allowed
#   solution: Build from one of provenance.refs, or add the ref to policy.yaml.
#   severity: high
#   collections: [strict]
#   depends_on: [provenance.signer_allowed]
#   enabled_by: [provenance.refs]
#   needs: [provenance.refs]
deny contains result if {
	some provenance in trusted.provenance
	not _approved(provenance)
	message := $"Built from {provenance.source.ref}; expected {report.texts(requirements.provenance.refs)}"
	result := report.against(rego.metadata.chain(), message, provenance)
}

deny contains result if {
	count(trusted.provenance) == 0
	result := report.no_provenance(rego.metadata.chain())
}

_approved(provenance) if {
	provenance.source.hint == false
	pattern.any_match(requirements.provenance.refs, provenance.source.ref)
}
