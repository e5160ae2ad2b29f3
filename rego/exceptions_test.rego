package assay.exceptions_test

import data.assay.exceptions
import data.assay.fixtures
import data.assay.results

exception := {
	"rule": "source.repository_allowed",
	"area": "source",
	"name": "repository_allowed",
	"term": null,
	"images": [{"pattern": fixtures.literal("ghcr.io/acme/app"), "digest": null}],
	"owner": "Ada",
	"reason": "moving house",
	"reference": null,
	"from": null,
	"until": "2027-11-22T10:00:00Z",
}

evil := fixtures.with_provenance({"source/repo": "https://github.com/evil/app"})

found(patch) := found_in(evil, patch)

found_in(document, patch) := answer if {
	answer := {
		"violations": {violation.code | some violation in results.violations},
		"warnings": {warning.code | some warning in results.warnings},
		"excepted": {[entry.owner, entry.result.code] | some entry in results.excepted},
		"passed": {"source.repository_allowed"} & results.passed,
	} with input as document
		with data.policy as fixtures.policy
		with data.exceptions as [object.union(exception, patch)]
}

applied := {
	"violations": set(),
	"warnings": set(),
	"excepted": {["Ada", "source.repository_allowed"]},
	"passed": set(),
}

ignored := {
	"violations": {"source.repository_allowed"},
	"warnings": set(),
	"excepted": set(),
	"passed": set(),
}

test_applied if found({}) == applied

test_applied_to_area if found({"name": null}) == applied

test_applied_to_digest if {
	found({"images": [{"pattern": fixtures.literal("ghcr.io/acme/app"), "digest": fixtures.image_digest}]}) == applied
}

test_applied_to_listed_digest if {
	found({"digests": [fixtures.amd_digest, fixtures.image_digest]}) == applied
	found({"digests": null}) == applied
	found({"digests": [fixtures.amd_digest]}) == ignored
}

test_applied_in_namespace if {
	document := object.union(evil, {"request": {"namespace": "legacy"}})
	found_in(document, {"namespaces": [fixtures.literal("legacy")]}) == applied
	found_in(document, {"namespaces": [fixtures.literal("prod")]}) == ignored
	found({"namespaces": [fixtures.literal("legacy")]}) == ignored
}

test_ending_soon if {
	soon := object.union(applied, {"warnings": {"exceptions.ending_soon"}})
	found({"until": "2026-11-22T10:00:00Z"}) == soon
	found({"until": "2026-12-06T10:00:00Z"}) == soon
	found({"until": "2026-12-06T10:00:01Z"}) == applied
}

test_unbounded if {
	found({"until": null, "unbounded": "the vendor is gone"}) == object.union(applied, {"warnings": {"exceptions.unbounded"}})
}

# Without an end and without a reason for that, an exception excuses nothing.
test_without_end if {
	every patch in [{"until": null}, {"until": null, "unbounded": null}, {"until": null, "unbounded": true}, {"until": 5}] {
		found(patch) == ignored
	}
	found_in(object.union(evil, {"time": null}), {"until": null, "unbounded": "x"}) == ignored
}

unused := object.union(ignored, {"warnings": {"exceptions.unused"}})

# A060: one rule, one image; two exceptions never add up to more.
test_unused if {
	found({"name": "ref_allowed"}) == unused
	found({"area": "provenance"}) == unused
	found({"term": "x"}) == unused
	found({"name": "ref_allowed", "from": "2026-11-22T10:00:01Z"}) == pending
}

test_ignored if {
	found({"images": []}) == ignored
	found({"images": [{"pattern": fixtures.literal("ghcr.io/acme/other"), "digest": null}]}) == ignored
	found({"images": [{"pattern": fixtures.literal("ghcr.io/acme/app"), "digest": fixtures.amd_digest}]}) == ignored
}

pending := object.union(ignored, {"warnings": {"exceptions.pending"}})

test_not_yet if found({"from": "2026-11-22T10:00:01Z"}) == pending

test_begun if found({"from": "2026-11-22T10:00:00Z"}) == applied

# Also where it excuses nothing any more: somebody should remove it.
test_expired_without_use if {
	found_in(fixtures.document, {"until": "2026-11-22T09:59:59Z"}) == {
		"violations": set(),
		"warnings": {"exceptions.expired"},
		"excepted": set(),
		"passed": {"source.repository_allowed"},
	}
}

test_expired if {
	found({"until": "2026-11-22T09:59:59Z"}) == object.union(ignored, {"warnings": {"exceptions.expired"}})
}

# A133: without a time that can be read nothing is excused.
test_unreadable_time if {
	every time in ["", "2026-11-22", "2026-11-22T10:00:00+01:00", 5, null] {
		found_in(object.union(evil, {"time": time}), {}) == ignored
	}
}

# What assay itself refuses, no exception excuses.
test_policy_refusals if {
	other := json.patch(evil, [{"op": "replace", "path": "/schemaVersion", "value": "2"}])
	found_in(other, {"area": "policy", "name": null}).violations == {"policy.input_supported", "source.repository_allowed"}
}

test_document if {
	exceptions.document(exception) == {
		"rule": "source.repository_allowed",
		"owner": "Ada",
		"reason": "moving house",
		"reference": null,
		"until": "2027-11-22T10:00:00Z",
	}
}
