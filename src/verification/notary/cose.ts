import { refuse } from "../refusal.ts";
import { cborBytes, readCbor, type CborMap, type CborValue } from "./cbor.ts";
import { ATTRIBUTE, envelopeOf, type NotaryEnvelope, type ProtectedHeader } from "./envelope.ts";

const COSE_SIGN1 = 18;
const EPOCH_TIME = 1;
/** Header labels (RFC 9052 §3.1, RFC 9360 §2). */
const LABEL = { algorithm: 1, critical: 2, contentType: 3, chain: 33 } as const;
const ALGORITHMS: ReadonlyMap<number, string> = new Map([
  [-7, "ES256"],
  [-35, "ES384"],
  [-36, "ES512"],
  [-37, "PS256"],
  [-38, "PS384"],
  [-39, "PS512"],
]);
/** `["Signature1", protected, external_aad, payload]` up to its second member (RFC 9052 §4.4). */
const SIG_STRUCTURE = Buffer.concat([Buffer.from([0x84, 0x6a]), Buffer.from("Signature1")]);
const NO_EXTERNAL_DATA = Buffer.from([0x40]);

/** Reads a COSE envelope (signature-envelope-cose.md): a tagged COSE_Sign1 with no label both protected and not. */
export function readCose(bytes: Buffer): NotaryEnvelope {
  const whole = readCbor(bytes);
  if (whole.kind !== "tag" || whole.tag !== COSE_SIGN1 || whole.content.kind !== "array") {
    return malformed("it is no tagged COSE_Sign1");
  }
  const [rawProtected, open, payload, signature, ...more] = whole.content.items;
  if (
    rawProtected?.kind !== "bytes" ||
    open?.kind !== "map" ||
    payload?.kind !== "bytes" ||
    signature?.kind !== "bytes" ||
    more.length > 0
  ) {
    return malformed("a COSE_Sign1 has two headers, a payload and a signature");
  }
  const inner = readCbor(rawProtected.value);
  if (inner.kind !== "map") return malformed("its protected header is no map");
  const header = inner.entries;
  if (open.entries.keys().some((label) => header.has(label))) {
    return malformed("a label stands in both of its headers");
  }
  return envelopeOf({
    header: protectedHeaderOf(header),
    algorithm: algorithmOf(header.get(LABEL.algorithm)),
    payloadType: textOf(header.get(LABEL.contentType)),
    payload: payload.value,
    signed: Buffer.concat([
      SIG_STRUCTURE,
      cborBytes(rawProtected.value),
      NO_EXTERNAL_DATA,
      cborBytes(payload.value),
    ]),
    signature: signature.value,
    certificates: certificatesOf(header.get(LABEL.chain) ?? open.entries.get(LABEL.chain)),
    timestamp: timestampOf(open.entries.get(ATTRIBUTE.timestamp)),
  });
}

function protectedHeaderOf(header: CborMap): ProtectedHeader {
  return {
    has: (name) => header.has(name),
    text: (name) => textOf(header.get(name)),
    time: (name) => timeOf(header.get(name)),
    critical: criticalOf(header.get(LABEL.critical)),
  };
}

/** Labels that are numbers have their meaning from COSE, and none of them may be marked (signature-envelope-cose.md). */
function criticalOf(value: CborValue | undefined): readonly string[] | undefined {
  if (value?.kind !== "array") return undefined;
  const names = value.items.map((item) => (item.kind === "text" ? item.value : undefined));
  return names.every((name) => name !== undefined) ? names : undefined;
}

function algorithmOf(value: CborValue | undefined): string {
  if (value?.kind !== "integer") return "(none)";
  return ALGORITHMS.get(value.value) ?? String(value.value);
}

function textOf(value: CborValue | undefined): string | undefined {
  return value?.kind === "text" ? value.value : undefined;
}

/** Whole seconds since 1970 (RFC 8949 §3.4.2); fractions, which no signer should write, are not read. */
function timeOf(value: CborValue | undefined): number | undefined {
  if (value?.kind !== "tag" || value.tag !== EPOCH_TIME || value.content.kind !== "integer") return undefined;
  const time = value.content.value * 1000;
  return Math.abs(time) <= 8.64e15 ? time : undefined;
}

function certificatesOf(value: CborValue | undefined): readonly Buffer[] {
  if (value === undefined) return [];
  if (value.kind !== "array") return malformed("its certificates are no list");
  return value.items.map((item) =>
    item.kind === "bytes" ? item.value : malformed("a certificate is no bytes"),
  );
}

function timestampOf(value: CborValue | undefined): Buffer | null {
  if (value === undefined) return null;
  return value.kind === "bytes" ? value.value : malformed("its timestamp is no bytes");
}

function malformed(why: string): never {
  return refuse("format.invalid", `not a COSE envelope: ${why}`);
}
