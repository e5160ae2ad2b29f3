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
	"vulnerabilityReports": [
		{"evidence": "sha256:2", "predicateType": fixtures.scan},
		{"evidence": "sha256:3", "predicateType": fixtures.scan},
	],
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
	trusted.vulnerability_reports == [{"evidence": "sha256:2", "predicateType": fixtures.scan}] with input as scanned
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

# By the section's signers alone, where there is such a section.
lists_of(document, demanded) := answer if {
	answer := {
		"sboms": ids_of(trusted.sboms),
		"vulnerability_reports": ids_of(trusted.vulnerability_reports),
		"vex": ids_of(trusted.vex),
		"tests": ids_of(trusted.tests),
		"vsa": ids_of(trusted.verification_summaries),
		"source": ids_of(trusted.source_summaries),
		"releases": ids_of(trusted.releases),
		"attributes": ids_of(trusted.attribute_reports),
		"traces": ids_of(trusted.runtime_traces),
		"ids": trusted.ids,
	} with input as document
		with data.assay.requirements as demanded
		with data.policy as fixtures.policy
}

ids_of(records) := {record.evidence | some record in records}

nothing := {
	"sboms": set(),
	"vulnerability_reports": set(),
	"vex": set(),
	"tests": set(),
	"vsa": set(),
	"source": set(),
	"releases": set(),
	"attributes": set(),
	"traces": set(),
	"ids": {"sha256:1"},
}

sections := [
	["sboms", "sboms", "sbom", fixtures.sbom],
	["vulnerability_reports", "vulnerabilityReports", "vulnerabilities", fixtures.report],
	["vex", "vex", "vex", fixtures.vex],
	["tests", "testResults", "tests", fixtures.tested],
	["vsa", "verificationSummaries", "vsa", fixtures.summary],
	["source", "verificationSummaries", "source", fixtures.source_summary],
	["releases", "releases", "releases", fixtures.release_record],
	["attributes", "attributeReports", "attributes", fixtures.attribute_report],
	["traces", "runtimeTraces", "traces", fixtures.trace],
]

# T135 T137 T140: of each kind, what its own signers have signed, and nothing else.
test_each_section_by_its_signers if {
	every section in sections {
		[list, field, name, record] := section
		stated := fixtures.stating(field, [record])
		of_its_signer := lists_of(stated, fixtures.demanding(name, {}))
		of_its_signer[list] == {record.evidence}
		of_its_signer.ids == {"sha256:1", record.evidence}
		lists_of(stated, fixtures.demanding(name, {"signers": ["release"]})) == nothing
		lists_of(stated, fixtures.demanding(name, {"signers": ["nobody"]})) == nothing
		lists_of(stated, fixtures.requirements) == nothing
		by_stranger := fixtures.stated_by(fixtures.stranger, field, [record])
		lists_of(by_stranger, fixtures.demanding(name, {})) == nothing
	}
}

# T135: who signs for one kind does not thereby sign for another.
test_no_section_by_the_signers_of_another if {
	every section in sections {
		[list, field, name, record] := section
		others := {other |
			some entry in sections
			other := entry[2]
			other != name
		}
		count(others) == 8
		every other in others {
			count(lists_of(fixtures.stating(field, [record]), fixtures.demanding(other, {}))[list]) == 0
		}
	}
}

# A section's signers are the only ones, also where `attestations` names others for the predicate type.
test_section_before_attestations if {
	stated := fixtures.stating("sboms", [fixtures.sbom])
	attested := {"attestations": [{"predicateType": fixtures.sbom.predicateType, "signers": ["scanner"]}]}
	lists_of(stated, object.union(fixtures.requirements, attested)).sboms == {fixtures.sbom.evidence}
	both := object.union(fixtures.demanding("sbom", {"signers": ["release"]}), attested)
	lists_of(stated, both).sboms == set()
}

# What is about the source is about no image, and the other way round.
test_subjects if {
	about_source := object.union(fixtures.sbom, {"subject": fixtures.source_summary.subject})
	lists_of(fixtures.stating("sboms", [about_source]), fixtures.demanding("sbom", {})) == nothing
	stated := fixtures.stating("verificationSummaries", [fixtures.summary, fixtures.source_summary])
	lists_of(stated, fixtures.demanding("source", {})).source == {"sha256:source"}
	lists_of(stated, fixtures.demanding("vsa", {})).vsa == {"sha256:vsa"}
}

test_other_lists if {
	lists := {
		"releases": "https://in-toto.io/attestation/release/v0.1",
		"attributeReports": "https://in-toto.io/attestation/scai/attribute-report/v0.2",
		"runtimeTraces": "https://in-toto.io/attestation/runtime-trace/v0.1",
	}
	every list, predicate_type in lists {
		record := {"evidence": list, "predicateType": predicate_type, "subject": fixtures.on_image}
		others_of(fixtures.stating(list, [record]), predicate_type) == {list: {list}}
		others_of(fixtures.stated_by(fixtures.stranger, list, [record]), predicate_type) == {}
	}
}

others_of(document, predicate_type) := answer if {
	demanded := {"attestations": [{"predicateType": predicate_type, "signers": ["scanner"]}]}
	found := {
		"releases": ids_of(trusted.releases),
		"attributeReports": ids_of(trusted.attribute_reports),
		"runtimeTraces": ids_of(trusted.runtime_traces),
	} with input as document
		with data.assay.requirements as demanded
		with data.policy as fixtures.policy
	answer := {list: ids | some list, ids in found; count(ids) > 0}
}

