package assay.rules.traces.present

import data.assay.lib.coverage
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# title: Runtime trace present
# description: |
#   A runtime trace about the image, or one about each of its platforms, is attested by a signer that policy.yaml approves
#   for traces.
# custom:
#   short_name: present
#   solution: Attest a trace of the build's run (in-toto runtime-trace) as one of traces.signers.
#   severity: high
#   collections: []
#   enabled_by: [traces]
#   needs: [traces.signers]
deny contains result if {
	ids := [traced.evidence | some traced in trusted.runtime_traces]
	not coverage.whole(coverage.subjects_of(ids))
	message := $"{count(ids)} runtime traces by {report.words(requirements.traces.signers)} do not cover the image"
	result := report.violation(rego.metadata.chain(), message, ids)
}
