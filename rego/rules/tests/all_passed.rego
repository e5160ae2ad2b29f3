package assay.rules.tests.all_passed

import data.assay.lib.report
import data.assay.lib.unread
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Tests passed
# description: |
#   Every trusted test result says PASSED and lists no test that failed or warned. With `tests.allowWarned` it may say WARNED, and
#   list tests that warned. A result that says PASSED beside tests that failed contradicts itself, and does not count.
# custom:
#   short_name: all_passed
#   solution: Mend what the tests found, and attest their new result; tests.allowWarned lets warnings pass.
#   severity: high
#   collections: [release, strict]
#   depends_on: [tests.present, tests.result_known]
#   enabled_by: [tests]
#   needs: [tests.signers]
#   uses: [tests.allowWarned]
deny contains result if {
	some tested in trusted.tests
	not _passed(tested)
	message := $"Tests say {tested.result} with {_failed(tested)} failed and {_warned(tested)} warned; expected {_expected}"
	result := report.against_record(rego.metadata.chain(), message, "tests", tested)
}

deny contains result if {
	count(trusted.tests) == 0
	result := report.no_record(rego.metadata.chain(), "tests")
}

_passed(tested) if {
	tested.result == "PASSED"
	_none_failed(tested)
	_warnings_pass(tested)
}

_passed(tested) if {
	tested.result == "WARNED"
	_none_failed(tested)
	requirements.tests.allowWarned == true
}

# A list of something else than names has failed tests that nobody can see here.
_none_failed(tested) if {
	count(tested.failedTests) == 0
	not unread.member(tested, "failedTests")
}

_warnings_pass(_) if requirements.tests.allowWarned == true

_warnings_pass(tested) if {
	count(tested.warnedTests) == 0
	not unread.member(tested, "warnedTests")
}

default _expected := "PASSED"

_expected := "PASSED or WARNED" if requirements.tests.allowWarned == true

_failed(tested) := count(object.get(tested, "failedTests", []))

_warned(tested) := count(object.get(tested, "warnedTests", []))
