package assay.rules.source.ref_allowed_test

import data.assay.fixtures
import data.assay.rules.source.ref_allowed

denied(patches) := answer if {
	answer := ref_allowed.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

# The whole result: what was found, and what every message of the rule ends with.
finding(found) := fixtures.against_provenance(concat("", [found, "; expected refs/tags/v*"]))

test_success if denied({}) == set()

test_fail_branch if {
	fixtures.said(denied({"source/ref": "refs/heads/v1.2.0"})) == finding("Built from refs/heads/v1.2.0")
}

test_fail_pull if {
	fixtures.said(denied({"source/ref": "refs/pull/1/merge"})) == finding("Built from refs/pull/1/merge")
}

test_fail_hint if fixtures.said(denied({"source/hint": true})) == finding("Built from refs/tags/v1.2.0")

test_fail_not_stated if fixtures.said(denied({"source/ref": null})) == finding("Built from null")

test_fail_no_trusted_provenance if {
	fixtures.said(ref_allowed.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
