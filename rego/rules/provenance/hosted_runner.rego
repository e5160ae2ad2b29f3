package assay.rules.provenance.hosted_runner

import data.assay.lib.report
import data.assay.trusted

# METADATA
# scope: document
# title: Hosted runner
# description: |
#   Trusted provenance was made on a runner that the certificate calls hosted by the platform. Not stated is not
#   hosted.
# custom:
#   short_name: hosted_runner
#   solution: Build on a hosted runner, or drop provenance.requireHosted.
#   severity: high
#   collections: [strict]
#   depends_on: [provenance.signer_allowed]
#   enabled_by: [provenance.requireHosted]
#   needs: [provenance.signers]
deny contains result if {
	some provenance in trusted.provenance
	not _hosted(provenance)
	found := $"selfHostedRunner is {provenance.flags.selfHostedRunner} ({_standing(provenance)})"
	message := $"{found}; expected a hosted runner, confirmed by the certificate"
	result := report.against(rego.metadata.chain(), message, provenance)
}

deny contains result if {
	count(trusted.provenance) == 0
	result := report.no_provenance(rego.metadata.chain())
}

_hosted(provenance) if {
	provenance.flags.selfHostedRunner == false
	_standing(provenance) == "certificate"
}

_standing(provenance) := object.get(provenance, ["corroboration", "flags.selfHostedRunner"], "confirmed by nobody")
