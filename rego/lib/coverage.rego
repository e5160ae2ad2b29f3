# METADATA
# title: Coverage
# description: |
#   Which subjects speak of the whole image: one of them is the image's own digest, or each platform has one of its own.
#   The two are never mixed silently (threat T016).
package assay.lib.coverage

# METADATA
# description: The subjects cover the image.
whole(subjects) if {
	some subject in subjects
	subject.matches == "image"
	subject.digest == input.image.digest
}

whole(subjects) if {
	count(input.image.platforms) > 0
	digests := {subject.digest |
		some subject in subjects
		subject.matches == "platform"
	}
	every platform in input.image.platforms {
		platform.digest in digests
	}
}

# METADATA
# description: The subjects of evidence, by its ids.
subjects_of(ids) := [evidence.subject |
	some evidence in input.evidence
	evidence.status == "verified"
	evidence.id in ids
]
