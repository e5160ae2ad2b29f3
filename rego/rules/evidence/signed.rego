package assay.rules.evidence.signed

import data.assay.lib.coverage
import data.assay.lib.report
import data.assay.trusted

# METADATA
# title: Signed by an approved signer
# description: |
#   Something about this image, attestation or signature, is signed by a signer that policy.yaml approves for it.
# custom:
#   short_name: signed
#   solution: Sign or attest the image as a signer that policy.yaml approves for that kind of evidence.
#   severity: high
#   collections: [minimal, strict]
#   enabled_by: [evidence.signers]
#   needs: [evidence.signers, provenance.signers, signature.signers, attestations]
deny contains result if {
	not coverage.whole(coverage.subjects_of(trusted.ids))
	verified := [evidence.id |
		some evidence in input.evidence
		evidence.status == "verified"
	]
	approved := count(trusted.ids)
	message := $"{approved} of {count(verified)} verified statements are by approved signers; they do not cover the image"
	result := report.violation(rego.metadata.chain(), message, verified)
}
