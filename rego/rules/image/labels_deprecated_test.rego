package assay.rules.image.labels_deprecated_test

import data.assay.fixtures
import data.assay.rules.image.labels_deprecated

warnings(document, fields) := answer if {
	answer := fixtures.said(labels_deprecated.warn) with input as document
		with data.assay.requirements as {"image": fields}
}

# The good image, both platforms with these fields of their configuration.
configured(amd, arm) := json.patch(fixtures.document, [
	{"op": "add", "path": "/image/platforms/0/config", "value": amd},
	{"op": "add", "path": "/image/platforms/1/config", "value": arm},
])

warning(message) := fixtures.no_record(message)

both(labels) := configured({"labels": labels}, {"labels": labels})

by_term(message, term) := {object.union(result, {"term": term}) | some result in warning(message)}

debug := {"labels": {"deprecated": {"debug": "level", "trace": "level"}}}

test_pass if {
	warnings(both({"team": "a"}), debug) == set()
	warnings(both({"team": "a"}), {"labels": {"deprecated": {"debug": "level"}}}) == set()
}

test_warn if {
	warnings(configured({"labels": {"debug": ""}}, {"labels": {}}), debug) == by_term("Label debug is or may be on linux/amd64; expected level instead", "debug")
	warnings(both({"debug": "1", "trace": null}), debug) == by_term("Label debug is or may be on linux/amd64, linux/arm64; expected level instead", "debug") | by_term("Label trace is or may be on linux/amd64, linux/arm64; expected level instead", "trace")
}

# What could not be read may have any label.
test_warn_not_stated if {
	unread := by_term("Label debug is or may be on linux/amd64, linux/arm64; expected level instead", "debug") | by_term("Label trace is or may be on linux/amd64, linux/arm64; expected level instead", "trace")
	warnings(fixtures.document, debug) == unread
	warnings(configured(null, {"labels": null}), debug) == unread
	warnings(both(["x"]), debug) == unread
}

test_warn_nothing_wanted if {
	unwanted := warning("policy.yaml deprecates no label, so none can be found")
	warnings(both({}), {}) == unwanted
	warnings(both({}), {"labels": {"deprecated": {}}}) == unwanted
}

test_warn_no_platform if {
	unseen := warning("The image has no platform whose configuration could be looked at; expected one")
	every document in [
		{},
		json.patch(fixtures.document, [{"op": "replace", "path": "/image/platforms", "value": []}]),
		json.patch(fixtures.document, [{"op": "replace", "path": "/image/platforms", "value": null}]),
	] {
		unseen & warnings(document, debug) == unseen
	}
}
