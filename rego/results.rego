# METADATA
# title: Results of all rules
# description: |
#   Every result of every rule that policy.yaml applies to this image, and where each of them belongs: a violation, a
#   warning, or an exception. Rules of the standard library and of the organization's own are treated alike.
package assay.results

import data.assay.exceptions
import data.assay.lib.coverage
import data.assay.requirements
import data.assay.trusted

# METADATA
# description: What denies the image, before `depends_on` shortens the list for people.
violations := {_document(result) | some result in _standing} | _without_rules

# METADATA
# description: What people read, the violations without those that only follow from another.
reported := {violation |
	some violation in violations
	not _follows(violation)
}

# METADATA
# description: What a person should know and what denies nothing.
warnings := ((_warned | _not_yet) | _outvoted) | _expired

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
	_known(rule)
	not rule.code in _spoken
}

_spoken := {result.code | some result in _standing} | _spoken_softly

_spoken_softly contains warning.code if some warning in (_warned | _not_yet)

_spoken_softly contains entry.result.code if some entry in excepted

# What rules answer, given the code and the shape that the decision promises, whatever a rule of one's own has written.
_denied := {result |
	some rule in requirements.rules
	some raw in data.assay.rules[rule.area][rule.name].deny
	result := _shaped(rule, raw)
	not _excluded(result)
}

_warned := {_document(result) |
	some rule in requirements.rules
	some raw in data.assay.rules[rule.area][rule.name].warn
	result := _shaped(rule, raw)
	not _excluded(result)
}

_effective := {result |
	some result in _denied
	not exceptions.later(result.effectiveOn)
}

_not_yet := {_document(result) |
	some result in _denied
	exceptions.later(result.effectiveOn)
}

_unexcused := {result |
	some result in _effective
	count(exceptions.active(result)) == 0
}

# One provenance that satisfies every rule is enough. Results against others stand only where no such one covers the
# image (threats T130, T131; invariant I4).
_standing := {result |
	some result in _unexcused
	_counts(result)
}

_outvoted := {_document(result) |
	some result in _unexcused
	not _counts(result)
}

_counts(_) if not _satisfied

_counts(result) if not result.alternative in _alternatives

_alternatives := {provenance.evidence | some provenance in trusted.provenance}

_satisfied if {
	spoken_against := {result.alternative | some result in _unexcused}
	coverage.whole(coverage.subjects_of(_alternatives - spoken_against))
}

_expired := {warning |
	some result in _standing
	some exception in exceptions.expired(result)
	message := $"The exception of {exception.owner} ended at {exception.until} and is ignored"
	warning := {
		"code": "exceptions.expired",
		"message": message,
		"solution": "Meet the rule, or have the exception renewed.",
		"evidence": result.evidence,
		"severity": "low",
		"term": result.code,
	}
}

_follows(violation) if {
	some rule in requirements.rules
	rule.code == violation.code
	some code in rule.dependsOn
	some other in violations
	other.code == code
}

_excluded(result) if {
	some excluded in requirements.excludeTerms
	excluded.code == result.code
	excluded.term == result.term
}

_shaped(rule, raw) := {
	"code": rule.code,
	"area": rule.area,
	"name": rule.name,
	"effectiveOn": rule.effectiveOn,
	"message": _text(object.get(_object(raw), "message", raw)),
	"solution": _text_or_null(object.get(_object(raw), "solution", null)),
	"evidence": [id | some id in object.get(_object(raw), "evidence", []); is_string(id)],
	"severity": _severity(object.get(_object(raw), "severity", null)),
	"term": _text_or_null(object.get(_object(raw), "term", null)),
	"alternative": _text_or_null(object.get(_object(raw), "alternative", null)),
}

_document(result) := object.filter(result, ["code", "message", "solution", "evidence", "severity", "term"])

_object(value) := value if is_object(value)

_object(value) := {} if not is_object(value)

_text(value) := strings.replace_n(_line_breaks, value) if is_string(value)

_text(value) := json.marshal(value) if not is_string(value)

# A message may quote what an attacker has written, and stays one line.
_line_breaks := {"\n": " ", "\r": " ", "\t": " ", "\u001b": " ", "\u2028": " ", "\u2029": " "}

_text_or_null(value) := value if is_string(value)

_text_or_null(value) := null if not is_string(value)

_severity(value) := value if value in {"low", "medium", "high", "critical"}

_severity(value) := null if not value in {"low", "medium", "high", "critical"}

# A rule that policy.yaml names and that the bundle lacks, or whose `deny` and `warn` are no sets, would silently pass.
_known(rule) if is_set(data.assay.rules[rule.area][rule.name].deny)

_known(rule) if {
	is_set(data.assay.rules[rule.area][rule.name].warn)
	not _denies(rule)
}

_denies(rule) if _ = data.assay.rules[rule.area][rule.name].deny

_without_rules contains _refusal("policy.image_matched", message, solution) if {
	not requirements
	message := $"No set of images in policy.yaml matches {input.image.registry}/{input.image.repository}"
	solution := "Add the image to a set of images in policy.yaml."
}

_without_rules contains _refusal("policy.rules_applied", message, solution) if {
	requirements
	not _some_rule(requirements)
	message := "policy.yaml applies no rule to this image, so nothing was evaluated"
	solution := "Choose collections for the image's set in policy.yaml."
}

_without_rules contains _refusal("policy.rule_missing", message, solution) if {
	some rule in requirements.rules
	not _known(rule)
	message := $"The rule {rule.code} is not in the policy bundle, or neither its deny nor its warn is a set"
	solution := "Build the policy bundle again with `assay policy build`."
}

_without_rules contains _refusal("policy.input_supported", message, solution) if {
	not _supported(input)
	message := $"The input document has schema version {input.schemaVersion}; this policy reads version 1"
	solution := "Use versions of assay and of the policy bundle that fit each other."
}

_some_rule(set_of_images) if count(set_of_images.rules) > 0

_supported(document) if document.schemaVersion == "1"

_refusal(code, message, solution) := {
	"code": code,
	"message": message,
	"solution": solution,
	"evidence": [],
	"severity": "high",
	"term": null,
}
