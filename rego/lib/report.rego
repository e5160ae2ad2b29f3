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
	"section": null,
}

# METADATA
# description: A result against one provenance, `against_record` of the section `provenance`.
against(chain, message, provenance) := against_record(chain, message, "provenance", provenance)

# METADATA
# description: |
#   A result against one record of a section of policy.yaml (`provenance`, `sbom`, `vulnerabilities`, `vex`, `tests`, `vsa`,
#   `source`, `releases`, `attributes`, `traces`). Where the section requires any one, a record that satisfies every rule is enough: what speaks against the
#   others becomes a warning, so that taking evidence away never helps (invariant I4).
against_record(chain, message, section, record) := object.union(
	violation(chain, message, [record.evidence]),
	{"alternative": record.evidence, "section": section},
)

# METADATA
# description: What every rule about provenance answers where no provenance is trusted.
no_provenance(chain) := no_record(chain, "provenance")

# METADATA
# description: |
#   What every rule about records of a section answers where none is trusted: no rule passes because a list is empty.
no_record(chain, section) := violation(chain, message, []) if {
	message := $"No {_kinds[section]} is signed by a signer approved for it; expected one"
}

_kinds := {
	"provenance": "provenance",
	"sbom": "SBOM",
	"vulnerabilities": "vulnerability report",
	"vex": "VEX document",
	"tests": "test result",
	"releases": "release",
	"attributes": "attribute report",
	"traces": "runtime trace",
	"vsa": "verification summary",
	"source": "summary of the source's verification",
	"signature": "signature",
}

# METADATA
# description: |
#   What `skipped` contains: why the rule cannot be evaluated. Where the set of images itself demands the rule, this
#   denies; where only a collection brings it, the decision lists it as not evaluated.
not_evaluated(chain, message) := violation(chain, message, [])

# METADATA
# description: The result with a term, by which policy.yaml can exclude or except it alone.
with_term(result, term) := object.union(result, {"term": term})

# METADATA
# description: Words in one line, at most five of them, in their order as text.
words(found) := concat(", ", sorted) if {
	sorted := sort({$"{word}" | some word in found})
	count(sorted) <= 5
}

words(found) := $"{concat(", ", array.slice(sorted, 0, 5))} and {count(sorted) - 5} more" if {
	sorted := sort({$"{word}" | some word in found})
	count(sorted) > 5
}

# METADATA
# description: Texts of a list of compiled patterns in one line.
texts(patterns) := concat(", ", [pattern.text | some pattern in patterns])

_custom(chain, key) := values[0] if {
	values := [value |
		some link in chain
		value := object.get(link, ["annotations", "custom", key], null)
		value != null
	]
} else := null
