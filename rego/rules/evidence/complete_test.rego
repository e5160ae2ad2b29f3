package assay.rules.evidence.complete_test

import data.assay.fixtures
import data.assay.rules.evidence.complete

messages(completeness) := answer if {
	answer := {result.message | some result in complete.deny} with input as {"completeness": completeness}
}

test_success if complete.deny == set() with input as fixtures.document

test_fail if {
	messages({"complete": false, "reasons": [{"code": "a", "message": "cut at 100"}]}) == {"Evidence is incomplete: cut at 100"}
}

test_fail_not_stated if messages(null) == {"Evidence is incomplete: the input document gives no reason"}
