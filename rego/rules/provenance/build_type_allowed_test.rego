package assay.rules.provenance.build_type_allowed_test

import data.assay.fixtures
import data.assay.rules.provenance.build_type_allowed

denied(patches) := answer if {
	answer := build_type_allowed.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

# The whole result: what was found, and what every message of the rule ends with.
finding(found) := fixtures.against_provenance(concat("", [found, "; expected https://actions.github.io/buildtypes/workflow/v1"]))

test_success if denied({}) == set()

test_fail_other if {
	fixtures.said(denied({"buildType": "https://example.com/evil"})) == finding("Build type is https://example.com/evil")
}

test_fail_not_stated if fixtures.said(denied({"buildType": null})) == finding("Build type is null")

test_fail_no_trusted_provenance if {
	fixtures.said(build_type_allowed.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
