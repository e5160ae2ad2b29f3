package assay.rules.traces.monitor_allowed_test

import data.assay.fixtures
import data.assay.rules.traces.monitor_allowed

denials(document, fields) := answer if {
	answer := fixtures.said(monitor_allowed.deny) with input as document
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

demand := {"monitors": [fixtures.below("https://github.com/cilium")]}

says(found) := against($"Traced by {found}; expected one of {fixtures.below("https://github.com/cilium").text}")

test_pass if {
	denials(changed({}), demand) == set()
	denials(changed({}), {"monitors": [fixtures.literal("x"), fixtures.below("https://github.com/cilium")]}) == set()
}

test_fail if denials(changed({"monitor": {"type": "https://evil.example"}}), demand) == says("https://evil.example")

test_fail_not_stated if {
	denials(without("monitor"), demand) == says("<undefined>")
	denials(changed({"monitor": {"type": null}}), demand) == says("null")
	denials(changed({}), {}) == against("Traced by https://github.com/cilium/tetragon/v0.8.4; expected one of <undefined>")
}

# T135: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	denials(fixtures.stated_by(fixtures.stranger, "runtimeTraces", [fixtures.trace]), demand) == none
	denials(object.union(fixtures.document, {"unverified": {"runtimeTraces": [fixtures.trace]}}), demand) == none
	denials(fixtures.document, demand) == none
	denials({}, demand) == none
}
