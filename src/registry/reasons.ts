/** Every reason for which content could not be had, a line each. Only `registry.not_found` answers the question. */
export const REGISTRY_REASONS = {
  "registry.not_found":
    "The registry says that there is no such thing, or shows it to nobody who asks like this.",
  "registry.unavailable": "The registry cannot be reached, or answers with a fault of its own.",
  "registry.timeout": "The registry did not answer before the deadline.",
  "registry.throttled": "The registry answers with 429 for longer than the deadline allows to wait.",
  "registry.auth_failed": "The registry or its token server refuses the credential, or the lack of one.",
  "registry.auth_refused": "The registry wants the credential sent where it may not go.",
  "registry.auth_protocol": "The challenge or the token server's answer is malformed.",
  "registry.tls": "The registry's certificate does not prove that it is the registry.",
  "registry.protocol": "The answer is none that the distribution protocol knows.",
  "registry.not_allowed":
    "The registry is not on the configured list, or its address is one that is never asked.",
  "registry.digest_mismatch": "The content's digest is not the one it was asked for by.",
  "registry.size_mismatch": "The content's size is not the described one.",
  "registry.limit_exceeded": "The content is larger, or consists of more parts, than is read.",
  "registry.media_type": "The manifest's media type is unknown, missing, or contradicts its shape.",
  "registry.manifest_invalid": "The manifest is malformed.",
} as const;

export type RegistryCode = keyof typeof REGISTRY_REASONS;
