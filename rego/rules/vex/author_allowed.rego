package assay.rules.vex.author_allowed

import data.assay.lib.report
import data.assay.lib.vex
import data.assay.requirements
import data.assay.trusted

# METADATA
# title: VEX author allowed
# description: |
#   Warns of trusted VEX that names another author than `vex.authors`: it excuses nothing, as no VEX does. The author is the document's own
#   word and only narrows what vex.signers have signed (threat T140).
# custom:
#   short_name: author_allowed
#   solution: Have the VEX document name its author, one of vex.authors.
#   severity: low
#   collections: []
#   enabled_by: [vex.authors]
#   needs: [vex.authors]
#   optional: ["/vex"]
warn contains result if {
	some document in trusted.vex
	not vex.author_fits(document)
	message := $"The author of the VEX is {_words(document)}; expected {report.texts(requirements.vex.authors)}"
	result := report.violation(rego.metadata.chain(), message, [document.evidence])
}

default _words(_) := "not named"

_words(document) := document.author if is_string(document.author)
