package assay.rules.evidence.complete

import data.assay.lib.report

# METADATA
# title: Evidence complete
# description: Everything that speaks of this image could be fetched; nothing was cut at a limit or out of reach.
# custom:
#   short_name: complete
#   solution: See why evidence is missing; where that is the registry's fault, ask again.
#   severity: medium
#   collections: [strict]
#   enabled_by: [evidence.complete]
#   needs: []
deny contains result if {
	not _complete(input)
	message := $"Evidence is incomplete: {_why}"
	result := report.violation(rego.metadata.chain(), message, [])
}

_complete(document) if document.completeness.complete == true

default _why := "the input document gives no reason"

_why := concat("; ", [reason.message | some reason in input.completeness.reasons]) if {
	count(input.completeness.reasons) > 0
}
