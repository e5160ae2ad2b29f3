package assay.lib.coverage_test

import data.assay.fixtures
import data.assay.lib.coverage

test_image if coverage.whole([fixtures.on_image]) with input as fixtures.document

test_every_platform if coverage.whole([fixtures.on_amd, fixtures.on_arm]) with input as fixtures.document

test_one_platform_is_not_the_image if not coverage.whole([fixtures.on_amd]) with input as fixtures.document

test_nothing if not coverage.whole([]) with input as fixtures.document

test_no_platforms if {
	single := json.patch(fixtures.document, [{"op": "replace", "path": "/image/platforms", "value": []}])
	not coverage.whole([fixtures.on_amd]) with input as single
	not coverage.whole([]) with input as single
}

test_other_digest_called_image if {
	not coverage.whole([object.union(fixtures.on_amd, {"matches": "image"})]) with input as fixtures.document
}

test_image_digest_called_platform if {
	not coverage.whole([object.union(fixtures.on_image, {"matches": "platform"})]) with input as fixtures.document
}

test_subjects_of if {
	coverage.subjects_of({"sha256:1"}) == [fixtures.on_image] with input as fixtures.document
	coverage.subjects_of({"sha256:2"}) == [] with input as fixtures.document
}
