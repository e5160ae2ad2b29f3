# Twenty-two rules as policies of this field have them, for measuring only.
package assay

decision := {
	"allow": count(violations) == 0,
	"violations": sort(violations),
	"warnings": [],
	"exceptions": [],
	"passed": [],
}

report(code, message) := {"code": code, "message": message, "evidence": [], "severity": "high"}

builder_approved(provenance) if {
	some pattern in data.policy.builders
	glob.match(pattern, ["/"], provenance.builder)
}

repository_approved(provenance) if {
	some prefix in data.policy.repositories
	startswith(provenance.repository, prefix)
}

excepted(id) if {
	some exception in data.policy.exceptions
	exception.id == id
	time.parse_rfc3339_ns(exception.until) > time.parse_rfc3339_ns(input.time)
}

violations contains report("provenance.present", "no provenance") if count(input.provenance) == 0

violations contains report("provenance.builder", sprintf("built by %s", [provenance.builder])) if {
	some provenance in input.provenance
	not builder_approved(provenance)
}

violations contains report("provenance.repository", sprintf("built from %s", [provenance.repository])) if {
	some provenance in input.provenance
	not repository_approved(provenance)
}

violations contains report("provenance.ref", sprintf("built from %s", [provenance.ref])) if {
	some provenance in input.provenance
	not startswith(provenance.ref, "refs/tags/")
}

violations contains report("provenance.build_type", provenance.buildType) if {
	some provenance in input.provenance
	not provenance.buildType in data.policy.buildTypes
}

violations contains report("provenance.material", material.uri) if {
	some provenance in input.provenance
	some material in provenance.materials
	not startswith(material.uri, "git+https://")
	not startswith(material.uri, "pkg:")
}

violations contains report("provenance.commit", provenance.commit) if {
	some provenance in input.provenance
	not regex.match(`^[0-9a-f]{40}$`, provenance.commit)
}

violations contains report("evidence.failed", sprintf("%s: %s", [entry.id, entry.reason])) if {
	some entry in input.evidence
	entry.status == "failed"
}

violations contains report("evidence.issuer", signer.issuer) if {
	some entry in input.evidence
	some signer in entry.signers
	not signer.issuer in data.policy.issuers
}

violations contains report("evidence.count", "too little evidence") if count(input.evidence) < 2

violations contains report("evidence.time", entry.id) if {
	some entry in input.evidence
	time.parse_rfc3339_ns(entry.time) > time.parse_rfc3339_ns(input.time)
}

violations contains report("sbom.present", "no SBOM") if count(input.sboms) == 0

violations contains report("sbom.packages", "an empty SBOM") if {
	some sbom in input.sboms
	count(sbom.packages) == 0
}

violations contains report("sbom.forbidden", sprintf("%s %s", [part.name, part.version])) if {
	some sbom in input.sboms
	some part in sbom.packages
	part.name in data.policy.forbidden
}

violations contains report("sbom.licence", sprintf("%s has %s", [part.name, part.licence])) if {
	some sbom in input.sboms
	some part in sbom.packages
	part.licence in data.policy.licences.denied
}

violations contains report("sbom.supplier", part.name) if {
	some sbom in input.sboms
	some part in sbom.packages
	not part.supplier
}

violations contains report("vulnerabilities.critical", vulnerability.id) if {
	some scan in input.scans
	some vulnerability in scan.vulnerabilities
	vulnerability.severity == "critical"
	not excepted(vulnerability.id)
}

violations contains report("vulnerabilities.fixable", vulnerability.id) if {
	some scan in input.scans
	some vulnerability in scan.vulnerabilities
	vulnerability.severity == "high"
	vulnerability.fixed != ""
	not excepted(vulnerability.id)
}

violations contains report("vulnerabilities.age", "the scan is too old") if {
	some scan in input.scans
	time.parse_rfc3339_ns(input.time) - time.parse_rfc3339_ns(scan.time) > time.parse_duration_ns("7d")
}

violations contains report("image.registry", input.image.registry) if not input.image.registry in data.policy.registries

violations contains report("image.user", "runs as root") if input.image.user == "root"

violations contains report("image.labels", label) if {
	some label in data.policy.labels
	not input.image.labels[label]
}
