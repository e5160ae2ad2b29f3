package assay.rules.provenance.signer_allowed_test

import data.assay.fixtures
import data.assay.rules.provenance.signer_allowed

signed_by(signer) := json.patch(
	fixtures.document,
	[{"op": "replace", "path": "/evidence/0/signers", "value": [signer]}],
)

messages(document) := answer if {
	answer := {result.message | some result in signer_allowed.deny} with input as document
		with data.policy as fixtures.policy
}

test_success if {
	signer_allowed.deny == set() with input as fixtures.document with data.policy as fixtures.policy
}

test_fail_stranger if {
	fixtures.said(signer_allowed.deny) == {{
		"message": concat("", [
			"Provenance is signed by https://github.com/stranger/app/.github/workflows/release.yml@refs/tags/v1.2.0 ",
			"(issuer https://token.actions.githubusercontent.com); expected release",
		]),
		"evidence": ["sha256:1"],
		"term": null,
		"alternative": null,
	}} with input as signed_by(fixtures.stranger) with data.policy as fixtures.policy
}

test_fail_key if messages(signed_by(fixtures.key)) == {$"Provenance is signed by key {fixtures.key.keyId}; expected release"}

test_fail_not_stated if messages({}) == {"Provenance is signed by nobody; expected a signer, of which policy.yaml approves none"}

test_fail_none if {
	messages(object.union(fixtures.document, {"provenance": []})) == {"Provenance is signed by nobody; expected release"}
}
