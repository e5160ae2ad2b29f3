package assay.rules.provenance.builder_allowed_test

import data.assay.fixtures
import data.assay.rules.provenance.builder_allowed

denied(patches) := answer if {
	answer := builder_allowed.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

test_success if denied({}) == set()

test_success_bare_version if denied({"builder": {"id": "https://github.com/acme/builder/.github/workflows/build.yml@v2.1.0", "name": "https://github.com/acme/builder/.github/workflows/build.yml", "ref": "v2.1.0"}}) == set()

test_fail_other if {
	patches := {"builder": {"id": "https://github.com/acme/other/.github/workflows/build.yml@refs/tags/v2.1.0", "name": "https://github.com/acme/other/.github/workflows/build.yml", "ref": "refs/tags/v2.1.0"}}
	message := "Built by https://github.com/acme/other/.github/workflows/build.yml@refs/tags/v2.1.0; expected https://github.com/acme/builder/.github/workflows/build.yml"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_branch if {
	patches := {"builder": {"id": "https://github.com/acme/builder/.github/workflows/build.yml@refs/heads/main", "name": "https://github.com/acme/builder/.github/workflows/build.yml", "ref": "refs/heads/main"}}
	message := "Built by https://github.com/acme/builder/.github/workflows/build.yml@refs/heads/main; expected https://github.com/acme/builder/.github/workflows/build.yml"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_short_tag if {
	patches := {"builder": {"id": "https://github.com/acme/builder/.github/workflows/build.yml@refs/tags/v2", "name": "https://github.com/acme/builder/.github/workflows/build.yml", "ref": "refs/tags/v2"}}
	message := "Built by https://github.com/acme/builder/.github/workflows/build.yml@refs/tags/v2; expected https://github.com/acme/builder/.github/workflows/build.yml"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_commit if {
	patches := {"builder": {"id": "https://github.com/acme/builder/.github/workflows/build.yml@0123456789abcdef0123456789abcdef01234567", "name": "https://github.com/acme/builder/.github/workflows/build.yml", "ref": "0123456789abcdef0123456789abcdef01234567"}}
	message := "Built by https://github.com/acme/builder/.github/workflows/build.yml@0123456789abcdef0123456789abcdef01234567; expected https://github.com/acme/builder/.github/workflows/build.yml"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_pre_release if {
	patches := {"builder": {"id": "https://github.com/acme/builder/.github/workflows/build.yml@refs/tags/v2.1.0-rc1", "name": "https://github.com/acme/builder/.github/workflows/build.yml", "ref": "refs/tags/v2.1.0-rc1"}}
	message := "Built by https://github.com/acme/builder/.github/workflows/build.yml@refs/tags/v2.1.0-rc1; expected https://github.com/acme/builder/.github/workflows/build.yml"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_no_ref if {
	patches := {"builder": {"id": "https://github.com/acme/builder/.github/workflows/build.yml", "name": "https://github.com/acme/builder/.github/workflows/build.yml", "ref": null}}
	message := "Built by https://github.com/acme/builder/.github/workflows/build.yml; expected https://github.com/acme/builder/.github/workflows/build.yml"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_not_stated if {
	patches := {"builder": {"id": null, "name": null, "ref": null}}
	message := "Built by null; expected https://github.com/acme/builder/.github/workflows/build.yml"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_missing if {
	patches := {"builder": {}}
	message := "Built by <undefined>; expected https://github.com/acme/builder/.github/workflows/build.yml"
	fixtures.said(denied(patches)) == fixtures.against_provenance(message)
}

test_fail_no_trusted_provenance if {
	fixtures.said(builder_allowed.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}

# T117: `@v2.1.0` means the tag of that name, and nothing else does.
with_builder(name, ref, patches) := answer if {
	answer := builder_allowed.deny with input as fixtures.with_provenance(patches)
		with data.policy.images as [object.union(
			fixtures.requirements,
			{"provenance": {"builders": [fixtures.builder(name, fixtures.literal(ref))]}},
		)]
		with data.policy.signers as fixtures.policy.signers
		with data.policy.matches as fixtures.policy.matches
}

test_version if {
	name := fixtures.provenance.builder.name
	with_builder(name, "refs/tags/v2.1.0", {}) == set()
	with_builder(name, "refs/tags/v2.1.0", {"builder/ref": "v2.1.0"}) == set()
	count(with_builder(name, "refs/tags/v2.1.1", {})) == 1
	count(with_builder(name, "refs/tags/v2.1.0", {"builder/ref": "refs/heads/v2.1.0"})) == 1
}

hosted_worker(ref) := answer if {
	gcb := fixtures.builder("https://cloudbuild.googleapis.com/GoogleHostedWorker", null)
	answer := builder_allowed.deny with input as fixtures.with_provenance({"builder": {
		"id": "x",
		"name": gcb.text,
		"ref": ref,
	}})
		with data.assay.requirements as object.union(
			fixtures.requirements,
			{"provenance": {"builders": [gcb]}},
		)
		with data.policy as fixtures.policy
}

test_builder_that_is_no_workflow if {
	hosted_worker("v0.3") == set()
	hosted_worker(null) == set()
	count(hosted_worker("refs/heads/main")) == 1
	count(hosted_worker("v")) == 1
}

test_fail_nothing_approved if {
	count(builder_allowed.deny) == 1 with input as fixtures.document
		with data.assay.requirements as {"provenance": {"signers": ["release"]}}
		with data.policy as fixtures.policy
}
