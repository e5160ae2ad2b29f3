package assay.rules.tests.no_warned

import data.assay.lib.report
import data.assay.lib.task_tests
import data.assay.trusted

# METADATA
# scope: document
# title: No warned tests in the build
# description: |
#   No task of trusted provenance's build says of its tests (Konflux's result TEST_OUTPUT) that they warned, and some task
#   says what its tests found. A result in another word, or none, may be anything; how many there were need not be
#   stated beside it. The term is the task's definition.
# custom:
#   short_name: no_warned
#   solution: Build again with the task's tests in order; or except the task by exceptions.yaml.
#   severity: high
#   collections: []
#   depends_on: [provenance.signer_allowed]
#   enabled_by: [build.tests.noWarned]
#   needs: [provenance.signers]
#   optional: ["/provenance/*/tasks/*/tests/warned"]
deny contains result if {
	some provenance in trusted.provenance
	some task in task_tests.of(provenance)
	not _is_free(task.tests)
	message := $"Tests of the task {task_tests.name(task)} say {task_tests.words(task.tests)}; expected none that warned"
	violation := report.against(rego.metadata.chain(), message, provenance)
	result := report.with_term(violation, task_tests.name(task))
}

deny contains result if {
	some provenance in trusted.provenance
	count(task_tests.of(provenance)) == 0
	result := report.against(rego.metadata.chain(), task_tests.nothing, provenance)
}

deny contains result if {
	count(trusted.provenance) == 0
	result := report.no_provenance(rego.metadata.chain())
}

_is_free(tests) if {
	tests.result in {"PASSED", "SKIPPED"}
	not _counts_any(tests)
}

# What is worse goes before a warning where several results are told as one.
_is_free(tests) if {
	tests.result in {"FAILED", "ERRORED"}
	tests.warned == 0
}

_counts_any(tests) if tests.warned > 0
