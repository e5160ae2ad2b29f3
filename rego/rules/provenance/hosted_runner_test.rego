package assay.rules.provenance.hosted_runner_test

import data.assay.fixtures
import data.assay.rules.provenance.hosted_runner

denied(patches) := answer if {
	answer := hosted_runner.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

# The whole result: what was found, and what every message of the rule ends with.
finding(found) := fixtures.against_provenance(concat("", [found, "; expected a hosted runner, confirmed by the certificate"]))

test_success if denied({}) == set()

test_fail_self_hosted if {
	fixtures.said(denied({"flags/selfHostedRunner": true})) == finding("selfHostedRunner is true (certificate)")
}

test_fail_claimed if {
	fixtures.said(denied({"corroboration": {"flags.selfHostedRunner": "claimed"}})) == finding("selfHostedRunner is false (claimed)")
}

test_fail_not_confirmed if {
	fixtures.said(denied({"corroboration": {}})) == finding("selfHostedRunner is false (confirmed by nobody)")
}

test_fail_not_stated if {
	fixtures.said(denied({"flags/selfHostedRunner": null})) == finding("selfHostedRunner is null (certificate)")
}

test_fail_no_trusted_provenance if {
	fixtures.said(hosted_runner.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}
