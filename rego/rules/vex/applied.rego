package assay.rules.vex.applied

import data.assay.lib.findings
import data.assay.lib.report
import data.assay.trusted

# METADATA
# title: VEX applied
# description: |
#   Warns, so that people see it, of findings that would deny and that VEX of an approved signer excuses. What excuses a finding:
#   the first statement about it (same id or alias, product by digest) by vex.signers, newest by proven time and of equal
#   times the worse one, has a status of `vex.statuses`, in a document that meets `vex` and could be read wholly (threats T137
#   to T140). Where less is stated nothing is excused, and the finding denies.
# custom:
#   short_name: applied
#   solution: None is needed; update the packages where that is possible.
#   severity: low
#   collections: []
#   enabled_by: [vex]
#   needs: [vex.signers]
#   uses: [vex.authors, vex.statuses, vex.maxAge]
#   optional: ["/vex", "/vex/*/author"]
warn contains result if {
	some scan in trusted.vulnerability_reports
	excused := {finding.id | some finding in findings.excused[scan.evidence]}
	count(excused) > 0
	ids := {statement.evidence |
		some finding in findings.excused[scan.evidence]
		some statement in finding.vex
	} & {document.evidence | some document in trusted.vex}
	message := $"VEX of an approved signer excuses {report.words(excused)}"
	result := report.violation(rego.metadata.chain(), message, sort(ids | {scan.evidence}))
}
