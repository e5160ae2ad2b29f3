package assay.rules.source.no_pull_request_test

import data.assay.fixtures
import data.assay.rules.source.no_pull_request

denied(patches) := answer if {
	answer := no_pull_request.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

# The whole result: what was found, and what every message of the rule ends with.
finding(found) := fixtures.against_provenance(concat("", [found, "; expected a build of a branch or tag"]))

test_success if denied({}) == set()

test_success_event_alone if denied({"source/refKind": null}) == set()

test_success_ref_alone if denied({"trigger": {"event": null}}) == set()

test_fail_event if {
	fixtures.said(denied({"trigger/event": "pull_request_target"})) == finding("Triggered by pull_request_target on refs/tags/v1.2.0")
}

test_fail_merge_request if {
	fixtures.said(denied({"trigger/event": "merge_request_event"})) == finding("Triggered by merge_request_event on refs/tags/v1.2.0")
}

test_fail_ref_kind if {
	fixtures.said(denied({"source/refKind": "pull"})) == finding("Triggered by push on refs/tags/v1.2.0")
}

test_fail_ref if {
	fixtures.said(denied({"source/ref": "refs/pull/1/merge"})) == finding("Triggered by push on refs/pull/1/merge")
}

test_fail_merge_ref if {
	fixtures.said(denied({"source/ref": "refs/merge-requests/1/head"})) == finding("Triggered by push on refs/merge-requests/1/head")
}

test_fail_not_stated if {
	fixtures.said(denied({"trigger": {"event": null}, "source": {"ref": null, "refKind": null}})) == finding("Triggered by null on null")
}

test_fail_no_trusted_provenance if {
	fixtures.said(no_pull_request.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
