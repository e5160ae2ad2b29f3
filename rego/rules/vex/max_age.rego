package assay.rules.vex.max_age

import data.assay.lib.age
import data.assay.lib.report
import data.assay.lib.vex
import data.assay.requirements
import data.assay.trusted

# METADATA
# title: VEX recent
# description: |
#   Warns of trusted VEX that was signed longer ago than `vex.maxAge`, or at no time that a log or a timestamp authority proves: it
#   excuses nothing, as no VEX does.
# custom:
#   short_name: max_age
#   solution: Review the VEX document and sign it anew, in a way that proves when.
#   severity: low
#   collections: []
#   enabled_by: [vex.maxAge]
#   needs: [vex.maxAge]
#   optional: ["/vex"]
warn contains result if {
	some document in trusted.vex
	not vex.is_fresh(document)
	found := age.signed_words(document.evidence)
	message := $"The VEX was signed {found}; expected no longer than {requirements.vex.maxAge.text} ago"
	result := report.violation(rego.metadata.chain(), message, [document.evidence])
}
