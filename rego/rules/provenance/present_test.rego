package assay.rules.provenance.present_test

import data.assay.fixtures
import data.assay.rules.provenance.present

test_success if present.deny == set() with input as fixtures.document

test_fail_none if {
	none := object.union(fixtures.document, {"provenance": []})
	fixtures.said(present.deny) == {{
		"message": "Found no provenance about this image; expected SLSA provenance with a verified signature",
		"evidence": [],
		"term": null,
		"alternative": null,
	}} with input as none
}

test_fail_not_stated if count(present.deny) == 1 with input as object.remove(fixtures.document, ["provenance"])

test_fail_unverified if {
	unverified := object.union(
		fixtures.document,
		{"provenance": [], "unverified": {"provenance": [fixtures.provenance]}},
	)
	{result.message | some result in present.deny} == {"Found 1 provenance whose signature is not verified and none where it is"} with input as unverified
}

test_words_of_metadata if {
	some result in present.deny with input as {}
	startswith(result.solution, "Build the image")
	result.severity == "high"
}
