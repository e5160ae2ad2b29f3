package assay.rules.attestations.required_test

import data.assay.fixtures
import data.assay.rules.attestations.required

configured := {"attestations": [{"predicateType": fixtures.scan, "signers": ["scanner"]}]}

denied(evidence, attestations) := answer if {
	answer := required.deny with input as object.union(
		fixtures.document,
		{"evidence": evidence, "attestations": attestations},
	)
		with data.assay.requirements as configured
		with data.policy as fixtures.policy
}

scanned(signer, subject) := denied(
	[fixtures.attested("sha256:2", fixtures.scan, signer, subject)],
	[{"evidence": "sha256:2", "predicateType": fixtures.scan, "predicate": {}}],
)

test_success if scanned(fixtures.key, fixtures.on_image) == set()

# A002, A050: a valid attestation of another type does not stand in.
test_fail_other_type if {
	fixtures.said(denied(fixtures.document.evidence, fixtures.document.attestations)) == {{
		"message": concat("", [
			"0 trusted attestations of https://cosign.sigstore.dev/attestation/vuln/v1 do not cover the image; ",
			"expected by scanner",
		]),
		"evidence": [],
		"term": "https://cosign.sigstore.dev/attestation/vuln/v1",
		"alternative": null,
	}}
}

test_fail_stranger if count(scanned(fixtures.stranger, fixtures.on_image)) == 1

test_fail_one_platform if count(scanned(fixtures.key, fixtures.on_arm)) == 1

test_fail_none if count(denied([], [])) == 1

test_fail_nothing_configured if {
	{result.message | some result in required.deny} == {"policy.yaml requires no attestation, so none can be found"} with input as fixtures.document
		with data.assay.requirements as {}
}
