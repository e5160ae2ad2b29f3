# METADATA
# title: Results
# description: What a rule answers, made from its own METADATA.
package assay.lib.report

# METADATA
# description: |
#   A result that stands by itself: `chain` is `rego.metadata.chain()` of the rule, `evidence` the ids of what it is
#   about.
violation(chain, message, evidence) := {
	"message": message,
	"solution": _custom(chain, "solution"),
	"severity": _custom(chain, "severity"),
	"evidence": evidence,
	"term": null,
	"alternative": null,
}

# METADATA
# description: |
#   A result against one provenance. One provenance that satisfies every rule is enough: where there is such a one, what
#   speaks against the others becomes a warning, so that taking evidence away never helps (invariant I4).
against(chain, message, provenance) := object.union(
	violation(chain, message, [provenance.evidence]),
	{"alternative": provenance.evidence},
)

# METADATA
# description: What every rule about provenance answers where no provenance is trusted.
no_provenance(chain) := violation(chain, "No provenance is signed by a signer approved for it; expected one", [])

# METADATA
# description: The result with a term, by which policy.yaml can exclude or except it alone.
with_term(result, term) := object.union(result, {"term": term})

# METADATA
# description: Texts of a list in one line.
texts(patterns) := concat(", ", [pattern.text | some pattern in patterns])

_custom(chain, key) := values[0] if {
	values := [value |
		some link in chain
		value := object.get(link, ["annotations", "custom", key], null)
		value != null
	]
} else := null
