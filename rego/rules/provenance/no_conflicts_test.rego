package assay.rules.provenance.no_conflicts_test

import data.assay.fixtures
import data.assay.rules.provenance.no_conflicts

denied(patches) := answer if {
	answer := no_conflicts.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

test_success if denied({}) == set()

test_fail_conflict if {
	patches := {"conflicts": [{"field": "source.repo", "claimed": "a", "certificate": "b"}]}
	message := "source.repo: a is claimed, the certificate says b"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_standing if {
	patches := {"corroboration": {"source.repo": "conflict"}}
	message := "The provenance does not say how it stands to its certificate"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_not_stated if {
	patches := {"conflicts": null}
	message := "The provenance does not say how it stands to its certificate"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_no_trusted_provenance if {
	fixtures.said(no_conflicts.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
