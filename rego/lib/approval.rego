# METADATA
# title: Approval
# description: Which signer of policy.yaml a verified signature belongs to.
package assay.lib.approval

import data.assay.lib.pattern

# METADATA
# description: Ids of the verified evidence that at least one of the named signers has signed.
signed_by(names) := {evidence.id |
	some evidence in input.evidence
	evidence.status == "verified"
	some actual in evidence.signers
	some name in names
	_is(data.policy.signers[name], actual)
}

_is(signer, actual) if {
	signer.kind == "certificate"
	actual.kind == "certificate"
	actual.issuer == signer.issuer
	pattern.match(signer.pattern, actual.identity)
	_root_fits(signer.trustRoot, actual)
	every field, wanted in signer.certificate {
		pattern.match(wanted, actual.certificate[field])
	}
}

_is(signer, actual) if {
	signer.kind == "key"
	actual.kind == "key"
	actual.keyId == signer.keyId
}

# X.509 of one's own: the name counts only with the authority that issued the certificate.
_is(signer, actual) if {
	signer.kind == "x509"
	actual.kind == "x509"
	actual.trustRoot == signer.authority
	pattern.match(signer.pattern, actual.identity)
}

# The Notary Project: all that policy.yaml says of the subject stands in it. In values no comma is left as it is.
_is(signer, actual) if {
	signer.kind == "notary"
	actual.kind == "x509"
	actual.identityType == "subject"
	actual.trustRoot == signer.store
	count(signer.subject) > 0
	parts := split(actual.identity, ", ")
	every part in signer.subject {
		part in parts
	}
}

_root_fits(null, _)

_root_fits(name, actual) if actual.trustRoot == name
