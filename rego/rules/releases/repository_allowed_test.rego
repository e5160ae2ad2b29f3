package assay.rules.releases.repository_allowed_test

import data.assay.fixtures
import data.assay.rules.releases.repository_allowed

denials(document, fields) := answer if {
	answer := fixtures.said(repository_allowed.deny) with input as document
		with data.assay.requirements as fixtures.demanding("releases", fields)
		with data.policy as fixtures.policy
}

changed(fields) := fixtures.stating("releases", [object.union(fixtures.release_record, fields)])

without(field) := fixtures.stating("releases", [object.remove(fixtures.release_record, [field])])

against(message) := fixtures.said({{
	"message": message,
	"evidence": [fixtures.release_record.evidence],
	"term": null,
	"alternative": fixtures.release_record.evidence,
}})

none := fixtures.no_record("No release is signed by a signer approved for it; expected one")

demand := {"repositories": [fixtures.star("acme", "")]}

says(found) := against($"Released from {found}; expected one of {fixtures.star("acme", "").text}")

test_pass if {
	denials(changed({}), demand) == set()
	denials(changed({}), {"repositories": [fixtures.literal("x"), fixtures.star("acme", "")]}) == set()
}

test_fail if denials(changed({"repository": "evil/app"}), demand) == says("evil/app")

test_fail_not_stated if {
	denials(without("repository"), demand) == says("<undefined>")
	denials(changed({"repository": null}), demand) == says("null")
	denials(changed({}), {}) == against("Released from acme/app; expected one of <undefined>")
}

# T135: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	denials(fixtures.stated_by(fixtures.stranger, "releases", [fixtures.release_record]), demand) == none
	denials(object.union(fixtures.document, {"unverified": {"releases": [fixtures.release_record]}}), demand) == none
	denials(fixtures.document, demand) == none
	denials({}, demand) == none
}
