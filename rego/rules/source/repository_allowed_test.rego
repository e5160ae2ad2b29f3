package assay.rules.source.repository_allowed_test

import data.assay.fixtures
import data.assay.rules.source.repository_allowed

denied(patches) := answer if {
	answer := repository_allowed.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

test_success if denied({}) == set()

test_fail_other if {
	patches := {"source/repo": "https://github.com/acme-evil/app"}
	message := "Built from https://github.com/acme-evil/app; expected https://github.com/acme/*"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_hint if {
	patches := {"source/hint": true}
	message := "Built from https://github.com/acme/app (only a hint from the working tree); expected https://github.com/acme/*"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_not_stated if {
	patches := {"source/repo": null}
	message := "Built from null; expected https://github.com/acme/*"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_missing if {
	patches := {"source": {}}
	message := "Built from <undefined>; expected https://github.com/acme/*"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_no_trusted_provenance if {
	fixtures.said(repository_allowed.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
