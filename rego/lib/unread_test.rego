package assay.lib.unread_test

import data.assay.lib.unread

test_member if {
	every field in ["/failedTests", "/failedTests/0"] {
		unread.member({"unknownFields": ["/a", field]}, "failedTests")
	}
}

test_other_member if {
	every fields in [[], ["/other/failedTests"], ["failedTests"], null] {
		not unread.member({"unknownFields": fields}, "failedTests")
	}
	not unread.member({}, "failedTests")
}

test_full if {
	full := [$"/a/{i}" | some i in numbers.range(1, 100)]
	unread.member({"unknownFields": full}, "failedTests")
	not unread.member({"unknownFields": array.slice(full, 0, 99)}, "failedTests")
}
