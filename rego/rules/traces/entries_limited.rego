package assay.rules.traces.entries_limited

import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Traced entries limited
# description: |
#   No log of a trusted runtime trace has more entries than `traces.maxEntries` says: `network: 0` is a build that opened no
#   connection. A log that is not there says nothing. The term is the log.
# custom:
#   short_name: entries_limited
#   solution: Build without what the log shows, and let the monitor write the log down.
#   severity: high
#   collections: []
#   depends_on: [traces.present]
#   enabled_by: [traces.maxEntries]
#   needs: [traces.maxEntries]
deny contains result if {
	some traced in trusted.runtime_traces
	some name, most in requirements.traces.maxEntries
	not _is_within(traced, name, most)
	message := $"The log {name} has {_entries(traced, name)} entries; expected at most {most}"
	violation := report.against_record(rego.metadata.chain(), message, "traces", traced)
	result := report.with_term(violation, name)
}

deny contains result if {
	count(trusted.runtime_traces) == 0
	result := report.no_record(rego.metadata.chain(), "traces")
}

deny contains result if {
	not _some_limited(requirements)
	message := "policy.yaml limits no log, so none can be too long"
	result := report.violation(rego.metadata.chain(), message, [])
}

_some_limited(configured) if count(configured.traces.maxEntries) > 0

_is_within(traced, name, most) if {
	is_number(traced.log[name])
	traced.log[name] <= most
}

default _entries(_, _) := "no known"

_entries(traced, name) := traced.log[name]
