package assay.rules.traces.monitor_allowed

import data.assay.lib.pattern
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Monitor allowed
# description: |
#   Every trusted runtime trace was written by a monitor whose type `traces.monitors` approves.
# custom:
#   short_name: monitor_allowed
#   solution: Watch the build with an approved monitor, or add it to traces.monitors.
#   severity: high
#   collections: []
#   depends_on: [traces.present]
#   enabled_by: [traces.monitors]
#   needs: [traces.monitors]
deny contains result if {
	some traced in trusted.runtime_traces
	not _is_allowed(traced)
	message := $"Traced by {traced.monitor.type}; expected one of {report.texts(requirements.traces.monitors)}"
	result := report.against_record(rego.metadata.chain(), message, "traces", traced)
}

deny contains result if {
	count(trusted.runtime_traces) == 0
	result := report.no_record(rego.metadata.chain(), "traces")
}

_is_allowed(traced) if pattern.any_match(requirements.traces.monitors, traced.monitor.type)
