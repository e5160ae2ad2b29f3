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

test_fail_not_counting if {
	failed := json.patch(fixtures.document, [
		{"op": "replace", "path": "/provenance", "value": []},
		{"op": "replace", "path": "/evidence/0/status", "value": "failed"},
		{"op": "add", "path": "/evidence/0/reason", "value": {"code": "subject.mismatch", "message": "Another image"}},
	])
	messages := {result.message | some result in present.deny} with input as failed
	expected := "expected a verified signature about this image"
	messages == {$"Found provenance that does not count: subject.mismatch; {expected}"}
}

test_words_of_metadata if {
	some result in present.deny with input as {}
	startswith(result.solution, "Build the image")
	result.severity == "high"
}
