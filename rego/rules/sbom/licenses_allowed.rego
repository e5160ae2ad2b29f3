package assay.rules.sbom.licenses_allowed

import data.assay.lib.components
import data.assay.lib.report
import data.assay.lib.spdx
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Licences allowed
# description: |
#   Whatever licence a component of a trusted SBOM states, declared or concluded, can be met with those of
#   `sbom.licenses.allow` alone (SPDX specification, annex "SPDX license expressions"): of `A OR B` one suffices, `A AND B` needs
#   both, `A WITH exception` is met by `A` or by the whole. What is no expression is met by nothing. Components without a
#   licence are for sbom.licenses_unknown. The term is the expression.
# custom:
#   short_name: licenses_allowed
#   solution: Replace the component, or add its licence to sbom.licenses.allow.
#   severity: medium
#   collections: []
#   depends_on: [sbom.present]
#   enabled_by: [sbom.licenses.allow]
#   needs: [sbom.licenses.allow]
#   optional: ["/sboms/*/components/*/licenseConcluded", "/sboms/*/components/*/licenseDeclared"]
deny contains result if {
	some sbom in trusted.sboms
	bad := {license |
		some license in components.expressions[sbom.evidence]
		not _is_met(license)
	}
	count(bad) > 0
	some expression, names in components.users(sbom, bad)
	message := $"Licence {expression} of {report.words(names)}; expected one that {_wanted} can meet"
	result := report.with_term(report.against_record(rego.metadata.chain(), message, "sbom", sbom), expression)
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
	message := "policy.yaml allows no licence, so none can be met"
	result := report.violation(rego.metadata.chain(), message, [])
}

_is_met(expression) if spdx.satisfiable(expression, requirements.sbom.licenses.allow)

_wanted := report.texts(requirements.sbom.licenses.allow)

_some_wanted(configured) if count(configured.sbom.licenses.allow) > 0
