package assay.lib.pattern_test

import data.assay.fixtures
import data.assay.lib.pattern

identity := {
	"text": "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/v*",
	"exact": false,
	"head": [
		"https:", "", "github.com", "acme", {"prefix": "", "inner": "", "suffix": ""},
		".github", "workflows", "release.yml@refs", "tags", {"prefix": "v", "inner": "", "suffix": ""},
	],
	"middle": null,
	"tail": [],
	"once": "@refs/",
}

wide := {
	"text": "https://github.com/acme/**@refs/tags/v*-rc*",
	"exact": false,
	"head": ["https:", "", "github.com", "acme"],
	"middle": {"prefix": "", "inner": "", "suffix": "@refs"},
	"tail": ["tags", {"prefix": "v", "inner": "-rc", "suffix": ""}],
	"once": "@refs/",
}

test_literal if {
	pattern.match(fixtures.literal("a/b"), "a/b")
	not pattern.match(fixtures.literal("a/b"), "a/b/c")
	not pattern.match(fixtures.literal("a/b"), null)
}

test_star_stays_in_its_segment if {
	pattern.match(identity, fixtures.release.identity)
	not pattern.match(identity, "https://github.com/acme/x/y/.github/workflows/release.yml@refs/tags/v1")
	not pattern.match(identity, "https://github.com/acme//.github/workflows/release.yml@refs/tags/v1")
	not pattern.match(identity, "https://github.com/acme-evil/app/.github/workflows/release.yml@refs/tags/v1")
	not pattern.match(identity, "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/v1")
	not pattern.match(identity, "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1/x")
	not pattern.match(identity, {"not": "text"})
	not pattern.match(identity, null)
}

test_double_star_crosses_segments if {
	pattern.match(wide, "https://github.com/acme/app/.github/workflows/a.yml@refs/tags/v1-rc1")
	not pattern.match(wide, "https://github.com/acme/app/.github/workflows/a.yml@refs/tags/v1")
	not pattern.match(wide, "https://github.com/other/app/.github/workflows/a.yml@refs/tags/v1-rc1")
	not pattern.match(fixtures.below("ghcr.io/acme"), "ghcr.io/acme")
	not pattern.match(fixtures.below("ghcr.io/acme"), "ghcr.io/acme/")
	not pattern.match(fixtures.below("ghcr.io/acme"), "ghcr.io.evil/acme/app")
	pattern.match(fixtures.below("ghcr.io/acme"), "ghcr.io/acme/a/b")
}

# T089: a branch named `x@refs/tags/v1-rc1`.
test_marker_stands_once if {
	not pattern.match(wide, "https://github.com/acme/app/.github/workflows/a.yml@refs/heads/x@refs/tags/v1-rc1")
}

# A098: what another reader resolves is never matched by a wildcard.
test_suspicious_text if {
	every text in ["../evil", "./x", "a\\b", "a\nb", "a\u0000b", "%2e%2e/x", "a%2Fb", "a/../../b"] {
		not pattern.match(fixtures.below("ghcr.io/acme"), concat("/", ["ghcr.io/acme", text]))
	}
}

test_inner_does_not_overlap if {
	piece := {"prefix": "a", "inner": "b", "suffix": "a"}
	overlapping := object.union(fixtures.star("x", ""), {"head": ["x", piece]})
	pattern.match(overlapping, "x/aba")
	not pattern.match(overlapping, "x/a")
	not pattern.match(overlapping, "x/aa")
}

test_any_match if {
	pattern.any_match([fixtures.literal("a"), fixtures.literal("b")], "b")
	not pattern.any_match([], "b")
}
