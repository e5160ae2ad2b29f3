package assay.rules.provenance.build_type_allowed_test

import data.assay.fixtures
import data.assay.rules.provenance.build_type_allowed

denied(patches) := answer if {
	answer := build_type_allowed.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

test_success if denied({}) == set()

test_fail_other if {
	patches := {"buildType": "https://example.com/evil"}
	message := "Build type is https://example.com/evil; expected https://actions.github.io/buildtypes/workflow/v1"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_not_stated if {
	patches := {"buildType": null}
	message := "Build type is null; expected https://actions.github.io/buildtypes/workflow/v1"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_no_trusted_provenance if {
	fixtures.said(build_type_allowed.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
