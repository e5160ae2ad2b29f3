package assay.rules.attributes.producer_allowed_test

import data.assay.fixtures
import data.assay.rules.attributes.producer_allowed

denials(document, fields) := answer if {
	answer := fixtures.said(producer_allowed.deny) with input as document
		with data.assay.requirements as fixtures.demanding("attributes", fields)
		with data.policy as fixtures.policy
}

changed(fields) := fixtures.stating("attributeReports", [object.union(fixtures.attribute_report, fields)])

without(field) := fixtures.stating("attributeReports", [object.remove(fixtures.attribute_report, [field])])

against(message) := fixtures.said({{
	"message": message,
	"evidence": [fixtures.attribute_report.evidence],
	"term": null,
	"alternative": fixtures.attribute_report.evidence,
}})

none := fixtures.no_record("No attribute report is signed by a signer approved for it; expected one")

demand := {"producers": [fixtures.below("https://ci.acme.example")]}

says(found) := against($"Attributes of the producer {found}; expected one of {fixtures.below("https://ci.acme.example").text}")

test_pass if {
	denials(changed({}), demand) == set()
	denials(changed({}), {"producers": [fixtures.literal("x"), fixtures.below("https://ci.acme.example")]}) == set()
}

test_fail if denials(changed({"producer": {"uri": "https://ci.evil.example/runner"}}), demand) == says("https://ci.evil.example/runner")

test_fail_not_stated if {
	denials(without("producer"), demand) == says("<undefined>")
	denials(changed({"producer": null}), demand) == says("<undefined>")
	denials(changed({}), {}) == against("Attributes of the producer https://ci.acme.example/runner; expected one of <undefined>")
}

# T135: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	denials(fixtures.stated_by(fixtures.stranger, "attributeReports", [fixtures.attribute_report]), demand) == none
	denials(object.union(fixtures.document, {"unverified": {"attributeReports": [fixtures.attribute_report]}}), demand) == none
	denials(fixtures.document, demand) == none
	denials({}, demand) == none
}
