package assay.rules.source.commit_present_test

import data.assay.fixtures
import data.assay.rules.source.commit_present

denied(patches) := answer if {
	answer := commit_present.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

test_success if denied({}) == set()

test_fail_short if {
	patches := {"source/commit": "0123456"}
	message := "Source commit is 0123456; expected a full commit hash of the source"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_no_hash if {
	patches := {"source/commit": "refs/heads/branch-with-forty-characters-abcd"}
	message := "Source commit is refs/heads/branch-with-forty-characters-abcd; expected a full commit hash of the source"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_hint if {
	patches := {"source/hint": true}
	message := "Source commit is 0123456789abcdef0123456789abcdef01234567; expected a full commit hash of the source"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_not_stated if {
	patches := {"source/commit": null}
	message := "Source commit is null; expected a full commit hash of the source"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_no_trusted_provenance if {
	fixtures.said(commit_present.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
