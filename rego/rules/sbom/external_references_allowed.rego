package assay.rules.sbom.external_references_allowed

import data.assay.lib.components
import data.assay.lib.references
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: External references allowed
# description: |
#   Every external reference of a component of a trusted SBOM is one of `sbom.externalReferences.allow`, by its address and,
#   where the entry has one, its type. A component need have none.
# custom:
#   short_name: external_references_allowed
#   solution: Remove the reference, or add it to sbom.externalReferences.allow.
#   severity: medium
#   collections: []
#   depends_on: [sbom.present]
#   enabled_by: [sbom.externalReferences.allow]
#   needs: [sbom.externalReferences.allow]
#   optional: ["/sboms/*/components/*/externalReferences"]
deny contains result if {
	some sbom in trusted.sboms
	unknown := references.unknown(requirements.sbom.externalReferences.allow, references.of(sbom))
	count(unknown) > 0
	message := $"References {report.words(references.shown(unknown))}; expected no other than {_wanted}"
	result := report.against_record(rego.metadata.chain(), message, "sbom", sbom)
}

deny contains result if {
	some sbom in trusted.sboms
	not components.listed(sbom)
	result := report.against_record(rego.metadata.chain(), components.nothing, "sbom", sbom)
}

deny contains result if {
	count(trusted.sboms) == 0
	result := report.no_record(rego.metadata.chain(), "sbom")
}

deny contains result if {
	not _some_wanted(requirements)
	message := "policy.yaml allows no reference, so none can be found"
	result := report.violation(rego.metadata.chain(), message, [])
}

_wanted := concat(", ", [references.words(entry) | some entry in requirements.sbom.externalReferences.allow])

_some_wanted(configured) if count(configured.sbom.externalReferences.allow) > 0
