package assay.lib.task_tests_test

import data.assay.lib.task_tests

test_of if {
	one := {"tests": {"result": "PASSED"}}
	task_tests.of({"tasks": [one, {"tests": null}, {}]}) == [one]
	every provenance in [{}, {"tasks": []}, {"tasks": null}, {"tasks": [{"tests": "PASSED"}]}] {
		task_tests.of(provenance) == []
	}
}

test_name if {
	task_tests.name({"reference": "lint", "name": "first"}) == "lint"
	task_tests.name({"reference": null, "name": "first"}) == "first"
	task_tests.name({"reference": null, "name": null}) == "without name"
	task_tests.name({}) == "without name"
}
