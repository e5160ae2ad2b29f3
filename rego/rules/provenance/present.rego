package assay.rules.provenance.present

import data.assay.lib.report

# METADATA
# title: Provenance present
# description: There is SLSA provenance about this image whose signature is verified.
# custom:
#   short_name: present
#   solution: Build the image where SLSA provenance is attested and signed, and push the attestation beside the image.
#   severity: high
#   collections: [slsa-build-l1, slsa-build-l2, slsa-build-l3, github, strict]
#   enabled_by: [provenance]
#   needs: [provenance.signers]
deny contains result if {
	not _stated(input)
	result := report.violation(rego.metadata.chain(), _message, [])
}

_stated(document) if count(document.provenance) > 0

default _message := "Found no provenance about this image; expected SLSA provenance with a verified signature"

_message := $"Found provenance that does not count: {concat(", ", why)}; expected a verified signature about this image" if {
	why := {evidence.reason.code |
		some evidence in input.evidence
		startswith(evidence.predicateType, "https://slsa.dev/provenance/")
		evidence.status != "verified"
	}
	count(why) > 0
}
