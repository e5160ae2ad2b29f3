package assay.rules.sbom.attributes_disallowed_test

import data.assay.fixtures
import data.assay.rules.sbom.attributes_disallowed

denials(document, fields) := answer if {
	answer := fixtures.said(attributes_disallowed.deny) with input as document
		with data.assay.requirements as fixtures.demanding("sbom", fields)
		with data.policy as fixtures.policy
}

recorded(record) := object.union(fixtures.stating("sboms", [fixtures.sbom]), {"componentAttributes": [record]})

record(attributes) := {
	"evidence": "sha256:sbom",
	"predicateType": "https://cyclonedx.org/bom",
	"subject": fixtures.on_image,
	"attributes": attributes,
	"complete": true,
}

stating(attributes) := recorded(record(attributes))

attribute(name, value) := {"component": "lodash", "name": name, "value": value}

against(message, term) := {{"message": message, "evidence": ["sha256:sbom"], "term": term, "alternative": "sha256:sbom"}}

found(words, term) := against($"lodash has the attribute {words}; expected no component with it", term)

unknown := against("The attributes of the SBOM's components are not all known; expected a document whose attributes can be read", null)

denying(entries) := {"attributes": {"deny": entries}}

by_name := denying([{"name": "missing_hash"}])

by_value := denying([{"name": "found_by", "value": fixtures.star("by", "hand-")}])

test_pass if {
	denials(stating([]), by_name) == set()
	denials(stating([attribute("found_by", "x")]), by_name) == set()
	denials(stating([attribute("found_by", "by/machine")]), by_value) == set()
	denials(stating([attribute("other", "by/hand-1")]), by_value) == set()
}

test_fail if {
	denials(stating([attribute("missing_hash", "package-lock.json")]), by_name) == found("missing_hash", "missing_hash")
	denials(stating([attribute("missing_hash", null)]), by_name) == found("missing_hash", "missing_hash")
	denials(stating([attribute("found_by", "by/hand-1")]), by_value) == found("found_by by/hand-*", "found_by")
}

test_fail_holders if {
	two := [attribute("missing_hash", "a"), {"component": "left-pad", "name": "missing_hash", "value": "b"}]
	denials(stating(two), by_name) == against("left-pad, lodash has the attribute missing_hash; expected no component with it", "missing_hash")
}

# Without a value it may be any, and so may what other readers fold.
test_fail_not_stated if {
	denials(stating([attribute("found_by", null)]), by_value) == found("found_by by/hand-*", "found_by")
	denials(stating([object.remove(attribute("found_by", null), ["value"])]), by_value) == found("found_by by/hand-*", "found_by")
	denials(stating([attribute("found_by", "by/x/../hand-1")]), by_value) == found("found_by by/hand-*", "found_by")
	denials(stating([attribute("found_by", "a/../b")]), denying([{"name": "found_by", "value": fixtures.literal("b")}])) == set()
}

test_fail_unknown if {
	denials(fixtures.stating("sboms", [fixtures.sbom]), by_name) == unknown
	denials(recorded(object.union(record([]), {"complete": false})), by_name) == unknown
	denials(recorded(object.remove(record([]), ["complete"])), by_name) == unknown
	denials(recorded(object.union(record([]), {"attributes": null})), by_name) == unknown
	denials(recorded(object.union(record([]), {"evidence": "sha256:other"})), by_name) == unknown
	incomplete := object.union(record([attribute("missing_hash", "a")]), {"complete": false})
	denials(recorded(incomplete), by_name) == unknown | found("missing_hash", "missing_hash")
}

test_fail_nothing_wanted if {
	unwanted := fixtures.no_record("policy.yaml denies no attribute, so none can be found")
	denials(stating([]), {}) == unwanted
	denials(stating([]), denying([])) == unwanted
}

# T135 T136: what only a stranger has signed, or nobody, is no SBOM.
test_fail_nobody if {
	none := fixtures.no_record("No SBOM is signed by a signer approved for it; expected one")
	strange := object.union(
		fixtures.stated_by(fixtures.stranger, "sboms", [fixtures.sbom]),
		{"componentAttributes": [record([])]},
	)
	denials(strange, by_name) == none
	denials({}, by_name) == none
}
