package assay.rules.image.labels_optional_test

import data.assay.fixtures
import data.assay.rules.image.labels_optional

warnings(document, fields) := answer if {
	answer := fixtures.said(labels_optional.warn) with input as document
		with data.assay.requirements as {"image": fields}
}

# The good image, both platforms with these fields of their configuration.
configured(amd, arm) := json.patch(fixtures.document, [
	{"op": "add", "path": "/image/platforms/0/config", "value": amd},
	{"op": "add", "path": "/image/platforms/1/config", "value": arm},
])

by_term(platforms, term) := {object.union(result, {"term": term}) |
	some result in fixtures.no_record($"Label {term} is not on {platforms}; expected it to be there")
}

wanting(names) := {"labels": {"optional": names}}

test_pass if {
	labelled := {"labels": {"team": "a", "docs": ""}}
	warnings(configured(labelled, labelled), wanting(["team", "docs"])) == set()
}

test_warn if {
	document := configured({"labels": {"team": "a"}}, {"labels": {"docs": "x"}})
	warnings(document, wanting(["team"])) == by_term("linux/arm64", "team")
	warnings(document, wanting(["team", "docs", "none"])) == (by_term("linux/arm64", "team") | by_term("linux/amd64", "docs")) | by_term("linux/amd64, linux/arm64", "none")
}

test_warn_not_stated if {
	both := by_term("linux/amd64, linux/arm64", "team")
	warnings(fixtures.document, wanting(["team"])) == both
	warnings(configured(null, {"labels": null}), wanting(["team"])) == both
	warnings(configured({"labels": {"team": null}}, {"labels": ["team"]}), wanting(["team"])) == both
}

test_warn_nothing_wanted if {
	unwanted := fixtures.no_record("policy.yaml names no optional label, so none can be missing")
	warnings(fixtures.document, {}) == unwanted
	warnings(fixtures.document, wanting([])) == unwanted
}

test_warn_no_platform if {
	unseen := fixtures.no_record("The image has no platform whose configuration could be looked at; expected one")
	warnings({}, wanting(["team"])) == unseen
	warnings(json.patch(fixtures.document, [{"op": "replace", "path": "/image/platforms", "value": []}]), wanting(["team"])) == unseen
}
