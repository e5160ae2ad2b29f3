package assay.rules.provenance.hosted_runner_test

import data.assay.fixtures
import data.assay.rules.provenance.hosted_runner

denied(patches) := answer if {
	answer := hosted_runner.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

test_success if denied({}) == set()

test_fail_self_hosted if {
	patches := {"flags/selfHostedRunner": true}
	message := "selfHostedRunner is true (certificate); expected a hosted runner, confirmed by the certificate"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_claimed if {
	patches := {"corroboration": {"flags.selfHostedRunner": "claimed"}}
	message := "selfHostedRunner is false (claimed); expected a hosted runner, confirmed by the certificate"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_not_confirmed if {
	patches := {"corroboration": {}}
	message := "selfHostedRunner is false (confirmed by nobody); expected a hosted runner, confirmed by the certificate"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_not_stated if {
	patches := {"flags/selfHostedRunner": null}
	message := "selfHostedRunner is null (certificate); expected a hosted runner, confirmed by the certificate"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_no_trusted_provenance if {
	fixtures.said(hosted_runner.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
