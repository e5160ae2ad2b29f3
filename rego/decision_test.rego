package assay_test

import data.assay
import data.assay.fixtures

decided(document, policy) := answer if {
	answer := assay.decision with input as document
		with data.policy as policy
		with data.exceptions as []
}

with_requirements(patch) := object.union(
	fixtures.policy,
	{"images": [object.union(fixtures.requirements, patch)]},
)

codes(decision) := [violation.code | some violation in decision.violations]

test_allow if {
	decided(fixtures.document, fixtures.policy) == {
		"allow": true,
		"violations": [],
		"warnings": [],
		"exceptions": [],
		"passed": [
			"provenance.builder_allowed",
			"provenance.present",
			"provenance.signer_allowed",
			"provenance.subject_matches",
			"source.repository_allowed",
		],
	}
	assay.allow with input as fixtures.document with data.policy as fixtures.policy with data.exceptions as []
}

test_deny if {
	decision := decided(
		fixtures.with_provenance({"source/repo": "https://github.com/evil/app"}),
		fixtures.policy,
	)
	decision.violations == [{
		"code": "source.repository_allowed",
		"message": "Built from https://github.com/evil/app; expected https://github.com/acme/*",
		"solution": "Build from one of provenance.repositories, or add the repository to policy.yaml.",
		"evidence": ["sha256:1"],
		"severity": "high",
		"term": null,
	}]
	decision.allow == false
	not "source.repository_allowed" in decision.passed
}

# T151: whatever is missing, the answer is there, and it is no.
test_deny_nothing_at_all if {
	every document in [{}, null, [], "x"] {
		answer := assay.decision with input as document
		answer.allow == false
	}
	assay.allow == false with input as {}
}

test_deny_unmatched_image if {
	other := json.patch(fixtures.document, [{"op": "replace", "path": "/image/registry", "value": "ghcr.io.evil"}])
	codes(decided(other, fixtures.policy)) == ["policy.image_matched"]
}

test_deny_no_rule if {
	codes(decided(fixtures.document, with_requirements({"rules": []}))) == ["policy.rules_applied"]
}

test_deny_unknown_rule if {
	rules := [fixtures.rule("provenance", "present", []), fixtures.rule("provenance", "gone", [])]
	decision := decided(fixtures.document, with_requirements({"rules": rules}))
	codes(decision) == ["policy.rule_missing"]
	decision.passed == ["provenance.present"]
}

test_deny_other_schema_version if {
	codes(decided(object.union(fixtures.document, {"schemaVersion": "2"}), fixtures.policy)) == ["policy.input_supported"]
}

# What only follows from another violation is left out for people, and never decides.
test_depends_on if {
	codes(decided(object.union(fixtures.document, {"provenance": []}), fixtures.policy)) == ["provenance.present"]
}

test_most_specific_match_wins if {
	images := [object.union(fixtures.requirements, {"rules": []}), fixtures.requirements]
	matches := [
		{"pattern": fixtures.literal("ghcr.io/acme/app"), "images": 1},
		{"pattern": fixtures.below("ghcr.io/acme"), "images": 0},
	]
	decided(fixtures.document, object.union(fixtures.policy, {"images": images, "matches": matches})).allow
}
