package assay.rules.source.repository_allowed_test

import data.assay.fixtures
import data.assay.rules.source.repository_allowed

denied(patches) := answer if {
	answer := repository_allowed.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

# The whole result: what was found, and what every message of the rule ends with.
finding(found) := fixtures.against_provenance(concat("", [found, "; expected https://github.com/acme/*"]))

test_success if denied({}) == set()

test_fail_other if {
	fixtures.said(denied({"source/repo": "https://github.com/acme-evil/app"})) == finding("Built from https://github.com/acme-evil/app")
}

test_fail_hint if {
	fixtures.said(denied({"source/hint": true})) == finding("Built from https://github.com/acme/app (only a hint from the working tree)")
}

test_fail_not_stated if fixtures.said(denied({"source/repo": null})) == finding("Built from null")

test_fail_missing if fixtures.said(denied({"source": {}})) == finding("Built from <undefined>")

test_fail_no_trusted_provenance if {
	fixtures.said(repository_allowed.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
