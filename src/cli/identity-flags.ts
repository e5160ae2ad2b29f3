import { failure, success, type Result } from "../core/index.ts";
import type { Arguments } from "./arguments.ts";

/** Whom a certificate must name, and who must have vouched for them. */
export interface Identity {
  readonly identity: string;
  readonly issuer: string;
}

/**
 * What `--certificate-identity` and `--certificate-oidc-issuer` demand, under `prefix` where the command has them for its
 * policy too; one without the other proves nothing. The command must have both flags.
 */
export function identitySetting(
  args: Arguments,
  prefix: "" | "policy-" = "",
): Result<Identity | null, "usage"> {
  const identity = args.text(`${prefix}certificate-identity`);
  const issuer = args.text(`${prefix}certificate-oidc-issuer`);
  if (identity === undefined && issuer === undefined) return success(null);
  if (identity !== undefined && issuer !== undefined) return success({ identity, issuer });
  const missing = identity === undefined ? "certificate-identity" : "certificate-oidc-issuer";
  return failure(
    "usage",
    `--${prefix}${missing} is missing: an identity counts only together with its issuer`,
  );
}
