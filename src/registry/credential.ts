import type { Result } from "../core/index.ts";

/** What a registry may be told about who asks. */
export type Credential =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, changed for an access token at the registry's token server. */
  | { readonly kind: "identity-token"; readonly token: string }
  /** A bearer token for the registry itself. */
  | { readonly kind: "registry-token"; readonly token: string };

/** The value of an `Authorization` header (RFC 7617). */
export function basicHeader({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

export interface CredentialOptions {
  readonly signal: AbortSignal;
  /** Nothing remembered will do: what was given before has been refused. */
  readonly fresh: boolean;
}

export type CredentialCode = "credentials.unreadable" | "credentials.helper_failed";

/**
 * Finds the credential of exactly one registry, named canonically (`docker.io`, `ghcr.io`, `localhost:5000`);
 * `undefined` where there is none. Asked anew whenever one is needed, so that rotation needs no restart (T030).
 */
export type CredentialSource = (
  registry: string,
  options: CredentialOptions,
) => Promise<Result<Credential | undefined, CredentialCode>>;
