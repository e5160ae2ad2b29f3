package assay.rules.provenance.builder_allowed

import data.assay.lib.pattern
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: Builder allowed
# description: |
#   Trusted provenance names a builder that policy.yaml approves. An approved builder without a version means any
#   release (a tag vX.Y.Z) of it; `@v2.1.0` and `@refs/tags/v2.1.0` mean the same.
# custom:
#   short_name: builder_allowed
#   solution: Build with one of provenance.builders, or add the builder to policy.yaml.
#   severity: high
#   collections: [slsa-build-l3, strict]
#   depends_on: [provenance.signer_allowed]
#   enabled_by: [provenance.builders]
#   needs: [provenance.builders]
deny contains result if {
	some provenance in trusted.provenance
	not _approved(provenance)
	message := $"Built by {provenance.builder.id}; expected {report.texts(requirements.provenance.builders)}"
	result := report.against(rego.metadata.chain(), message, provenance)
}

deny contains result if {
	count(trusted.provenance) == 0
	result := report.no_provenance(rego.metadata.chain())
}

_approved(provenance) if {
	some builder in requirements.provenance.builders
	pattern.match(builder.name, provenance.builder.name)
	_version_fits(builder.ref, provenance.builder)
}

# A tag may hold an `@` of its own, so that the id has another last `@` than the ref: then only the whole id will do.
_approved(provenance) if {
	some builder in requirements.provenance.builders
	builder.ref != null
	builder.text == provenance.builder.id
}

_version_fits(wanted, builder) if pattern.match(wanted, _full_ref(builder.ref))

_version_fits(null, builder) if _is_release(trim_prefix(builder.ref, "refs/tags/"), builder.name)

_version_fits(null, builder) if {
	builder.ref == null
	not contains(builder.name, "/.github/workflows/")
}

_full_ref(ref) := ref if startswith(ref, "refs/")

_full_ref(ref) := concat("", ["refs/tags/", ref]) if not startswith(ref, "refs/")

# slsa-verifier, IsValidBuilderTag: a full semantic version, no pre-release, no build metadata. Builders that are no
# workflow number their versions as they like.
_is_release(version, name) if {
	startswith(version, "v")
	numbers := split(substring(version, 1, -1), ".")
	_enough(numbers, name)
	every number in numbers {
		number != ""
		trim(number, "0123456789") == ""
	}
}

_enough(numbers, _) if count(numbers) == 3

_enough(_, name) if not contains(name, "/.github/workflows/")
