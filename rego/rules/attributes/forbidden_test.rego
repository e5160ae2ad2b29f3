package assay.rules.attributes.forbidden_test

import data.assay.fixtures
import data.assay.rules.attributes.forbidden

denials(document, fields) := answer if {
	answer := fixtures.said(forbidden.deny) with input as document
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

against_term(message, term) := {object.union(result, {"term": term}) | some result in against(message)}

found(name) := against_term($"The attribute {name} is or may be asserted; expected that it is not", name)

demand := {"forbidden": ["DEBUG"]}

test_pass if {
	denials(changed({}), demand) == set()
	denials(changed({"unknownFields": ["/producer/x"]}), demand) == set()
	denials(changed({"attributes": []}), demand) == set()
}

test_fail if {
	denials(changed({}), {"forbidden": ["HARDENED", "DEBUG", "PATCHED"]}) == found("HARDENED") | found("PATCHED")
}

# What could not be read may be anything.
test_fail_not_stated if {
	denials(without("attributes"), demand) == found("DEBUG")
	denials(changed({"attributes": null}), demand) == found("DEBUG")
	denials(changed({"unknownFields": ["/attributes/1/attribute"]}), demand) == found("DEBUG")
}

test_fail_nothing_wanted if {
	unwanted := fixtures.no_record("policy.yaml forbids no attribute, so none can be found")
	denials(changed({}), {}) == unwanted
	denials(changed({}), {"forbidden": []}) == unwanted
}

# T135: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	denials(fixtures.stated_by(fixtures.stranger, "attributeReports", [fixtures.attribute_report]), demand) == none
	denials(object.union(fixtures.document, {"unverified": {"attributeReports": [fixtures.attribute_report]}}), demand) == none
	denials(fixtures.document, demand) == none
	denials({}, demand) == none
}
