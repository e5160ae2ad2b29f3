package assay.rules.build.no_forbidden_parameters

import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: No forbidden parameters
# description: |
#   Trusted provenance's build and its tasks were given none of the parameters that policy.yaml forbids, such as those
#   that grant privileges. One that is there and empty grants nothing. Where the producer says that it leaves parameters
#   out, nobody knows.
# custom:
#   short_name: no_forbidden_parameters
#   solution: Build without these parameters, or drop them from build.forbiddenParameters.
#   severity: high
#   collections: []
#   depends_on: [provenance.signer_allowed]
#   enabled_by: [build.forbiddenParameters]
#   needs: [build.forbiddenParameters]
#   optional: ["/provenance/*/flags/completeness/parameters"]
deny contains result if {
	some provenance in trusted.provenance
	not _free(provenance)
	message := $"Parameters {_found(provenance)}; expected none of {report.words(_forbidden)}"
	result := report.against(rego.metadata.chain(), message, provenance)
}

deny contains result if {
	count(_forbidden) == 0
	message := "policy.yaml forbids no parameter, so none can be found"
	result := report.violation(rego.metadata.chain(), message, [])
}

deny contains result if {
	count(trusted.provenance) == 0
	result := report.no_provenance(rego.metadata.chain())
}

_free(provenance) if {
	is_object(provenance.parameters)
	is_array(provenance.tasks)
	not _has_bare_task(provenance)
	not _leaves_out(provenance)
	count(_given(provenance) & _forbidden) == 0
}

_has_bare_task(provenance) if {
	some task in provenance.tasks
	not _has_parameters(task)
}

_has_parameters(task) if is_object(task.parameters)

_leaves_out(provenance) if provenance.flags.completeness.parameters == false

_given(provenance) := {name |
	some parameters in array.concat([provenance.parameters], [task.parameters | some task in provenance.tasks])
	some name, value in parameters
	not _grants_nothing(value, provenance)
}

# Blank values of a producer that records only names say nothing.
_grants_nothing(value, provenance) if {
	provenance.parametersNamesOnly == false
	value in {"", [], {}, null}
}

default _found(_) := "that are not all stated"

_found(provenance) := report.words(found) if {
	found := _given(provenance) & _forbidden
	count(found) > 0
}

_forbidden := {name | some name in requirements.build.forbiddenParameters}
