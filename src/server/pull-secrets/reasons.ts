/** Why an image stays undecided whose pull secrets were to be used, by code. */
export const PULL_SECRET_REASONS = {
  "credentials.unavailable": "The API server could not say what pull secrets the image's pod has.",
  "credentials.forbidden":
    "The API server does not let the service read the pull secrets of the pod's namespace.",
  "credentials.unreadable": "A pull secret that names the image's registry is not well formed.",
  "credentials.too_many": "The pod has more pull secrets than are read.",
} as const;

export type PullSecretCode = keyof typeof PULL_SECRET_REASONS;
