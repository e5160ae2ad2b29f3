# METADATA
# title: What could not be read
# description: Members of a statement that the record leaves out because they are something else than they should be.
package assay.lib.unread

# METADATA
# scope: document
# description: |
#   Something in this member of the statement is not in the record. Only so many unknown fields are listed, in their order as
#   text; where the list is full, this may be among those that it leaves out.
member(record, name) if {
	some field in record.unknownFields
	startswith(field, concat("", ["/", name]))
}

member(record, _) if count(record.unknownFields) >= 100
