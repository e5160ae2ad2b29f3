package assay.rules.traces.max_age

import data.assay.lib.age
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Runtime trace recent
# description: |
#   Every trusted runtime trace was signed no longer ago than `traces.maxAge`, by a time that a log or a timestamp authority proves.
# custom:
#   short_name: max_age
#   solution: Attest a trace of the build's run (in-toto runtime-trace) again, in a way that proves when (a transparency log or a timestamp).
#   severity: medium
#   collections: []
#   depends_on: [traces.present]
#   enabled_by: [traces.maxAge]
#   needs: [traces.maxAge]
deny contains result if {
	some traced in trusted.runtime_traces
	not _is_fresh(traced)
	found := age.signed_words(traced.evidence)
	message := $"The runtime trace was signed {found}; expected no longer than {requirements.traces.maxAge.text} ago"
	result := report.against_record(rego.metadata.chain(), message, "traces", traced)
}

deny contains result if {
	count(trusted.runtime_traces) == 0
	result := report.no_record(rego.metadata.chain(), "traces")
}

_is_fresh(traced) if age.signed_within(traced.evidence, requirements.traces.maxAge)
