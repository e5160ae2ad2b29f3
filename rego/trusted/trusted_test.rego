package assay.trusted_test

import data.assay.fixtures
import data.assay.trusted

scanned := object.union(fixtures.document, {
	"evidence": array.concat(fixtures.document.evidence, [
		fixtures.attested("sha256:2", fixtures.scan, fixtures.key, fixtures.on_image),
		fixtures.attested("sha256:3", fixtures.scan, fixtures.stranger, fixtures.on_image),
		fixtures.signed("sha256:4", fixtures.key, fixtures.on_image),
		fixtures.signed("sha256:5", fixtures.stranger, fixtures.on_image),
		fixtures.attested("sha256:6", "https://sigstore.dev/cosign/sign/v1", fixtures.key, fixtures.on_image),
	]),
	"attestations": array.concat(fixtures.document.attestations, [
		{"evidence": "sha256:2", "predicateType": fixtures.scan, "predicate": {}},
		{"evidence": "sha256:3", "predicateType": fixtures.scan, "predicate": {}},
	]),
	"vulnerabilityReports": [{"evidence": "sha256:2"}, {"evidence": "sha256:3"}],
})

required := object.union(fixtures.requirements, {
	"signature": {"signers": ["scanner"]},
	"attestations": [{"predicateType": fixtures.scan, "signers": ["scanner"]}],
})

test_provenance_by_an_approved_signer if {
	trusted.provenance == [fixtures.provenance] with input as fixtures.document with data.policy as fixtures.policy
}

# T116: who claims the approved builder is not thereby approved.
test_provenance_by_a_stranger if {
	stranger := json.patch(
		fixtures.document,
		[{"op": "replace", "path": "/evidence/0/signers", "value": [fixtures.stranger]}],
	)
	trusted.provenance == [] with input as stranger with data.policy as fixtures.policy
	trusted.attestations == [] with input as stranger with data.policy as fixtures.policy
}

test_nothing_configured if {
	trusted.ids == set() with input as scanned
		with data.assay.requirements as {"rules": []}
		with data.policy as fixtures.policy
}

test_attestations_by_predicate_type if {
	ids := {entry.evidence | some entry in trusted.attestations} with input as scanned
		with data.assay.requirements as required
		with data.policy as fixtures.policy
	ids == {"sha256:1", "sha256:2"}
}

# Who may sign scans may not thereby sign anything else.
test_signer_of_one_type_is_not_of_another if {
	swapped := object.union(required, {"attestations": [{"predicateType": fixtures.slsa, "signers": ["scanner"]}]})
	ids := {entry.evidence | some entry in trusted.attestations} with input as scanned
		with data.assay.requirements as swapped
		with data.policy as fixtures.policy
	ids == {"sha256:1"}
}

test_signatures if {
	ids := {entry.id | some entry in trusted.signatures} with input as scanned
		with data.assay.requirements as required
		with data.policy as fixtures.policy
	ids == {"sha256:4", "sha256:6"}
}

test_lists_of_trusted_statements if {
	trusted.vulnerability_reports == [{"evidence": "sha256:2"}] with input as scanned
		with data.assay.requirements as required
		with data.policy as fixtures.policy
	lists := [
		trusted.sboms, trusted.vex, trusted.verification_summaries,
		trusted.tests,
	] with input as object.union(scanned, {"vex": [], "verificationSummaries": [], "testResults": []})
		with data.assay.requirements as required
		with data.policy as fixtures.policy
	lists == [[], [], [], []]
}

test_ids if {
	trusted.ids == {"sha256:1", "sha256:2", "sha256:4", "sha256:6"} with input as scanned
		with data.assay.requirements as required
		with data.policy as fixtures.policy
}

test_ids_of_any_kind if {
	trusted.ids == {"sha256:2", "sha256:4", "sha256:6"} with input as scanned
		with data.assay.requirements as {"evidence": {"signers": ["scanner"]}}
		with data.policy as fixtures.policy
}
