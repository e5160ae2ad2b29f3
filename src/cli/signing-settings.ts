import type { KeyObject } from "node:crypto";
import { failure, oneLine, success, type Result } from "../core/index.ts";
import {
  ambientToken,
  NO_SERVICES,
  PUBLIC_GOOD_SERVICES,
  readIdentityToken,
  readPrivateKey,
  readSigningConfig,
  servicesNamed,
  type IdentityToken,
  type SigningBy,
  type SigningServices,
  type SigningSettings,
} from "../release/index.ts";
import { publicGoodRoot, trustFromFiles, type TrustMaterial } from "../verification/index.ts";
import type { Arguments, Flags } from "./arguments.ts";
import { readInputFile } from "./files.ts";
import type { Io } from "./io.ts";

/** How something is signed with Sigstore: by key or keyless, and by which services. */
export const SIGNING_FLAGS = {
  key: {
    value: "FILE",
    help: "sign with this private key in PEM, or as cosign keeps it; passphrase: ASSAY_KEY_PASSWORD",
  },
  "identity-token": {
    value: "FILE|-",
    help: "sign keyless with this OIDC token; default: that of the environment",
  },
  "signing-config": { value: "FILE", help: "the Sigstore services to sign with (signing config v0.2)" },
  "fulcio-url": { value: "URL", help: "the certificate authority, in place of a signing config" },
  "rekor-url": { value: "URL", help: "the transparency log" },
  "rekor-version": { value: "1|2", choices: ["1", "2"], help: "the API version of --rekor-url (default 1)" },
  "timestamp-url": { value: "URL", help: "the timestamp authority (RFC 3161)" },
  "trusted-root": {
    value: "FILE",
    help: "verify what was signed by this trusted_root.json before it is handed on",
  },
} satisfies Flags;

const URL_FLAGS = ["fulcio-url", "rekor-url", "timestamp-url"] as const;
const SERVICE_FLAGS = ["signing-config", ...URL_FLAGS] as const;

const LARGEST_SMALL_FILE = 1024 * 1024;

/** What the flags say, with key or token read; nothing has been asked of any service but a token's provider. */
export async function signingSettings(
  args: Arguments,
  io: Io,
  signal: AbortSignal,
): Promise<Result<SigningSettings>> {
  const byKey = args.has("key");
  const services = await servicesOf(args, io, byKey);
  if (!services.ok) return services;
  const trust = trustOf(args, services.value);
  if (!trust.ok) return trust;
  const by = byKey ? await privateKey(args.text("key") ?? "", io) : await identity(args, io, signal);
  if (!by.ok) return by;
  return success({ by: by.value, services: services.value, trust: trust.value, now: io.clock, signal });
}

/** A private key of a file, decrypted with the passphrase of the environment where it must be. */
export async function privateKey(path: string, io: Io): Promise<Result<{ readonly privateKey: KeyObject }>> {
  const pem = await readInputFile(path, LARGEST_SMALL_FILE);
  if (!pem.ok) return pem;
  const key = readPrivateKey(pem.value.toString("utf8"), io.env["ASSAY_KEY_PASSWORD"] ?? null);
  return key.ok
    ? success({ privateKey: key.value })
    : failure(
        key.reason.code,
        `${oneLine(path)}: ${key.reason.message} (passphrases are taken from ASSAY_KEY_PASSWORD)`,
      );
}

/** Keys are recorded nowhere unless somebody asks for it; keyless signing is nothing without its services. */
async function servicesOf(args: Arguments, io: Io, byKey: boolean): Promise<Result<SigningServices>> {
  const config = args.text("signing-config");
  if (config === undefined) {
    if (URL_FLAGS.every((flag) => !args.has(flag)))
      return success(byKey ? NO_SERVICES : PUBLIC_GOOD_SERVICES);
    return servicesNamed({
      fulcioUrl: args.text("fulcio-url"),
      rekorUrl: args.text("rekor-url"),
      rekorVersion: args.text("rekor-version") === "2" ? 2 : 1,
      timestampUrl: args.text("timestamp-url"),
    });
  }
  const other = URL_FLAGS.find((flag) => args.has(flag));
  if (other !== undefined)
    return failure("usage", `--${other} goes without --signing-config, which names the services`);
  const bytes = await readInputFile(config, LARGEST_SMALL_FILE);
  return bytes.ok ? readSigningConfig(bytes.value, io.clock()) : bytes;
}

/** The public Sigstore's root proves what its own services made; others' need theirs. */
function trustOf(args: Arguments, services: SigningServices): Result<TrustMaterial | null> {
  const root = args.text("trusted-root");
  if (root !== undefined) return trustFromFiles({ trustedRoots: [root], keys: [] });
  return success(services === PUBLIC_GOOD_SERVICES ? publicGoodRoot() : null);
}

const NO_TOKEN =
  "nobody signs: give --key, or --identity-token, or set SIGSTORE_ID_TOKEN; in GitHub Actions, `permissions: id-token: write`";

async function identity(args: Arguments, io: Io, signal: AbortSignal): Promise<Result<SigningBy>> {
  const path = args.text("identity-token");
  const token =
    path === undefined ? await ambientToken(io.env, io.clock(), signal) : await tokenFrom(path, io);
  if (token === null) return failure("usage", NO_TOKEN);
  return token.ok ? success({ token: token.value }) : token;
}

async function tokenFrom(path: string, io: Io): Promise<Result<IdentityToken>> {
  const bytes =
    path === "-"
      ? await readInputFile("/dev/stdin", LARGEST_SMALL_FILE)
      : await readInputFile(path, LARGEST_SMALL_FILE);
  return bytes.ok ? readIdentityToken(bytes.value.toString("utf8"), io.clock()) : bytes;
}

/** The flag of a service that was given, if any: for ways of signing that ask none. */
export function serviceFlag(args: Arguments): string | undefined {
  return [...SERVICE_FLAGS, "rekor-version", "identity-token"].find((flag) => args.has(flag));
}
