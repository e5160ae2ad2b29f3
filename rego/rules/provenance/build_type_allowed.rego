package assay.rules.provenance.build_type_allowed

import data.assay.lib.pattern
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Build type allowed
# description: Trusted provenance states a build type that policy.yaml approves.
# custom:
#   short_name: build_type_allowed
#   solution: Build with one of provenance.buildTypes, or add the build type to policy.yaml.
#   severity: high
#   collections: [strict]
#   depends_on: [provenance.signer_allowed]
#   enabled_by: [provenance.buildTypes]
#   needs: [provenance.buildTypes]
deny contains result if {
	some provenance in trusted.provenance
	not _approved(provenance)
	message := $"Build type is {provenance.buildType}; expected {report.texts(requirements.provenance.buildTypes)}"
	result := report.against(rego.metadata.chain(), message, provenance)
}

deny contains result if {
	count(trusted.provenance) == 0
	result := report.no_provenance(rego.metadata.chain())
}

_approved(provenance) if pattern.any_match(requirements.provenance.buildTypes, provenance.buildType)
