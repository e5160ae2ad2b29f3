package assay.rules.sbom.attributes_disallowed

import data.assay.lib.pattern
import data.assay.lib.report
import data.assay.requirements
import data.assay.trusted

# METADATA
# scope: document
# title: No disallowed attribute
# description: |
#   No component of a trusted SBOM has an attribute (a CycloneDX property, or an annotation of an SPDX package that holds JSON with
#   a name and a value) of `sbom.attributes.deny`. An attribute without value is meant by an entry with any. Where the attributes
#   of an SBOM are not all known, it may have any. The term is the entry's name.
# custom:
#   short_name: attributes_disallowed
#   solution: Remove the component, or what its attribute tells of.
#   severity: high
#   collections: []
#   depends_on: [sbom.present]
#   enabled_by: [sbom.attributes.deny]
#   needs: [sbom.attributes.deny]
deny contains result if {
	some sbom in trusted.sboms
	some entry in requirements.sbom.attributes.deny
	holders := {pair[0] | some pair in _stated[sbom.evidence]; pair[1] == entry.name; _is_meant(entry, pair[2])}
	count(holders) > 0
	message := $"{report.words(holders)} has the attribute {_words(entry)}; expected no component with it"
	result := report.with_term(report.against_record(rego.metadata.chain(), message, "sbom", sbom), entry.name)
}

deny contains result if {
	some sbom in trusted.sboms
	not sbom.evidence in _known
	message := "The attributes of the SBOM's components are not all known; expected a document whose attributes can be read"
	result := report.against_record(rego.metadata.chain(), message, "sbom", sbom)
}

deny contains result if {
	count(trusted.sboms) == 0
	result := report.no_record(rego.metadata.chain(), "sbom")
}

deny contains result if {
	not _some_wanted(requirements)
	message := "policy.yaml denies no attribute, so none can be found"
	result := report.violation(rego.metadata.chain(), message, [])
}

_some_wanted(configured) if count(configured.sbom.attributes.deny) > 0

_known contains record.evidence if {
	some record in trusted.component_attributes
	is_array(record.attributes)
	record.complete == true
}

# By evidence, component, name and value of those attributes that have the name of some entry.
_stated[id] := [[attribute.component, attribute.name, object.get(attribute, "value", null)] |
	some record in trusted.component_attributes
	record.evidence == id
	some attribute in record.attributes
	attribute.name in _names
] if {
	some id in {sbom.evidence | some sbom in trusted.sboms}
}

_names := {entry.name | some entry in requirements.sbom.attributes.deny}

_words(entry) := $"{entry.name} {entry.value.text}" if entry.value

_words(entry) := entry.name if not entry.value

_is_meant(entry, _) if not entry.value

_is_meant(entry, value) if {
	entry.value
	value == null
}

_is_meant(entry, value) if pattern.match(entry.value, value)

# What other readers may fold to it.
_is_meant(entry, value) if {
	not entry.value.exact
	pattern.suspicious(value)
}
