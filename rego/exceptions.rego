# METADATA
# title: Exceptions
# description: |
#   What exceptions.yaml excuses, and until when. An exception excuses one rule (or term, or all rules of one area) for
#   the images it names, each by itself: two never add up to more (threat A060).
package assay.exceptions

import data.assay.lib.pattern

# METADATA
# description: Exceptions that excuse the result at the decision's time.
active(result) := {exception |
	some exception in data.exceptions
	_speaks_of(exception, result)
	not later(exception.from)
	exception.until >= _now
}

# METADATA
# description: Exceptions that would excuse the result if they had not ended.
expired(result) := {exception |
	some exception in data.exceptions
	_speaks_of(exception, result)
	exception.until < _now
}

# METADATA
# description: The moment is after the decision's time. `null` is no moment.
later(moment) if moment > _now

# METADATA
# description: The exception as the decision shows it.
document(exception) := object.filter(exception, ["rule", "owner", "reason", "reference", "until"])

# Times are compiled to `2026-11-22T10:00:00Z`, which sorts as text; parts of a second are cut off. A time in another
# shape excuses nothing.
_now := concat("", [substring(input.time, 0, 19), "Z"]) if {
	endswith(input.time, "Z")
	count(input.time) >= 20
}

_speaks_of(exception, result) if {
	exception.area == result.area
	_is_or_any(exception.name, result.name)
	_is_or_any(exception.term, result.term)
	some image in exception.images
	pattern.match(image.pattern, concat("/", [input.image.registry, input.image.repository]))
	_is_or_any(image.digest, input.image.digest)
}

_is_or_any(null, _)

_is_or_any(wanted, found) if wanted == found
