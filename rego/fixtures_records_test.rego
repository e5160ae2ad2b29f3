# A good record of each kind, about the good image; `stating` puts them into the document.
package assay.fixtures

sbom := {
	"evidence": "sha256:sbom",
	"predicateType": "https://spdx.dev/Document",
	"subject": on_image,
	"format": "spdx",
	"version": "2.3",
	"documentId": "https://acme.example/spdx/app",
	"name": "app",
	"created": "2026-11-20T10:00:00Z",
	"authors": ["Acme"],
	"tools": [{"name": "syft", "version": "1.18.0", "vendor": null}],
	"describes": [{"name": "app", "version": "1.2.0", "purl": null, "digest": {"sha256": substring(image_digest, 7, -1)}}],
	"matchesImage": true,
	"components": [
		component("lodash", "4.17.21", "MIT"),
		component("left-pad", "1.3.0", "WTFPL OR MIT"),
	],
	"files": 10,
	"relationships": 2,
	"builtFrom": [],
	"ntia": {
		"supplier": true,
		"componentName": true,
		"componentVersion": true,
		"uniqueIdentifiers": true,
		"dependencyRelationships": true,
		"author": true,
		"timestamp": true,
	},
	"faults": [],
	"unknownFields": [],
}

component(name, version, license) := {
	"name": name,
	"version": version,
	"purl": $"pkg:npm/{name}@{version}",
	"supplier": "Acme",
	"licenseDeclared": license,
	"licenseConcluded": license,
	"externalReferences": [{"type": "distribution", "url": $"https://repo.acme.example/{name}"}],
	"downloadLocation": $"https://repo.acme.example/{name}-{version}.tgz",
}

report := {
	"evidence": "sha256:scan",
	"predicateType": scan,
	"subject": on_image,
	"format": "cosign-vuln-v1",
	"resultFormat": "trivy",
	"scanner": {
		"name": "trivy",
		"uri": "pkg:github/aquasecurity/trivy@v0.57.0",
		"version": "0.57.0",
		"database": {"uri": null, "version": "2", "lastUpdate": "2026-11-21T06:00:00Z"},
	},
	"times": {"started": "2026-11-21T09:59:00Z", "finished": "2026-11-21T10:00:00Z"},
	"complete": true,
	"findings": [finding("CVE-2026-1000", "medium")],
	"suppressed": [],
	"unknownFields": [],
}

finding(id, severity) := {
	"id": id,
	"aliases": [],
	"severity": severity,
	"severities": [{"source": "nvd", "severity": severity}],
	"cvss": [],
	"package": {"purl": "pkg:npm/lodash@4.17.21", "name": "lodash", "version": "4.17.21"},
	"fixedVersions": ["4.17.22"],
	"fixState": "fixed",
	"published": "2026-06-01T00:00:00Z",
	"vex": [],
}

vex := {
	"evidence": "sha256:vex",
	"predicateType": "https://openvex.dev/ns/v0.2.0",
	"subject": on_image,
	"format": "openvex",
	"documentId": "https://acme.example/vex/1",
	"author": "Acme Security",
	"version": "1",
	"issued": "2026-11-20T10:00:00Z",
	"lastUpdated": null,
	"complete": true,
	"statements": [{
		"vulnerability": "CVE-2026-1000",
		"aliases": [],
		"status": "not_affected",
		"justification": "vulnerable_code_not_present",
		"impact": null,
		"action": null,
		"time": "2026-11-20T10:00:00Z",
		"products": [{
			"id": "app",
			"purl": null,
			"digest": {"sha256": substring(image_digest, 7, -1)},
			"subcomponents": [],
		}],
		"aboutImage": true,
	}],
	"unknownFields": [],
}

tested := {
	"evidence": "sha256:tests",
	"predicateType": "https://in-toto.io/attestation/test-result/v0.1",
	"subject": on_image,
	"result": "PASSED",
	"url": "https://ci.acme.example/1",
	"configuration": [{"name": "integration", "uri": null, "digest": {"gitCommit": provenance.source.commit}}],
	"passedTests": ["starts", "answers"],
	"warnedTests": [],
	"failedTests": [],
	"unknownFields": [],
}

release_record := {
	"evidence": "sha256:release",
	"predicateType": "https://in-toto.io/attestation/release/v0.2",
	"subject": on_image,
	"purl": "pkg:github/acme/app@v1.2.0?x=y",
	"releaseId": null,
	"packageId": null,
	"repository": "acme/app",
	"repositoryId": "123",
	"ownerId": "7",
	"tag": "v1.2.0",
	"unknownFields": [],
}

attribute_report := {
	"evidence": "sha256:scai",
	"predicateType": "https://in-toto.io/attestation/scai/attribute-report/v0.3",
	"subject": on_image,
	"producer": {"uri": "https://ci.acme.example/runner"},
	"attributes": [
		{"attribute": "HARDENED", "target": null, "conditions": null, "evidence": null},
		{"attribute": "PINNED", "target": {"digest": {"sha256": substring(image_digest, 7, -1)}}, "conditions": null, "evidence": null},
		{"attribute": "PATCHED", "target": {"name": "lib.so"}, "conditions": null, "evidence": null},
	],
	"unknownFields": [],
}

trace := {
	"evidence": "sha256:trace",
	"predicateType": "https://in-toto.io/attestation/runtime-trace/v0.1",
	"subject": on_image,
	"monitor": {"type": "https://github.com/cilium/tetragon/v0.8.4", "configSource": null, "tracePolicy": null},
	"monitoredProcess": {"hostID": null, "type": null, "event": null},
	"log": {"process": 2, "network": 0},
	"times": {"started": null, "finished": null},
	"unknownFields": [],
}

summary := {
	"evidence": "sha256:vsa",
	"predicateType": "https://slsa.dev/verification_summary/v1",
	"subject": on_image,
	"kind": "slsa-vsa",
	"version": "1",
	"track": "build",
	"verifier": {"id": "https://verifier.acme.example", "version": {}},
	"timeVerified": "2026-11-20T10:00:00Z",
	"resourceUri": "ghcr.io/acme/app",
	"repository": null,
	"policy": {"uri": "https://policies.acme.example/1", "digest": {}},
	"inputAttestations": [],
	"result": "PASSED",
	"verifiedLevels": ["SLSA_BUILD_LEVEL_3"],
	"dependencyLevels": null,
	"slsaVersion": "1.0",
	"unknownFields": [],
}

source_summary := object.union(summary, {
	"evidence": "sha256:source",
	"subject": {"digest": null, "matches": "source", "platform": null, "commit": provenance.source.commit},
	"track": "source",
	"resourceUri": "git+https://github.com/acme/app",
	"repository": "https://github.com/acme/app",
	"verifiedLevels": ["ORG_SOURCE_REVIEW_ENFORCED", "SLSA_SOURCE_LEVEL_3"],
})
