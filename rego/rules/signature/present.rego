package assay.rules.signature.present

import data.assay.lib.coverage
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# title: Signature by an approved signer
# description: |
#   The image, or each of its platforms, is signed by a signer that policy.yaml approves for signatures. What anybody
#   else has signed does not count.
# custom:
#   short_name: present
#   solution: Sign the image's digest as one of signature.signers, or approve the signer in policy.yaml.
#   severity: high
#   collections: []
#   enabled_by: [signature]
#   needs: [signature.signers]
deny contains result if {
	not coverage.whole([signature.subject | some signature in trusted.signatures])
	ids := [signature.id | some signature in trusted.signatures]
	message := $"{count(ids)} of {_verified} verified signatures are by {_names}; they do not cover the image"
	result := report.violation(rego.metadata.chain(), message, ids)
}

_verified := count([evidence |
	some evidence in input.evidence
	evidence.kind == "signature"
	evidence.status == "verified"
])

default _names := "a signer, of which policy.yaml approves none"

_names := concat(" or ", requirements.signature.signers) if count(requirements.signature.signers) > 0
