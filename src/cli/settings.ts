import { statSync } from "node:fs";
import { failure, oneLine, success, type Result } from "../core/index.ts";
import { parseReference } from "../image/index.ts";
import type { Arguments } from "./arguments.ts";
import { parseTime } from "./time.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
const LONGEST_TIMEOUT_MS = 3_600_000;

/** What the flags of an evidence command say, checked; nothing has been read of the files but that they are there. */
export interface EvidenceSettings {
  readonly files: readonly string[];
  readonly layouts: readonly string[];
  readonly platform: string | null;
  readonly offline: boolean;
  readonly timeoutMs: number;
}

export interface Identity {
  readonly identity: string;
  readonly issuer: string;
}

/** Trust named by flags instead of a policy. */
export interface TrustSettings {
  readonly trustedRoots: readonly string[];
  readonly keys: readonly string[];
}

/** Only of commands that have `EVIDENCE_FLAGS`. */
export function evidenceSettings(args: Arguments): Result<EvidenceSettings, "usage"> {
  const files = args.texts("evidence");
  const layouts = args.texts("layout");
  for (const path of [...files, ...layouts]) {
    if (!exists(path)) return failure("usage", `${oneLine(path)}: there is no such file or folder`);
  }
  const platform = args.text("platform") ?? null;
  if (platform !== null && !/^[a-z0-9_.-]+\/[a-z0-9_.-]+(?:\/[a-z0-9_.-]+)?$/.test(platform)) {
    return failure(
      "usage",
      `--platform ${oneLine(platform, 60)}: expected OS/ARCHITECTURE[/VARIANT], as linux/amd64`,
    );
  }
  const timeoutMs = timeout(args.text("timeout"));
  if (timeoutMs === undefined) {
    return failure(
      "usage",
      `--timeout ${oneLine(args.text("timeout") ?? "", 60)}: expected seconds, from 0.1 to 3600`,
    );
  }
  return success({ files, layouts, platform, offline: args.has("offline"), timeoutMs });
}

/** Only of commands that have `TRUST_FLAGS`. */
export function trustSettings(args: Arguments): TrustSettings {
  return { trustedRoots: args.texts("trusted-root"), keys: args.texts("key") };
}

/** The identity that `IDENTITY_FLAGS` demand; one without the other proves nothing. */
export function identitySetting(args: Arguments): Result<Identity | null, "usage"> {
  const identity = args.text("certificate-identity");
  const issuer = args.text("certificate-oidc-issuer");
  if (identity === undefined && issuer === undefined) return success(null);
  if (identity !== undefined && issuer !== undefined) return success({ identity, issuer });
  const missing = identity === undefined ? "--certificate-identity" : "--certificate-oidc-issuer";
  return failure("usage", `${missing} is missing: an identity counts only together with its issuer`);
}

/** The time of `--at`; `null` where it is not given. */
export function timeSetting(args: Arguments): Result<Date | null, "usage"> {
  const text = args.text("at");
  if (text === undefined) return success(null);
  const time = parseTime(text);
  return time === undefined
    ? failure("usage", `--at ${oneLine(text, 60)}: expected a time of RFC 3339, as 2026-11-22T10:00:00Z`)
    : success(time);
}

export function namespaceSetting(args: Arguments): Result<string | null, "usage"> {
  const namespace = args.text("namespace") ?? null;
  if (namespace === null || /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    return success(namespace);
  return failure("usage", `--namespace ${oneLine(namespace, 80)}: not the name of a Kubernetes namespace`);
}

/** The images to judge, without repetition; the first one that is no reference is the failure. */
export function imageReferences(images: readonly string[]): Result<readonly string[], "usage"> {
  for (const image of images) {
    const reference = parseReference(image);
    if (!reference.ok) return failure("usage", reference.reason.message);
  }
  return success([...new Set(images)]);
}

function timeout(text: string | undefined): number | undefined {
  if (text === undefined) return DEFAULT_TIMEOUT_MS;
  if (!/^\d{1,6}(?:\.\d{1,3})?s?$/.test(text)) return undefined;
  const milliseconds = Number.parseFloat(text) * 1000;
  return milliseconds >= 100 && milliseconds <= LONGEST_TIMEOUT_MS ? milliseconds : undefined;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
