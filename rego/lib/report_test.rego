package assay.lib.report_test

import data.assay.fixtures
import data.assay.lib.report

chain := [
	{"path": ["assay", "rules", "a", "b", "deny"]},
	{"annotations": {"custom": {"solution": "Do it."}}, "path": ["assay", "rules", "a", "b"]},
]

test_violation if {
	report.violation(chain, "Found", ["sha256:1"]) == {
		"message": "Found",
		"solution": "Do it.",
		"severity": null,
		"evidence": ["sha256:1"],
		"term": null,
		"alternative": null,
	}
}

test_against if report.against(chain, "Found", fixtures.provenance).alternative == "sha256:1"

test_with_term if report.with_term(report.violation(chain, "Found", []), "x").term == "x"

test_no_provenance if report.no_provenance(chain).evidence == []

test_texts if report.texts([fixtures.literal("a"), fixtures.literal("b")]) == "a, b"
