package assay.rules.traces.logged_test

import data.assay.fixtures
import data.assay.rules.traces.logged

denials(document, fields) := answer if {
	answer := fixtures.said(logged.deny) with input as document
		with data.assay.requirements as fixtures.demanding("traces", fields)
		with data.policy as fixtures.policy
}

changed(fields) := fixtures.stating("runtimeTraces", [object.union(fixtures.trace, fields)])

without(field) := fixtures.stating("runtimeTraces", [object.remove(fixtures.trace, [field])])

against(message) := fixtures.said({{
	"message": message,
	"evidence": [fixtures.trace.evidence],
	"term": null,
	"alternative": fixtures.trace.evidence,
}})

none := fixtures.no_record("No runtime trace is signed by a signer approved for it; expected one")

lacking(name) := {object.union(result, {"term": name}) |
	some result in against($"The trace has no log {name}; expected one, be it empty")
}

demand := {"logs": ["process", "network"]}

test_pass if denials(changed({}), demand) == set()

test_fail if {
	denials(changed({}), {"logs": ["process", "fileAccess"]}) == lacking("fileAccess")
	denials(without("log"), demand) == lacking("process") | lacking("network")
	denials(changed({"log": {"process": -1, "network": 0}}), demand) == lacking("process")
}

test_fail_nothing_wanted if {
	unwanted := fixtures.no_record("policy.yaml names no log, so none can be missing")
	denials(changed({}), {}) == unwanted
	denials(changed({}), {"logs": []}) == unwanted
}

# T135: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	denials(fixtures.stated_by(fixtures.stranger, "runtimeTraces", [fixtures.trace]), demand) == none
	denials(object.union(fixtures.document, {"unverified": {"runtimeTraces": [fixtures.trace]}}), demand) == none
	denials(fixtures.document, demand) == none
	denials({}, demand) == none
}
