package assay.rules.tests.no_skipped_test

import data.assay.build_fixtures
import data.assay.fixtures
import data.assay.rules.tests.no_skipped

denied(document) := answer if {
	answer := fixtures.said(no_skipped.deny) with input as document
		with data.assay.requirements as build_fixtures.demanding({})
		with data.policy as fixtures.policy
}

tested(result, failed, warned) := build_fixtures.changed({"tasks/1/tests": {
	"result": result,
	"passed": 3,
	"failed": failed,
	"warned": warned,
}})

says(task, words) := build_fixtures.against_term(
	$"Tests of the task {task} say {words}; expected none that were skipped",
	task,
)

test_pass if {
	every case in [["PASSED", 0, 0], ["WARNED", 0, 1], ["FAILED", 1, 0], ["ERRORED", 0, 0]] {
		denied(tested(case[0], case[1], case[2])) == set()
	}
}

test_fail if {
	every case in [["SKIPPED", 0, 0]] {
		words := $"{case[0]} with {case[1]} failed and {case[2]} warned"
		denied(tested(case[0], case[1], case[2])) == says("buildah", words)
	}
}

# A word that is none of these, or none.
test_fail_unknown if {
	every result in [null, "MISSING"] {
		denied(tested(result, 0, 0)) == says("buildah", $"{result} with 0 failed and 0 warned")
	}
}

test_fail_not_stated if {
	untested := build_fixtures.against("No task of the build says what its tests found; expected the result TEST_OUTPUT of some")
	denied(build_fixtures.document) == untested
	denied(build_fixtures.changed({"tasks/1/tests": null})) == untested
	denied(build_fixtures.without("tasks")) == untested
	denied(build_fixtures.changed({"tasks": null})) == untested
}

test_fail_nothing_trusted if {
	denied({}) == fixtures.no_provenance
	denied(build_fixtures.stated_by({"sha256:1": fixtures.stranger}, [build_fixtures.record])) == fixtures.no_provenance
}
