package assay.rules.traces.present_test

import data.assay.fixtures
import data.assay.rules.traces.present

denials(document, fields) := answer if {
	answer := fixtures.said(present.deny) with input as document
		with data.assay.requirements as fixtures.demanding("traces", fields)
		with data.policy as fixtures.policy
}

changed(fields) := fixtures.stating("runtimeTraces", [object.union(fixtures.trace, fields)])

absent := fixtures.no_record("0 runtime traces by scanner do not cover the image")

test_pass if denials(changed({}), {}) == set()

test_pass_platforms if {
	on_arm := object.union(fixtures.trace, {"evidence": "sha256:arm", "subject": fixtures.on_arm})
	on_amd := object.union(fixtures.trace, {"evidence": "sha256:amd", "subject": fixtures.on_amd})
	denials(fixtures.stating("runtimeTraces", [on_arm, on_amd]), {}) == set()
	denials(fixtures.stating("runtimeTraces", [on_arm]), {}) == {{
		"message": "1 runtime traces by scanner do not cover the image",
		"evidence": ["sha256:arm"],
		"term": null,
		"alternative": null,
	}}
}

# T135: signed, but by nobody who is approved for it; or by nobody at all.
test_fail_stranger if {
	denials(fixtures.stated_by(fixtures.stranger, "runtimeTraces", [fixtures.trace]), {}) == absent
	denials(changed({}), {"signers": ["release"]}) == fixtures.no_record("0 runtime traces by release do not cover the image")
	denials(object.union(fixtures.document, {"unverified": {"runtimeTraces": [fixtures.trace]}}), {}) == absent
	denials(fixtures.document, {}) == absent
	denials({}, {}) == absent
}
