package assay.rules.evidence.signed_test

import data.assay.fixtures
import data.assay.rules.evidence.signed

test_success if signed.deny == set() with input as fixtures.document with data.policy as fixtures.policy

test_fail_stranger if {
	stranger := json.patch(
		fixtures.document,
		[{"op": "replace", "path": "/evidence/0/signers", "value": [fixtures.stranger]}],
	)
	fixtures.said(signed.deny) == {{
		"message": "0 of 1 verified statements are by approved signers; they do not cover the image",
		"evidence": ["sha256:1"],
		"term": null,
		"alternative": null,
	}} with input as stranger with data.policy as fixtures.policy
}

test_fail_not_stated if count(signed.deny) == 1 with input as {} with data.policy as fixtures.policy
