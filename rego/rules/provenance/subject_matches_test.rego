package assay.rules.provenance.subject_matches_test

import data.assay.fixtures
import data.assay.rules.provenance.subject_matches

about(subject) := json.patch(
	fixtures.document,
	[{"op": "replace", "path": "/evidence/0/subject", "value": subject}],
)

test_success if {
	subject_matches.deny == set() with input as fixtures.document with data.policy as fixtures.policy
}

# T016, T132: one platform is not the image.
test_fail_one_platform if {
	fixtures.said(subject_matches.deny) == {{
		"message": $"Trusted provenance covers neither {fixtures.image_digest} nor all of its 2 platforms",
		"evidence": ["sha256:1"],
		"term": null,
		"alternative": null,
	}} with input as about(fixtures.on_amd) with data.policy as fixtures.policy
}

test_fail_not_stated if {
	count(subject_matches.deny) == 1 with input as about(null) with data.policy as fixtures.policy
	count(subject_matches.deny) == 1 with input as {} with data.policy as fixtures.policy
}
