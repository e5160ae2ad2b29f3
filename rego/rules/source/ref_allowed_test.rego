package assay.rules.source.ref_allowed_test

import data.assay.fixtures
import data.assay.rules.source.ref_allowed

denied(patches) := answer if {
	answer := ref_allowed.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

test_success if denied({}) == set()

test_fail_branch if {
	patches := {"source/ref": "refs/heads/v1.2.0"}
	message := "Built from refs/heads/v1.2.0; expected refs/tags/v*"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_pull if {
	patches := {"source/ref": "refs/pull/1/merge"}
	message := "Built from refs/pull/1/merge; expected refs/tags/v*"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_hint if {
	patches := {"source/hint": true}
	message := "Built from refs/tags/v1.2.0; expected refs/tags/v*"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_not_stated if {
	patches := {"source/ref": null}
	message := "Built from null; expected refs/tags/v*"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_no_trusted_provenance if {
	fixtures.said(ref_allowed.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