test_other_provenance if {
	link := object.union(fixtures.provenance, {
		"evidence": "sha256:9",
		"predicateType": "https://in-toto.io/attestation/link/v0.3",
		"subject": fixtures.on_image,
	})
	ids_of(trusted.other_provenance) == {"sha256:9"} with input as fixtures.stated_by(fixtures.release, "otherProvenance", [link])
		with data.assay.requirements as fixtures.requirements
		with data.policy as fixtures.policy
	"sha256:9" in trusted.ids with input as fixtures.stated_by(fixtures.release, "otherProvenance", [link])
		with data.assay.requirements as fixtures.requirements
		with data.policy as fixtures.policy
	ids_of(trusted.other_provenance) == set() with input as fixtures.stating("otherProvenance", [link])
		with data.assay.requirements as fixtures.requirements
		with data.policy as fixtures.policy
}

# `require: newest` leaves out what is older by proven time, of the same question about the same subject.
two_scans(times, patch) := answer if {
	second := object.union(fixtures.report, object.union(patch, {"evidence": "sha256:later"}))
	document := fixtures.stating("vulnerabilityReports", [fixtures.report, second])
	evidence := [proven |
		some entry in document.evidence
		proven := object.union(entry, {"times": object.get(times, entry.id, [])})
	]
	answer := ids_of(trusted.vulnerability_reports) with input as object.union(document, {"evidence": evidence})
		with data.assay.requirements as fixtures.demanding("vulnerabilities", {})
		with data.policy as fixtures.policy
}

proven_at(moments) := [{"time": moment, "source": "rekor"} | some moment in moments]

day := "2026-11-20T10:00:00Z"

next_day := "2026-11-21T10:00:00Z"

both := {"sha256:scan", "sha256:later"}

test_newest if {
	two_scans({"sha256:scan": proven_at([day]), "sha256:later": proven_at([next_day])}, {}) == {"sha256:later"}
	two_scans({"sha256:scan": proven_at([next_day]), "sha256:later": proven_at([day])}, {}) == {"sha256:scan"}
}

# T139: equal and missing times leave out nothing; what is entered into a log again is no newer.
test_newest_is_proven if {
	two_scans({"sha256:scan": proven_at([day]), "sha256:later": proven_at([day])}, {}) == both
	two_scans({"sha256:scan": proven_at([day])}, {}) == both
	two_scans({}, {}) == both
	again := proven_at([next_day, "2026-11-19T10:00:00Z"])
	two_scans({"sha256:scan": proven_at([day]), "sha256:later": again}, {}) == {"sha256:scan"}
}

test_newest_of_the_same_question if {
	times := {"sha256:scan": proven_at([day]), "sha256:later": proven_at([next_day])}
	two_scans(times, {"scanner": {"name": "grype"}}) == both
	two_scans(times, {"subject": fixtures.on_amd}) == both
}

test_newest_of_the_same_configuration if {
	older := fixtures.evidence_of(fixtures.tested)
	other := object.union(fixtures.tested, {"evidence": "sha256:other", "configuration": [{"name": "smoke", "uri": null}]})
	stated := fixtures.stating("testResults", [fixtures.tested, other])
	older.times == proven_at([next_day])
	lists_of(stated, fixtures.demanding("tests", {})).tests == {"sha256:tests", "sha256:other"}
}

test_alternatives if {
	stated := fixtures.stating("sboms", [fixtures.sbom])
	alternatives := trusted.alternatives with input as stated
		with data.assay.requirements as fixtures.demanding("sbom", {})
		with data.policy as fixtures.policy
	alternatives == {"provenance": {"sha256:1"}, "releases": set(), "sbom": {"sha256:sbom"}, "source": set(), "vsa": set()}
	none := trusted.alternatives with input as stated
		with data.assay.requirements as fixtures.demanding("sbom", {"require": "all"})
		with data.policy as fixtures.policy
	object.keys(none) == {"provenance", "releases", "source", "vsa"}
}

# Also where the document lacks lists, nothing is undefined that a rule counts.
test_lists_are_there if {
	every document in [{}, {"sboms": null, "vex": {}}] {
		trusted.sboms == [] with input as document
		trusted.vex == [] with input as document
		trusted.provenance == [] with input as document
		trusted.ids == set() with input as document
		trusted.attestations == [] with input as document
	}
}

# A rule of one's own may ask for anything that names of policy.yaml have signed.
test_by if {
	found := trusted.by(["scanner", "nobody"]) with input as scanned
		with data.assay.requirements as required
		with data.policy as fixtures.policy
	found == {"sha256:2", "sha256:4", "sha256:6"}
}

# What an SBOM says of components counts where the SBOM does, and nowhere else.
test_component_attributes if {
	record := {"evidence": "sha256:sbom", "attributes": [], "complete": true}
	stated := object.union(
		fixtures.stating("sboms", [fixtures.sbom]),
		{"componentAttributes": [record, object.union(record, {"evidence": "sha256:other"})]},
	)
	trusted.component_attributes == [record] with input as stated
		with data.assay.requirements as fixtures.demanding("sbom", {})
		with data.policy as fixtures.policy
	trusted.component_attributes == [] with input as stated
		with data.assay.requirements as fixtures.demanding("sbom", {"signers": ["release"]})
		with data.policy as fixtures.policy
	trusted.component_attributes == [] with input as {}
}
