package assay.rules.traces.entries_limited_test

import data.assay.fixtures
import data.assay.rules.traces.entries_limited

denials(document, fields) := answer if {
	answer := fixtures.said(entries_limited.deny) with input as document
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

says(name, entries, most) := {object.union(result, {"term": name}) |
	some result in against($"The log {name} has {entries} entries; expected at most {most}")
}

demand := {"maxEntries": {"network": 0}}

test_pass if {
	denials(changed({}), demand) == set()
	denials(changed({}), {"maxEntries": {"process": 2, "network": 5}}) == set()
}

test_fail if {
	denials(changed({"log": {"network": 1}}), demand) == says("network", 1, 0)
	denials(changed({}), {"maxEntries": {"process": 1, "network": 0}}) == says("process", 2, 1)
}

test_fail_not_stated if {
	denials(changed({}), {"maxEntries": {"fileAccess": 9}}) == says("fileAccess", "no known", 9)
	denials(without("log"), demand) == says("network", "no known", 0)
	denials(changed({"log": {"network": null}}), demand) == says("network", null, 0)
}

test_fail_nothing_wanted if {
	unwanted := fixtures.no_record("policy.yaml limits no log, so none can be too long")
	denials(changed({}), {}) == unwanted
	denials(changed({}), {"maxEntries": {}}) == unwanted
}

# T135: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	denials(fixtures.stated_by(fixtures.stranger, "runtimeTraces", [fixtures.trace]), demand) == none
	denials(object.union(fixtures.document, {"unverified": {"runtimeTraces": [fixtures.trace]}}), demand) == none
	denials(fixtures.document, demand) == none
	denials({}, demand) == none
}
