/** Placeholder until the verification stage is built: the parsed certificate authorities and logs of one instance. */
export interface TrustRootMaterial {
  readonly mediaType: string;
}
