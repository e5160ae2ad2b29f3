package assay.rules.provenance.no_conflicts_test

import data.assay.fixtures
import data.assay.rules.provenance.no_conflicts

denied(patches) := answer if {
	answer := no_conflicts.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

# The whole result: what was found, and what every message of the rule ends with.
finding(found) := fixtures.against_provenance(concat("", [found, ""]))

test_success if denied({}) == set()

test_fail_conflict if {
	fixtures.said(denied({"conflicts": [{"field": "source.repo", "claimed": "a", "certificate": "b"}]})) == finding("source.repo: a is claimed, the certificate says b")
}

test_fail_standing if {
	fixtures.said(denied({"corroboration": {"source.repo": "conflict"}})) == finding("The provenance does not say how it stands to its certificate")
}

test_fail_not_stated if {
	fixtures.said(denied({"conflicts": null})) == finding("The provenance does not say how it stands to its certificate")
}

test_fail_no_trusted_provenance if {
	fixtures.said(no_conflicts.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
