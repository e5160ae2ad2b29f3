package assay.rules.traces.logged

import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Required logs traced
# description: |
#   Every trusted runtime trace has each log of `traces.logs` (`process`, `network`, `fileAccess`, as the monitor names them), be it
#   without entries. The term is the log.
# custom:
#   short_name: logged
#   solution: Let the monitor write down what traces.logs names.
#   severity: high
#   collections: []
#   depends_on: [traces.present]
#   enabled_by: [traces.logs]
#   needs: [traces.logs]
deny contains result if {
	some traced in trusted.runtime_traces
	some name in requirements.traces.logs
	not _is_logged(traced, name)
	message := $"The trace has no log {name}; expected one, be it empty"
	violation := report.against_record(rego.metadata.chain(), message, "traces", traced)
	result := report.with_term(violation, name)
}

deny contains result if {
	count(trusted.runtime_traces) == 0
	result := report.no_record(rego.metadata.chain(), "traces")
}

deny contains result if {
	not _some_required(requirements)
	message := "policy.yaml names no log, so none can be missing"
	result := report.violation(rego.metadata.chain(), message, [])
}

_some_required(configured) if count(configured.traces.logs) > 0

_is_logged(traced, name) if traced.log[name] >= 0
