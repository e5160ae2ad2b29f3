package assay.rules.traces.max_age_test

import data.assay.fixtures
import data.assay.rules.traces.max_age

denials(document, fields) := answer if {
	answer := fixtures.said(max_age.deny) with input as document
		with data.assay.requirements as fixtures.demanding("traces", fields)
		with data.policy as fixtures.policy
}

changed(fields) := fixtures.stating("runtimeTraces", [object.union(fixtures.trace, fields)])

against(message) := fixtures.said({{
	"message": message,
	"evidence": [fixtures.trace.evidence],
	"term": null,
	"alternative": fixtures.trace.evidence,
}})

none := fixtures.no_record("No runtime trace is signed by a signer approved for it; expected one")

demand := {"maxAge": fixtures.days(7)}

test_pass if denials(changed({}), demand) == set()

signed(times) := json.patch(changed({}), [{"op": "add", "path": "/evidence/1/times", "value": times}])

says(when) := against($"The runtime trace was signed {when}; expected no longer than 7d ago")

test_fail if {
	denials(signed([{"time": "2026-11-01T10:00:00Z", "source": "rekor"}]), demand) == says("21 days ago")
	denials(signed([{"time": "2026-12-01T10:00:00Z", "source": "rekor"}]), demand) == says("in the future")
}

test_fail_not_stated if {
	denials(signed([]), demand) == says("at no proven time")
	denials(changed({}), {}) == against("The runtime trace was signed 24 hours ago; expected no longer than <undefined> ago")
}

# T135: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	denials(fixtures.stated_by(fixtures.stranger, "runtimeTraces", [fixtures.trace]), demand) == none
	denials(object.union(fixtures.document, {"unverified": {"runtimeTraces": [fixtures.trace]}}), demand) == none
	denials(fixtures.document, demand) == none
	denials({}, demand) == none
}
