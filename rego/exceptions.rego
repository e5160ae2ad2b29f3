# METADATA
# title: Exceptions
# description: |
#   What exceptions.yaml excuses, and until when. An exception excuses one rule (or term, or all rules of one area) for
#   the images it names, each by itself: two never add up to more (threat A060).
package assay.exceptions

import data.assay.lib.pattern

# METADATA
# description: Exceptions that are about this image, whatever their time.
in_scope contains exception if {
	some exception in data.exceptions
	_is_or_has(object.get(exception, "digests", null), input.image.digest)
	_in_namespace(object.get(exception, "namespaces", null))
	some image in exception.images
	_is_or_any(image.digest, input.image.digest)
	pattern.match(image.pattern, concat("/", [input.image.registry, input.image.repository]))
}

# METADATA
# description: Those of them that hold at the decision's time.
current contains exception if {
	some exception in in_scope
	not later(exception.from)
	_lasts(exception)
}

# METADATA
# description: Those of them that have ended.
ended contains exception if {
	some exception in in_scope
	is_string(exception.until)
	exception.until < _now
}

# METADATA
# description: Those of them that have not begun.
pending contains exception if {
	some exception in in_scope
	later(exception.from)
}

# METADATA
# description: Exceptions that excuse the result at the decision's time.
active(result) := {exception |
	some exception in current
	exception.area == result.area
	_is_or_any(exception.name, result.name)
	_is_or_any(exception.term, result.term)
}

# METADATA
# description: The moment is after the decision's time. `null` is no moment.
later(moment) if moment > _now

# METADATA
# description: A current exception ends within so many days; one without end never does.
ends_within(exception, days) if {
	is_string(exception.until)
	left := time.parse_rfc3339_ns(exception.until) - time.parse_rfc3339_ns(_now)
	left <= ((days * 86400) * 1000) * 1000000
}

# METADATA
# description: The exception as the decision shows it.
document(exception) := object.filter(exception, ["rule", "owner", "reason", "reference", "until"])

# Times are compiled to `2026-11-22T10:00:00Z`, which sorts as text; parts of a second are cut off. A time in another
# shape excuses nothing.
_now := concat("", [substring(input.time, 0, 19), "Z"]) if {
	endswith(input.time, "Z")
	count(input.time) >= 20
}

_lasts(exception) if {
	is_string(exception.until)
	exception.until >= _now
}

# Without a time of the decision nothing is excused, not even without end.
_lasts(exception) if {
	exception.until == null
	is_string(exception.unbounded)
	is_string(_now)
}

_in_namespace(null)

_in_namespace(patterns) if pattern.any_match(patterns, input.request.namespace)

_is_or_any(null, _)

_is_or_any(wanted, found) if wanted == found

_is_or_has(null, _)

_is_or_has(wanted, found) if found in wanted
