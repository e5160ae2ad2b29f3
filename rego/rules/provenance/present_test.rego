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

expected := "expected SLSA provenance with a verified signature"

# The one piece of evidence of the fixture, changed, and no provenance.
document_of(change) := object.union(
	fixtures.document,
	{"provenance": [], "evidence": [object.union(fixtures.document.evidence[0], change)]},
)

said_of(document) := answer if {
	answer := {[result.message, result.evidence] | some result in present.deny} with input as document
}

test_fail_not_counting if {
	failed := {"status": "failed", "reason": {"code": "subject.mismatch", "message": "Another image"}}
	message := $"Found no provenance about this image that counts: subject.mismatch; {expected}"
	said_of(document_of(failed)) == {[message, ["sha256:1"]]}
}

test_fail_not_readable if {
	reason := {"code": "format.invalid", "message": "No JSON"}
	garbage := {"status": "failed", "predicateType": null, "kind": "other", "reason": reason}
	message := $"Found no provenance about this image that counts: format.invalid; {expected}"
	said_of(document_of(garbage)) == {[message, ["sha256:1"]]}

	message_of_none := $"Found no provenance about this image; {expected}"
	said_of(document_of(object.union(garbage, {"kind": "signature"}))) == {[message_of_none, []]}
	said_of(document_of(object.union(garbage, {"predicateType": "https://spdx.dev/Document"}))) == {[message_of_none, []]}
	said_of(document_of(object.union(garbage, {"status": "skipped"}))) == {[message_of_none, []]}
}

test_fail_not_seen if {
	cut := {"complete": false, "reasons": [{"code": "evidence.limit_exceeded", "message": "Cut"}]}
	document := object.union(fixtures.document, {"provenance": [], "completeness": cut})
	message := $"Found no provenance about this image; {expected}; not everything could be seen: evidence.limit_exceeded"
	said_of(document) == {[message, []]}
}

test_words_of_metadata if {
	some result in present.deny with input as {}
	startswith(result.solution, "Build the image")
	result.severity == "high"
}
