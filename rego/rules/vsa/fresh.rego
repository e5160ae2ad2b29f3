package assay.rules.vsa.fresh

import data.assay.lib.age
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Verification recent
# description: |
#   Every trusted verification summary was signed no longer ago than `vsa.maxAge`, by a time that a log or a timestamp authority proves.
#   When it verified, by its own word (SLSA VSA, `timeVerified`), may make it older and never younger.
# custom:
#   short_name: fresh
#   solution: Have the image verified again, and the summary signed in a way that proves when (a transparency log or a timestamp).
#   severity: medium
#   collections: []
#   depends_on: [vsa.present]
#   enabled_by: [vsa.maxAge]
#   needs: [vsa.maxAge]
#   optional: ["/verificationSummaries/*/timeVerified"]
deny contains result if {
	some summary in trusted.verification_summaries
	not _is_fresh(summary)
	found := $"signed {age.signed_words(summary.evidence)}, verified {age.words(summary.timeVerified)}"
	message := $"The summary was {found}; expected no longer than {requirements.vsa.maxAge.text} ago"
	result := report.against_record(rego.metadata.chain(), message, "vsa", summary)
}

deny contains result if {
	count(trusted.verification_summaries) == 0
	result := report.no_record(rego.metadata.chain(), "vsa")
}

_is_fresh(summary) if {
	age.signed_within(summary.evidence, requirements.vsa.maxAge)
	_claims_no_older(summary)
}

_claims_no_older(summary) if summary.timeVerified == null

_claims_no_older(summary) if age.within(summary.timeVerified, requirements.vsa.maxAge)
