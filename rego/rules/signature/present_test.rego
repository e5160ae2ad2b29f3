package assay.rules.signature.present_test

import data.assay.fixtures
import data.assay.rules.signature.present

configured := object.union(fixtures.requirements, {"signature": {"signers": ["scanner"]}})

denied(evidence) := answer if {
	answer := present.deny with input as object.union(fixtures.document, {"evidence": evidence})
		with data.assay.requirements as configured
		with data.policy as fixtures.policy
}

test_success if denied([fixtures.signed("sha256:2", fixtures.key, fixtures.on_image)]) == set()

test_fail_stranger if {
	fixtures.said(denied([fixtures.signed("sha256:2", fixtures.stranger, fixtures.on_image)])) == {{
		"message": "0 of 1 verified signatures are by scanner; they do not cover the image",
		"evidence": [],
		"term": null,
		"alternative": null,
	}}
}

test_fail_none if count(denied([])) == 1

test_fail_one_platform if count(denied([fixtures.signed("sha256:2", fixtures.key, fixtures.on_amd)])) == 1

test_fail_not_stated if {
	{result.message | some result in present.deny} == {concat("", [
		"0 of 0 verified signatures are by a signer, of which policy.yaml approves none; ",
		"they do not cover the image",
	])} with input as {}
}
