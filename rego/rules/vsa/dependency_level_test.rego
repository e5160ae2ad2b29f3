package assay.rules.vsa.dependency_level_test

import data.assay.fixtures
import data.assay.rules.vsa.dependency_level

denials(document, fields) := answer if {
	answer := fixtures.said(dependency_level.deny) with input as document
		with data.assay.requirements as fixtures.demanding("vsa", fields)
		with data.policy as fixtures.policy
}

changed(fields) := fixtures.stating("verificationSummaries", [object.union(fixtures.summary, fields)])

without(field) := fixtures.stating("verificationSummaries", [object.remove(fixtures.summary, [field])])

against(message) := fixtures.said({{
	"message": message,
	"evidence": [fixtures.summary.evidence],
	"term": null,
	"alternative": fixtures.summary.evidence,
}})

none := fixtures.no_record("No verification summary is signed by a signer approved for it; expected one")

demand := {"dependencyLevel": 2}

# No dependency at all.
test_pass if denials(counted({}), demand) == set()

counted(levels) := changed({"dependencyLevels": levels})

says(counts) := against(message) if message := $"Dependencies are counted as [{counts}]; expected none below SLSA_BUILD_LEVEL_2"

test_pass_counts if {
	denials(counted({"SLSA_BUILD_LEVEL_2": 3, "SLSA_BUILD_LEVEL_3": 1, "SLSA_BUILD_LEVEL_1": 0}), demand) == set()
	denials(counted({"SLSA_BUILD_LEVEL_2": 3, "SLSA_SOURCE_LEVEL_1": 3}), demand) == set()
}

test_fail if {
	denials(counted({"SLSA_BUILD_LEVEL_1": 1, "SLSA_BUILD_LEVEL_2": 3}), demand) == says("SLSA_BUILD_LEVEL_1: 1, SLSA_BUILD_LEVEL_2: 3")
	denials(counted({"UNEVALUATED": 1}), demand) == says("UNEVALUATED: 1")
	denials(counted({"SLSA_BUILD_LEVEL_20": 1}), demand) == says("SLSA_BUILD_LEVEL_20: 1")
}

# Some dependency has a level of the source track and none of the build track.
test_fail_other_track if {
	denials(counted({"SLSA_BUILD_LEVEL_3": 1, "SLSA_SOURCE_LEVEL_3": 2}), demand) == says("SLSA_BUILD_LEVEL_3: 1, SLSA_SOURCE_LEVEL_3: 2")
}

# What is no count is not in the document.
test_fail_unread if {
	every field in ["/dependencyLevels/SLSA_BUILD_LEVEL_0", "/dependency_levels/SLSA_LEVEL_1"] {
		document := changed({"dependencyLevels": {}, "unknownFields": [field]})
		denials(document, demand) == says("")
	}
	denials(changed({"dependencyLevels": {}, "unknownFields": ["/other"]}), demand) == set()
	denials(counted({"SLSA_BUILD_LEVEL_3": "1"}), demand) == says("SLSA_BUILD_LEVEL_3: 1")
}

test_fail_not_stated if {
	denials(counted(null), demand) == says("")
	denials(without("dependencyLevels"), demand) == says("")
	unset := "Dependencies are counted as [SLSA_BUILD_LEVEL_3: 1]; expected none below SLSA_BUILD_LEVEL_<undefined>"
	denials(counted({"SLSA_BUILD_LEVEL_3": 1}), {}) == against(unset)
}

# T128: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	denials(fixtures.stated_by(fixtures.stranger, "verificationSummaries", [fixtures.summary]), demand) == none
	denials(object.union(fixtures.document, {"unverified": {"verificationSummaries": [fixtures.summary]}}), demand) == none
	denials(fixtures.document, demand) == none
	denials({}, demand) == none
}
