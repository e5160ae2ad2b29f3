# METADATA
# title: Results of all rules
# description: |
#   Every result of every rule that policy.yaml applies to this image, and where each of them belongs: a violation, a
#   warning, an exception, or not evaluated. Rules of the standard library and of the organization's own are treated
#   alike.
package assay.results

import data.assay.answers
import data.assay.exceptions
import data.assay.lib.coverage
import data.assay.requirements
import data.assay.trusted

# METADATA
# description: |
#   Whether violations deny: `enforce`, unless the set of images says `warn` or `audit`.
default mode := "enforce"

mode := requirements.mode if requirements.mode in {"warn", "audit"}

# METADATA
# description: |
#   What denies the image, before `depends_on` shortens the list for people. What is wrong with the policy itself denies
#   in every mode.
violations := _enforced | _without_rules

# METADATA
# description: What people read, the violations without those that only follow from another.
reported := {violation |
	some violation in violations
	not _follows(violation)
}

# METADATA
# description: What a person should know and what denies nothing.
warnings := union({_warned, _not_yet, _outvoted, _tolerated, _about_exceptions, _without_demands})

# METADATA
# description: Exceptions that took effect, each with the result that it excused.
excepted := {object.union(exceptions.document(exception), {"result": _document(result)}) |
	some result in _effective
	some exception in exceptions.active(result)
}

# METADATA
# description: Codes of the rules that were evaluated and had nothing to say.
passed := {rule.code |
	some rule in requirements.rules
	answers.known(rule)
	not rule.code in _spoken
	not answers.skips(rule)
}

# METADATA
# description: Rules that apply and could not be evaluated, each with the reason. What a set itself demands denies then.
not_evaluated := {object.filter(result, ["code", "message"]) | some result in answers.skipped}

_warned := {_document(result) | some result in answers.warned}

_found := {_document(result) | some result in _standing}

_enforced := {result |
	mode == "enforce"
	some result in _found
}

_tolerated := {result |
	mode != "enforce"
	some result in _found
	not _follows(result)
}

_spoken := {code |
	some results in [_found, _warned, _not_yet, {entry.result | some entry in excepted}]
	some result in results
	code := result.code
}

_effective := {result |
	some result in answers.denied
	not exceptions.later(result.effectiveOn)
}

_not_yet := {_document(result) |
	some result in answers.denied
	exceptions.later(result.effectiveOn)
}

_unexcused := {result |
	some result in _effective
	count(exceptions.active(result)) == 0
}

# Where policy.yaml asks for any one record of a section, one that satisfies every rule is enough. Results against
# others stand only where no such one covers the image (threats T130, T131; invariant I4).
_standing := {result |
	some result in _unexcused
	_counts(result)
}

_outvoted := {_document(result) |
	some result in _unexcused
	not _counts(result)
}

_counts(result) if not result.section in _satisfied

_counts(result) if not result.alternative in trusted.alternatives[result.section]

_satisfied contains section if {
	some section, ids in trusted.alternatives
	spoken_against := {result.alternative |
		some result in _unexcused
		result.section == section
	}
	_cover(section, ids - spoken_against)
}

# A summary about the source is about a commit, and no platform of the image.
_cover("source", ids) if count(ids) > 0

_cover(section, ids) if {
	section != "source"
	coverage.whole(coverage.subjects_of(ids))
}

_about_exceptions contains _note("expired", exception, message, "Meet the rule, or have the exception renewed.") if {
	some exception in exceptions.ended
	message := $"The exception of {exception.owner} from {exception.rule} ended at {exception.until} and is ignored"
}

_about_exceptions contains _note("pending", exception, message, "None is needed; meet the rule until then.") if {
	some exception in exceptions.pending
	message := $"The exception of {exception.owner} from {exception.rule} begins at {exception.from} and excuses nothing yet"
}

_about_exceptions contains _note("ending_soon", exception, message, "Meet the rule, or have the exception renewed.") if {
	some exception in _used
	exceptions.ends_within(exception, 14)
	message := $"The exception of {exception.owner} from {exception.rule} ends at {exception.until}"
}

_about_exceptions contains _note("unbounded", exception, message, "Give the exception an end.") if {
	some exception in _used
	exception.until == null
	message := $"The exception of {exception.owner} from {exception.rule} has no end: {exception.unbounded}"
}

_about_exceptions contains _note("unused", exception, message, "Remove the exception from exceptions.yaml.") if {
	some exception in exceptions.current
	not exception in _used
	message := $"The exception of {exception.owner} from {exception.rule} excuses nothing of this image"
}

_used contains exception if {
	some result in _effective
	some exception in exceptions.active(result)
}

_note(name, exception, message, solution) := {
	"code": concat(".", ["exceptions", name]),
	"message": strings.replace_n({"\n": " ", "\r": " "}, message),
	"solution": solution,
	"evidence": [],
	"severity": "low",
	"term": exception.rule,
}

_follows(violation) if {
	some rule in requirements.rules
	rule.code == violation.code
	some code in rule.dependsOn
	some other in _found
	other.code == code
}

_document(result) := object.filter(result, ["code", "message", "solution", "evidence", "severity", "term"])

_without_rules contains _refusal("policy.image_matched", message, solution) if {
	not requirements
	message := $"No set of images in policy.yaml matches {input.image.registry}/{input.image.repository}"
	solution := "Add the image to a set of images in policy.yaml."
}

_without_rules contains _refusal("policy.rules_applied", message, solution) if {
	requirements
	not _some_rule_evaluated
	not requirements.allowAll
	message := "policy.yaml applies no rule to this image that could be evaluated, so nothing was"
	solution := "Choose collections for the image's set in policy.yaml."
}

_without_rules contains _refusal("policy.rule_missing", message, solution) if {
	some rule in requirements.rules
	not answers.known(rule)
	message := $"The rule {rule.code} is not in the policy bundle, or one of its deny, warn and skipped is no set"
	solution := "Build the policy bundle again with `assay policy build`."
}

_without_rules contains _refusal("policy.input_supported", message, solution) if {
	not _supported(input)
	message := $"The input document has schema version {input.schemaVersion}; this policy reads version 1"
	solution := "Use versions of assay and of the policy bundle that fit each other."
}

_some_rule_evaluated if {
	some rule in requirements.rules
	not rule.code in _skipped_codes
}

_some_rule_evaluated if count(answers.denied) > 0

# Codes, for a set of objects costs a hash of each of them whenever it is walked through.
_skipped_codes contains result.code if some result in answers.skipped

_without_demands contains object.union(refusal, {"severity": "low"}) if {
	refusal := _refusal("policy.allow_all", requirements.allowAll, "Ask for signed evidence in policy.yaml.")
}

_supported(document) if document.schemaVersion == "1"

_refusal(code, message, solution) := {
	"code": code,
	"message": message,
	"solution": solution,
	"evidence": [],
	"severity": "high",
	"term": null,
}
