import {
  arrayAt,
  decodeBase64,
  isObject,
  member,
  parseStrictJson,
  stringAt,
  type JsonObject,
} from "../../core/index.ts";
import { refuse } from "../refusal.ts";
import { parseInstant } from "../trust-root.ts";
import {
  ATTRIBUTE,
  envelopeOf,
  MAX_ENVELOPE_BYTES,
  type NotaryEnvelope,
  type ProtectedHeader,
} from "./envelope.ts";

const MEMBERS = ["payload", "protected", "header", "signature"] as const;

/**
 * Reads a JWS envelope (signature-envelope-jws.md): the flattened JSON serialization of RFC 7515, with exactly its four
 * members, and no header parameter both protected and not.
 */
export function readJws(bytes: Buffer): NotaryEnvelope {
  const envelope = jsonObject(bytes, "the JWS envelope");
  const unknown = Object.keys(envelope).find((name) => !MEMBERS.some((known) => known === name));
  if (unknown !== undefined) refuse("format.invalid", "the JWS envelope has a member that it may not have");
  const [payload = "", protectedHeader = ""] = [
    stringAt(envelope, "payload"),
    stringAt(envelope, "protected"),
  ];
  const header = jsonObject(base64url(protectedHeader, "protected header"), "the JWS's protected header");
  const open = member(envelope, "header");
  if (!isObject(open) || Object.keys(open).some((name) => Object.hasOwn(header, name))) {
    return refuse("format.invalid", "the JWS's header is missing, or says again what its protected one says");
  }
  return envelopeOf({
    header: protectedHeaderOf(header),
    algorithm: stringAt(header, "alg") ?? "(none)",
    payloadType: stringAt(header, "cty"),
    payload: base64url(payload, "payload"),
    signed: Buffer.from(`${protectedHeader}.${payload}`),
    signature: base64url(stringAt(envelope, "signature") ?? "", "signature"),
    certificates: certificatesOf(open),
    timestamp: timestampOf(open),
  });
}

function protectedHeaderOf(header: JsonObject): ProtectedHeader {
  const critical = arrayAt(header, "crit");
  return {
    has: (name) => Object.hasOwn(header, name),
    text: (name) => stringAt(header, name),
    time: (name) => parseInstant(stringAt(header, name)),
    critical: critical?.every((name) => typeof name === "string") === true ? critical : undefined,
  };
}

function certificatesOf(header: JsonObject): readonly Buffer[] {
  return (arrayAt(header, "x5c") ?? []).map((text) => base64(text, "a certificate"));
}

function timestampOf(header: JsonObject): Buffer | null {
  const text = member(header, ATTRIBUTE.timestamp);
  return text === undefined ? null : base64(text, "the timestamp");
}

function base64(text: unknown, what: string): Buffer {
  const bytes = typeof text === "string" && !/[-_]/.test(text) ? decodeBase64(text) : undefined;
  return bytes ?? refuse("format.invalid", `${what} of the JWS is not base64`);
}

function base64url(text: string, what: string): Buffer {
  const bytes = /^[A-Za-z0-9_-]+$/.test(text) ? decodeBase64url(text) : undefined;
  return bytes ?? refuse("format.invalid", `the JWS's ${what} is missing, or not base64url`);
}

/** RFC 7515 §2: URL-safe, without padding, no bits left over. */
function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

function jsonObject(bytes: Buffer, what: string): JsonObject {
  const parsed = parseStrictJson(bytes, { bytes: MAX_ENVELOPE_BYTES, depth: 8, values: 1000 });
  if (!parsed.ok) return refuse("format.invalid", `${what} cannot be read: ${parsed.reason.message}`);
  return isObject(parsed.value) ? parsed.value : refuse("format.invalid", `${what} is no JSON object`);
}
