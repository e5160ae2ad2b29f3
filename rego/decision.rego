# METADATA
# title: The decision
# description: |
#   `assay/decision` and `assay/allow`, the entrypoints of every policy bundle. An image is allowed where a set of
#   images in policy.yaml matches it, at least one rule was evaluated and none denies; in every other case it is denied.
package assay

import data.assay.results

# METADATA
# description: The decision document's part that policy decides (schemas/decision.schema.json).
# entrypoint: true
decision := {
	"allow": allow,
	"violations": sort(results.reported),
	"warnings": sort(results.warnings),
	"exceptions": sort(results.excepted),
	"passed": sort(results.passed),
}

default allow := false

# METADATA
# description: The decision as a boolean.
# scope: document
# entrypoint: true
allow if {
	count(requirements.rules) > 0
	count(results.violations) == 0
}
