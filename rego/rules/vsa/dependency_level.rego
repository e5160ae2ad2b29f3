package assay.rules.vsa.dependency_level

import data.assay.lib.report
import data.assay.lib.unread
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Level of dependencies
# description: |
#   Every trusted verification summary counts the dependencies by their levels, and none below `vsa.dependencyLevel` (SLSA VSA,
#   `dependencyLevels`). An empty count says that there is no dependency; none at all says nothing, and denies. A dependency that
#   is counted in another track and in none of the build track, or under a word that is no level, has not reached it.
# custom:
#   short_name: dependency_level
#   solution: Update the dependencies that fall short, or have them verified; the summary must count all of them.
#   severity: medium
#   collections: []
#   depends_on: [vsa.present]
#   enabled_by: [vsa.dependencyLevel]
#   needs: [vsa.dependencyLevel]
deny contains result if {
	some summary in trusted.verification_summaries
	not _reached(summary)
	expected := $"none below SLSA_BUILD_LEVEL_{requirements.vsa.dependencyLevel}"
	message := $"Dependencies are counted as [{_words(summary)}]; expected {expected}"
	result := report.against_record(rego.metadata.chain(), message, "vsa", summary)
}

deny contains result if {
	count(trusted.verification_summaries) == 0
	result := report.no_record(rego.metadata.chain(), "vsa")
}

_reached(summary) if {
	is_object(summary.dependencyLevels)
	every number in summary.dependencyLevels {
		is_number(number)
	}
	not _is_unread(summary)
	not _falls_short(summary)
	not _counts_more_elsewhere(summary)
}

_falls_short(summary) if {
	some level, number in summary.dependencyLevels
	number != 0
	not level in _enough
	not _track(level) in {"SLSA_SOURCE"}
}

# Each dependency counts once in a track: more of them in another track are some that the build track leaves out.
_counts_more_elsewhere(summary) if _total(summary, "SLSA_SOURCE") > _total(summary, "SLSA_BUILD")

_total(summary, track) := sum([number |
	some level, number in summary.dependencyLevels
	_track(level) == track
])

_track(level) := split(level, "_LEVEL_")[0]

_enough := {concat("", ["SLSA_BUILD_LEVEL_", format_int(level, 10)]) |
	some level in numbers.range(requirements.vsa.dependencyLevel, 4)
}

# A count that is no number is left out of the document, and only this tells of it.
_is_unread(summary) if {
	some name in ["dependencyLevels", "dependency_levels"]
	unread.member(summary, name)
}

_words(summary) := report.words({$"{level}: {number}" | some level, number in summary.dependencyLevels})
