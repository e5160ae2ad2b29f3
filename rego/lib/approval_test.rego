package assay.lib.approval_test

import data.assay.fixtures
import data.assay.lib.approval

by(names, signer) := answer if {
	answer := approval.signed_by(names) with data.policy as fixtures.policy
		with input.evidence as [fixtures.attested("sha256:1", fixtures.slsa, signer, fixtures.on_image)]
}

with_signer(patch, signer) := answer if {
	answer := approval.signed_by(["release"]) with input.evidence as [fixtures.attested(
		"sha256:1",
		fixtures.slsa, signer, fixtures.on_image,
	)]
		with data.policy.signers.release as object.union(fixtures.policy.signers.release, patch)
}

test_certificate if by(["release"], fixtures.release) == {"sha256:1"}

test_key if by(["scanner"], fixtures.key) == {"sha256:1"}

test_other_key if by(["scanner"], object.union(fixtures.key, {"keyId": "sha256:0"})) == set()

_own := {"kind": "x509", "authority": "acme", "pattern": {"exact": true, "text": "release@acme.test"}}

_owned := {"kind": "x509", "identity": "release@acme.test", "issuer": null, "trustRoot": "acme", "certificate": {}}

_by_own(actual) := answer if {
	answer := approval.signed_by(["own"]) with data.policy.signers as {"own": _own}
		with input.evidence as [fixtures.attested("sha256:1", fixtures.slsa, actual, fixtures.on_image)]
}

test_own_authority if _by_own(_owned) == {"sha256:1"}

# A142: the same name by another authority, or by a Sigstore, is somebody else.
test_own_authority_alone if {
	_by_own(object.union(_owned, {"trustRoot": "other"})) == set()
	_by_own(object.union(_owned, {"identity": "other@acme.test"})) == set()
	_by_own(object.union(_owned, {"kind": "certificate", "issuer": "https://accounts.acme.test"})) == set()
	by(["release"], object.union(fixtures.release, {"kind": "x509"})) == set()
}

_notary := {"kind": "notary", "store": "acme-ca", "subject": ["C=US", "ST=WA", "O=Acme"]}

_subject := {
	"kind": "x509",
	"identity": "C=US, ST=WA, O=Acme, CN=Release\\2C Team",
	"identityType": "subject",
	"issuer": null,
	"trustRoot": "acme-ca",
	"certificate": {},
}

_by_notary(signer, actual) := answer if {
	answer := approval.signed_by(["own"]) with data.policy.signers as {"own": signer}
		with input.evidence as [fixtures.attested("sha256:1", fixtures.slsa, actual, fixtures.on_image)]
}

test_notary if {
	_by_notary(_notary, _subject) == {"sha256:1"}
	_by_notary(object.union(_notary, {"subject": ["CN=Release\\2C Team"]}), _subject) == {"sha256:1"}
}

# The same subject by another store, another subject, or a name of another kind, is somebody else.
test_notary_alone if {
	_by_notary(_notary, object.union(_subject, {"trustRoot": "other"})) == set()
	_by_notary(_notary, object.union(_subject, {"identity": "C=US, ST=WA, O=Acme2"})) == set()
	_by_notary(_notary, object.union(_subject, {"identity": "C=US, ST=WA, CN=x\\2C O\\3DAcme"})) == set()
	_by_notary(object.union(_notary, {"subject": []}), _subject) == set()
	_by_notary(_notary, object.union(_subject, {"identityType": "other"})) == set()
	_by_notary(_notary, object.union(_subject, {"kind": "certificate"})) == set()
	_by_own(object.union(_owned, {"trustRoot": "acme-ca"})) == set()
}

test_stranger if by(["release"], fixtures.stranger) == set()

test_nobody_named if by([], fixtures.release) == set()

test_unknown_name if by(["nobody"], fixtures.release) == set()

# T087: the right identity by the wrong issuer.
test_other_issuer if {
	every issuer in ["https://token.actions.githubusercontent.com.evil", null, ""] {
		by(["release"], object.union(fixtures.release, {"issuer": issuer})) == set()
	}
}

# A143: no identity is nobody's.
test_no_identity if {
	by(["release"], object.union(fixtures.release, {"identity": ""})) == set()
	by(["release"], object.remove(fixtures.release, ["identity"])) == set()
}

test_not_verified if {
	every status in ["unsigned", "failed", "skipped", "unreachable"] {
		approval.signed_by(["release"]) == set() with data.policy as fixtures.policy
			with input.evidence as [object.union(
				fixtures.attested("sha256:1", fixtures.slsa, fixtures.release, fixtures.on_image),
				{"status": status},
			)]
	}
}

test_trust_root if {
	with_signer({"trustRoot": "public-good"}, fixtures.release) == {"sha256:1"}
	with_signer({"trustRoot": "private"}, fixtures.release) == set()
}

# T088: a repository registered again has another number.
test_certificate_fields if {
	with_signer({"certificate": {"sourceRepositoryIdentifier": fixtures.literal("123")}}, fixtures.release) == {"sha256:1"}
	with_signer({"certificate": {"sourceRepositoryIdentifier": fixtures.literal("9")}}, fixtures.release) == set()
	with_signer({"certificate": {"runnerEnvironment": fixtures.literal("github-hosted")}}, fixtures.release) == set()
}
