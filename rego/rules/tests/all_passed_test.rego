package assay.rules.tests.all_passed_test

import data.assay.fixtures
import data.assay.rules.tests.all_passed

denials(document, fields) := answer if {
	answer := fixtures.said(all_passed.deny) with input as document
		with data.assay.requirements as fixtures.demanding("tests", fields)
		with data.policy as fixtures.policy
}

changed(fields) := fixtures.stating("testResults", [object.union(fixtures.tested, fields)])

without(field) := fixtures.stating("testResults", [object.remove(fixtures.tested, [field])])

against(message) := fixtures.said({{
	"message": message,
	"evidence": [fixtures.tested.evidence],
	"term": null,
	"alternative": fixtures.tested.evidence,
}})

none := fixtures.no_record("No test result is signed by a signer approved for it; expected one")

demand := {}

test_pass if denials(changed({}), demand) == set()

tolerant := {"allowWarned": true}

test_pass_warned if {
	denials(changed({"result": "WARNED", "warnedTests": ["slow"]}), tolerant) == set()
	denials(changed({"warnedTests": ["slow"]}), tolerant) == set()
}

test_fail if {
	denials(changed({"result": "FAILED", "failedTests": ["answers"]}), demand) == against("Tests say FAILED with 1 failed and 0 warned; expected PASSED")
	denials(changed({"result": "FAILED"}), tolerant) == against("Tests say FAILED with 0 failed and 0 warned; expected PASSED or WARNED")
}

test_fail_warned if {
	every fields in [{}, {"allowWarned": false}] {
		denials(changed({"result": "WARNED", "warnedTests": ["slow"]}), fields) == against("Tests say WARNED with 0 failed and 1 warned; expected PASSED")
		denials(changed({"warnedTests": ["slow"]}), fields) == against("Tests say PASSED with 0 failed and 1 warned; expected PASSED")
	}
}

test_fail_contradiction if {
	denials(changed({"failedTests": ["answers"]}), demand) == against("Tests say PASSED with 1 failed and 0 warned; expected PASSED")
	denials(changed({"result": "WARNED", "failedTests": ["answers"]}), tolerant) == against("Tests say WARNED with 1 failed and 0 warned; expected PASSED or WARNED")
}

# A list that nobody could read may have held anything.
test_fail_unread if {
	every field in ["/failedTests/0", "/warnedTests"] {
		denials(changed({"unknownFields": [field]}), demand) == against("Tests say PASSED with 0 failed and 0 warned; expected PASSED")
	}
	denials(changed({"unknownFields": ["/duration"]}), demand) == set()
}

test_fail_not_stated if {
	denials(changed({"result": null}), demand) == against("Tests say null with 0 failed and 0 warned; expected PASSED")
	denials(without("result"), tolerant) == against("Tests say <undefined> with 0 failed and 0 warned; expected PASSED or WARNED")
	every field in ["failedTests", "warnedTests"] {
		denials(without(field), demand) == against("Tests say PASSED with 0 failed and 0 warned; expected PASSED")
	}
}

# T135: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	denials(fixtures.stated_by(fixtures.stranger, "testResults", [fixtures.tested]), demand) == none
	denials(object.union(fixtures.document, {"unverified": {"testResults": [fixtures.tested]}}), demand) == none
	denials(fixtures.document, demand) == none
	denials({}, demand) == none
}
