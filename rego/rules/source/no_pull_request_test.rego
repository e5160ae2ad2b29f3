package assay.rules.source.no_pull_request_test

import data.assay.fixtures
import data.assay.rules.source.no_pull_request

denied(patches) := answer if {
	answer := no_pull_request.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

test_success if denied({}) == set()

test_success_event_alone if denied({"source/refKind": null}) == set()

test_success_ref_alone if denied({"trigger": {"event": null}}) == set()

test_fail_event if {
	patches := {"trigger/event": "pull_request_target"}
	message := "Triggered by pull_request_target on refs/tags/v1.2.0; expected a build of a branch or tag"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_merge_request if {
	patches := {"trigger/event": "merge_request_event"}
	message := "Triggered by merge_request_event on refs/tags/v1.2.0; expected a build of a branch or tag"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_ref_kind if {
	patches := {"source/refKind": "pull"}
	message := "Triggered by push on refs/tags/v1.2.0; expected a build of a branch or tag"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_ref if {
	patches := {"source/ref": "refs/pull/1/merge"}
	message := "Triggered by push on refs/pull/1/merge; expected a build of a branch or tag"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_merge_ref if {
	patches := {"source/ref": "refs/merge-requests/1/head"}
	message := "Triggered by push on refs/merge-requests/1/head; expected a build of a branch or tag"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_not_stated if {
	patches := {"trigger": {"event": null}, "source": {"ref": null, "refKind": null}}
	message := "Triggered by null on null; expected a build of a branch or tag"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_no_trusted_provenance if {
	fixtures.said(no_pull_request.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
