# METADATA
# title: Tests of tasks
# description: What the tasks of a build say that their tests found (`tests` of each task).
package assay.lib.task_tests

# METADATA
# description: The tasks of a provenance that say something of tests.
of(provenance) := [task |
	some task in object.get(provenance, "tasks", [])
	is_object(task.tests)
]

# METADATA
# description: For messages, what is wrong with a build none of whose tasks says anything of tests.
nothing := "No task of the build says what its tests found; expected the result TEST_OUTPUT of some"

# METADATA
# description: What a task is called, by its definition where that is stated; what a pipeline calls it counts for less.
name(task) := found[0] if {
	found := [text |
		some field in ["reference", "name"]
		text := task[field]
		is_string(text)
	]
	count(found) > 0
} else := "without name"

# METADATA
# description: For messages, a task's tests.
words(tests) := $"{tests.result} with {tests.failed} failed and {tests.warned} warned"
