package assay.rules.attributes.required_test

import data.assay.fixtures
import data.assay.rules.attributes.required

denials(document, fields) := answer if {
	answer := fixtures.said(required.deny) with input as document
		with data.assay.requirements as fixtures.demanding("attributes", fields)
		with data.policy as fixtures.policy
}

changed(fields) := fixtures.stating("attributeReports", [object.union(fixtures.attribute_report, fields)])

without(field) := fixtures.stating("attributeReports", [object.remove(fixtures.attribute_report, [field])])

denial(message, ids, term) := {{"message": message, "evidence": ids, "term": term, "alternative": null}}

lacking(name, ids) := denial($"The attribute {name} is not asserted of the whole image; expected it of the image itself", ids, name)

demand := {"required": ["HARDENED"]}

test_pass if {
	denials(changed({}), demand) == set()
	denials(changed({}), {"required": ["HARDENED", "PINNED"]}) == set()
}

# Each in a report of its own, or of each platform.
test_pass_together if {
	other := object.union(fixtures.attribute_report, {"evidence": "sha256:other", "attributes": [{"attribute": "FIPS", "target": null}]})
	denials(fixtures.stating("attributeReports", [fixtures.attribute_report, other]), {"required": ["HARDENED", "FIPS"]}) == set()
	on_arm := object.union(fixtures.attribute_report, {"evidence": "sha256:arm", "subject": fixtures.on_arm})
	on_amd := object.union(fixtures.attribute_report, {"evidence": "sha256:amd", "subject": fixtures.on_amd})
	denials(fixtures.stating("attributeReports", [on_arm, on_amd]), demand) == set()
	denials(fixtures.stating("attributeReports", [on_arm]), demand) == lacking("HARDENED", ["sha256:arm"])
}

# What is said of something else is not said of the image.
test_fail if {
	denials(changed({}), {"required": ["PATCHED"]}) == lacking("PATCHED", [])
	denials(changed({}), {"required": ["FIPS"]}) == lacking("FIPS", [])
	denials(changed({"attributes": [{"attribute": "HARDENED", "target": {"digest": {"sha256": "00"}}}]}), demand) == lacking("HARDENED", [])
	denials(changed({"subject": fixtures.on_arm, "attributes": [{"attribute": "HARDENED", "target": {"digest": {"sha256": substring(fixtures.image_digest, 7, -1)}}}]}), demand) == lacking("HARDENED", [])
}

test_fail_not_stated if {
	denials(without("attributes"), demand) == lacking("HARDENED", [])
	denials(changed({"attributes": [{"attribute": "HARDENED"}]}), demand) == lacking("HARDENED", [])
	denials(changed({"attributes": []}), demand) == lacking("HARDENED", [])
}

test_fail_nothing_wanted if {
	unwanted := fixtures.no_record("policy.yaml requires no attribute, so none can be found")
	denials(changed({}), {}) == unwanted
	denials(changed({}), {"required": []}) == unwanted
}

# T135: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	none := lacking("HARDENED", [])
	denials(fixtures.stated_by(fixtures.stranger, "attributeReports", [fixtures.attribute_report]), demand) == none
	denials(object.union(fixtures.document, {"unverified": {"attributeReports": [fixtures.attribute_report]}}), demand) == none
	denials(fixtures.document, demand) == none
	denials({}, demand) == none
}
