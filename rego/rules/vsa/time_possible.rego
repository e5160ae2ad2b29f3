package assay.rules.vsa.time_possible

import data.assay.lib.age
import data.assay.lib.report
import data.assay.trusted

# METADATA
# scope: document
# title: Time of verification possible
# description: |
#   A trusted verification summary that states when it verified states no time after the decision, and none after its signature
#   was made, where a log or a timestamp authority proves that. Five minutes are tolerated, for clocks differ.
# custom:
#   short_name: time_possible
#   solution: Have the verifier's clock set, and the image verified again.
#   severity: medium
#   collections: [strict]
#   depends_on: [vsa.present]
#   enabled_by: [vsa]
#   needs: [vsa.signers]
#   optional: ["/verificationSummaries/*/timeVerified"]
deny contains result if {
	some summary in trusted.verification_summaries
	not _is_possible(summary)
	found := $"Verified at {summary.timeVerified}, signed {age.signed_words(summary.evidence)}"
	message := $"{found}; expected no time after now or after the signature"
	result := report.against_record(rego.metadata.chain(), message, "vsa", summary)
}

deny contains result if {
	count(trusted.verification_summaries) == 0
	result := report.no_record(rego.metadata.chain(), "vsa")
}

_is_possible(summary) if {
	summary.timeVerified == null
}

_is_possible(summary) if {
	age.within(summary.timeVerified, _ever)
	not _is_after_signature(summary)
}

_is_after_signature(summary) if {
	signed := age.signed_ns[summary.evidence]
	time.parse_rfc3339_ns(summary.timeVerified) > signed + ((300 * 1000) * 1000000)
}

# The past as a whole.
_ever := {"seconds": 10000000000}
