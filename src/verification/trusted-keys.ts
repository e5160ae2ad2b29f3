import { createPublicKey, X509Certificate } from "node:crypto";
import { basename } from "node:path";
import { digestOf, member, oneLine, stringAt, type JsonValue } from "../core/index.ts";
import { isCloudBuildLocation } from "./cloud-build.ts";
import { refuse } from "./refusal.ts";
import { checkKey } from "./signature.ts";
import { instant, naming, TrustFault } from "./trust-fault.ts";
import type { TrustedKey } from "./types.ts";

/** What is said of a key beside the key itself. */
type Terms = Pick<TrustedKey, "from" | "to" | "distrust" | "requireLog" | "cloudBuildLocation">;

const NO_TERMS: Terms = { from: null, to: null, distrust: null, requireLog: false, cloudBuildLocation: null };

/** Every public key of one member of `data.trust.keys`: `{ pem, from, to, distrust, requireLog, cloudBuild }`. */
export function keysFromData(name: string, value: JsonValue): readonly TrustedKey[] {
  return readKeys(name, stringAt(value, "pem") ?? "", {
    from: instant(name, value, "from"),
    to: instant(name, value, "to"),
    distrust: distrustAt(name, value),
    requireLog: requireLogAt(name, value),
    cloudBuildLocation: locationAt(name, value),
  });
}

/** Every public key of a file; Google Cloud Build's keys are handed on in files named after their locations. */
export function keysFromFile(name: string, path: string, pem: string): readonly TrustedKey[] {
  const location = basename(path).replace(/\.[a-z]+$/i, "");
  return readKeys(name, pem, {
    ...NO_TERMS,
    cloudBuildLocation: isCloudBuildLocation(location) ? location : null,
  });
}

function distrustAt(name: string, value: JsonValue): Date | null {
  const found = member(value, "distrust");
  if (typeof found === "boolean") return found ? new Date(0) : null;
  return instant(name, value, "distrust");
}

function requireLogAt(name: string, value: JsonValue): boolean {
  const found = member(value, "requireLog") ?? false;
  if (typeof found === "boolean") return found;
  throw new TrustFault("trust.invalid", `${oneLine(name, 200)}: requireLog is neither true nor false`);
}

/** `cloudBuild: us-west2` says that a key is Google Cloud Build's of that location. */
function locationAt(name: string, key: JsonValue): string | null {
  const value = member(key, "cloudBuild") ?? null;
  if (value === null) return null;
  if (typeof value === "string" && isCloudBuildLocation(value)) return value;
  throw new TrustFault("trust.invalid", `key ${oneLine(name, 200)}: cloudBuild is no location like us-west2`);
}

const PEM_BLOCK = /-----BEGIN (PUBLIC KEY|RSA PUBLIC KEY|CERTIFICATE)-----[^-]{1,65536}-----END \1-----/g;

/** Every public key in a PEM text; of a certificate its key, within the certificate's own validity. */
function readKeys(name: string, pem: string, terms: Terms): readonly TrustedKey[] {
  return naming(`key ${name}`, () => {
    const blocks = [...pem.matchAll(PEM_BLOCK)];
    if (blocks.length === 0) {
      return refuse("format.invalid", "there is no PEM block of a public key or certificate");
    }
    return blocks.map(([block, label], index) => {
      const certificate = label === "CERTIFICATE" ? new X509Certificate(block) : undefined;
      const key = checkKey(certificate?.publicKey ?? createPublicKey(block));
      const keyId = digestOf(key.export({ type: "spki", format: "der" }));
      return {
        name: index === 0 ? name : `${name}#${index + 1}`,
        keyId,
        key,
        ...terms,
        from: terms.from ?? certificate?.validFromDate ?? null,
        to: terms.to ?? certificate?.validToDate ?? null,
      };
    });
  });
}

/**
 * One key of each, under the name of the first file that holds it. Copies with another validity stay, and are refused:
 * which of them holds would be a guess.
 */
export function withoutCopies(keys: readonly TrustedKey[]): readonly TrustedKey[] {
  return keys.flatMap((key) => {
    const copies = keys.filter((other) => other.keyId === key.keyId && sameValidity(other, key));
    if (copies[0] !== key) return [];
    const located = copies.find(({ cloudBuildLocation }) => cloudBuildLocation !== null);
    return [{ ...key, cloudBuildLocation: located?.cloudBuildLocation ?? null }];
  });
}

function sameValidity(one: TrustedKey, other: TrustedKey): boolean {
  return one.from?.getTime() === other.from?.getTime() && one.to?.getTime() === other.to?.getTime();
}
