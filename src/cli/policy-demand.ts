import { resolve } from "node:path";
import { failure, success, type Result } from "../core/index.ts";
import type { HttpCredentials, SignerSettings } from "../release/index.ts";
import type { Arguments, Flags } from "./arguments.ts";
import { identitySetting } from "./identity-flags.ts";

/** Who must have signed a policy, and how it is asked for. */
export interface PolicyDemand {
  /** None: an unsigned policy is taken, one that bears a signature is not. */
  readonly signers: readonly SignerSettings[];
  /** For an HTTP(S) server. */
  readonly credentials: HttpCredentials;
  /** A policy.lock that the policy must be the one of; absent: none. Its path. */
  readonly lock?: string;
  /** Nothing of the network: a policy behind a URL is refused. */
  readonly offline: boolean;
}

/** Of what lies on this machine and nobody signs: folders that are written just now. */
export const NO_DEMAND: PolicyDemand = { signers: [], credentials: {}, offline: true };

/** What the flags that begin with `prefix` (`""` or `policy-`) say; a flag that the command does not have is absent. */
export function policyDemand(
  args: Arguments,
  flags: Flags,
  prefix: "" | "policy-",
  offline = false,
): Result<PolicyDemand, "usage"> {
  const has = (name: string) => Object.hasOwn(flags, prefix + name);
  const text = (name: string) => (has(name) ? args.text(prefix + name) : undefined);
  const path = (name: string) => {
    const given = text(name);
    return given === undefined ? undefined : resolve(given);
  };
  const keys = has("key") ? args.texts(`${prefix}key`) : [];
  const identity = has("certificate-identity") ? identitySetting(args, prefix) : success(null);
  if (!identity.ok) return identity;
  const alone = ["key-id", "scope"].find((name) => text(name) !== undefined && keys.length === 0);
  if (alone !== undefined) return failure("usage", `--${prefix}${alone} goes with --${prefix}key`);
  const trustedRoot = path("trusted-root");
  if (trustedRoot !== undefined && keys.length === 0 && identity.value === null) {
    return failure(
      "usage",
      `--${prefix}trusted-root goes with --${prefix}key or --${prefix}certificate-identity`,
    );
  }
  const root = trustedRoot === undefined ? {} : { trustedRoot };
  const [keyId, scope] = [text("key-id"), text("scope")];
  const signers: readonly SignerSettings[] = [
    ...keys.map((key) => ({
      name: key,
      key: resolve(key),
      ...(keyId === undefined ? {} : { keyId }),
      ...(scope === undefined ? {} : { scope }),
      ...root,
    })),
    ...(identity.value === null ? [] : [{ ...identity.value, ...root }]),
  ];
  const credentials = credentialsOf({
    tokenFile: path("token-file"),
    clientCert: path("client-cert"),
    clientKey: path("client-key"),
    ca: path("ca-file"),
  });
  const lock = path("lock");
  return success({ signers, credentials, offline, ...(lock !== undefined && { lock }) });
}

function credentialsOf(paths: {
  readonly [Name in keyof HttpCredentials]: string | undefined;
}): HttpCredentials {
  const { tokenFile, clientCert, clientKey, ca } = paths;
  return {
    ...(tokenFile !== undefined && { tokenFile }),
    ...(clientCert !== undefined && { clientCert }),
    ...(clientKey !== undefined && { clientKey }),
    ...(ca !== undefined && { ca }),
  };
}
