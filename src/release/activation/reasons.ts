import type { ActivationCode } from "./types.ts";

/** Every code of activation, beside those of sources, signatures and bundles. */
export const ACTIVATION_REASONS: Readonly<Record<ActivationCode, string>> = {
  "activation.lock_mismatch": "The policy is not the one that policy.lock pins.",
  "activation.provenance_refused": "The policy's own provenance does not satisfy the policy for policies.",
  "activation.sequence_missing":
    "A bundle without sequence, where the configuration demands one or an earlier one had one.",
  "activation.sequence_not_higher": "A sequence that is not higher than one that was active before.",
  "activation.version_lower":
    "A lower version than before, and the release does not say that it goes back on purpose.",
  "activation.rollback_invalid": "A rollback to another version than the bundle's own.",
  "activation.name_changed": "The policy of another name.",
  "activation.examples_missing": "The bundle brings no examples, and the configuration demands them.",
  "activation.example_invalid": "An example of the bundle that cannot be read.",
  "activation.example_failed": "An example of the bundle that it decides otherwise than it expects.",
  "activation.prepare_failed": "What decisions need beside the policy (its trust) cannot be made.",
  "activation.timeout": "A step of the activation took too long.",
  "activation.failed": "Something unforeseen; the message tells what.",
  "activation.kept_invalid": "What was kept from an earlier run is damaged, or its folder cannot be used.",
  "activation.closed": "The service is ending.",
};
