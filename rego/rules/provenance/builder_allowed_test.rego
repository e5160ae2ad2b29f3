package assay.rules.provenance.builder_allowed_test

import data.assay.fixtures
import data.assay.rules.provenance.builder_allowed

denied(patches) := answer if {
	answer := builder_allowed.deny with input as fixtures.with_provenance(patches)
		with data.policy as fixtures.policy
}

# The whole result: what was found, and what every message of the rule ends with.
finding(found) := fixtures.against_provenance(concat("", [found, "; expected https://github.com/acme/builder/.github/workflows/build.yml"]))

test_success if denied({}) == set()

test_success_bare_version if denied(built_by(workflow, "v2.1.0")) == set()

test_fail_not_stated if {
	fixtures.said(denied({"builder": {"id": null, "name": null, "ref": null}})) == finding("Built by null")
}

test_fail_missing if fixtures.said(denied({"builder": {}})) == finding("Built by <undefined>")

test_fail_no_trusted_provenance if {
	fixtures.said(builder_allowed.deny) == fixtures.no_provenance with input as object.remove(fixtures.document, ["evidence"])
		with data.policy as fixtures.policy
}

workflow := fixtures.provenance.builder.name

built_by(name, ref) := {"builder": {"id": concat("@", [name, ref]), "name": name, "ref": ref}}

# T117: another builder, and the builder at anything else than a release.
test_fail_other_builder_or_no_release if {
	every other in [
		["https://github.com/acme/builder/.github/workflows/other.yml", "refs/tags/v2.1.0"],
		["https://github.com/acme/builder/.github/workflows/build.yml.evil", "refs/tags/v2.1.0"],
		[workflow, "refs/heads/main"],
		[workflow, "refs/heads/v2.1.0"],
		[workflow, "refs/tags/v2"],
		[workflow, "refs/tags/v2.1.0-rc1"],
		[workflow, "refs/tags/v2..0"],
		[workflow, "refs/tags/2.1.0"],
		[workflow, "0123456789abcdef0123456789abcdef01234567"],
	] {
		found := $"Built by {other[0]}@{other[1]}"
		fixtures.said(denied(built_by(other[0], other[1]))) == finding(found)
	}
}

test_fail_workflow_without_ref if {
	patches := {"builder": {"id": workflow, "name": workflow, "ref": null}}
	fixtures.said(denied(patches)) == finding(concat(" ", ["Built by", workflow]))
}

approving(builder, patches) := answer if {
	answer := builder_allowed.deny with input as fixtures.with_provenance(patches)
		with data.assay.requirements as {"provenance": {"signers": ["release"], "builders": [builder]}}
		with data.policy as fixtures.policy
}

# T117: `@v2.1.0` means the tag of that name, and nothing else does.
test_version if {
	builder := fixtures.builder(workflow, fixtures.literal("refs/tags/v2.1.0"))
	approving(builder, {}) == set()
	approving(builder, built_by(workflow, "v2.1.0")) == set()
	count(approving(builder, built_by(workflow, "refs/tags/v2.1.1"))) == 1
	count(approving(builder, built_by(workflow, "refs/heads/v2.1.0"))) == 1
}

# A tag with an `@` is split where the producer's id is, after the last one.
test_version_with_at if {
	id := concat("@", [workflow, "refs/tags/app@1.0"])
	tagged := {"builder": {"id": id, "name": concat("@", [workflow, "refs/tags/app"]), "ref": "1.0"}}
	approving(object.union(fixtures.builder(workflow, fixtures.literal("refs/tags/app@1.0")), {"text": id}), tagged) == set()
	count(approving(fixtures.builder(workflow, null), tagged)) == 1
}

test_builder_that_is_no_workflow if {
	name := "https://cloudbuild.googleapis.com/GoogleHostedWorker"
	builder := fixtures.builder(name, null)
	approving(builder, built_by(name, "v0.3")) == set()
	approving(builder, {"builder": {"id": name, "name": name, "ref": null}}) == set()
	count(approving(builder, built_by(name, "refs/heads/main"))) == 1
	count(approving(builder, built_by(name, "v"))) == 1
}

test_fail_nothing_approved if {
	count(builder_allowed.deny) == 1 with input as fixtures.document
		with data.assay.requirements as {"provenance": {"signers": ["release"]}}
		with data.policy as fixtures.policy
}
