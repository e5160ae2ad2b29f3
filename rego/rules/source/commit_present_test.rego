package assay.rules.source.commit_present_test

import data.assay.fixtures
import data.assay.rules.source.commit_present

denied(patches) := answer if {
	answer := commit_present.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

# The whole result: what was found, and what every message of the rule ends with.
finding(found) := fixtures.against_provenance(concat("", [found, "; expected a full commit hash of the source"]))

test_success if denied({}) == set()

test_fail_short if fixtures.said(denied({"source/commit": "0123456"})) == finding("Source commit is 0123456")

test_fail_no_hash if {
	fixtures.said(denied({"source/commit": "branch-name-of-forty-characters-exactly-"})) == finding("Source commit is branch-name-of-forty-characters-exactly-")
}

test_fail_hint if {
	fixtures.said(denied({"source/hint": true})) == finding("Source commit is 0123456789abcdef0123456789abcdef01234567")
}

test_fail_not_stated if fixtures.said(denied({"source/commit": null})) == finding("Source commit is null")

test_fail_no_trusted_provenance if {
	fixtures.said(commit_present.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
