import { RegoNumber, RegoObject, type RegoValue } from "../rego/value.ts";
import type { BuiltinTable } from "./contract.ts";
import { stringOperand } from "./operands.ts";

/** What RFC 4122 lets one read out of a UUID; making one is refused, since it is random. */
export const uuidBuiltins: BuiltinTable = {
  "uuid.parse": (operands) => {
    const bytes = parse(stringOperand(operands, 0));
    return bytes === undefined ? undefined : RegoObject.of(fieldsOf(bytes));
  },
};

/** Hundreds of nanoseconds from 1582-10-15 to the epoch. */
const GREGORIAN_START = 122_192_928_000_000_000n;

const FORMS = [
  /^(?:urn:uuid:)?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i,
  /^\{([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}$/i,
  /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i,
];

function parse(text: string): Buffer | undefined {
  for (const form of FORMS) {
    const groups = form.exec(text);
    if (groups !== null) return Buffer.from(groups.slice(1).join(""), "hex");
  }
  return undefined;
}

function fieldsOf(bytes: Buffer): Record<string, RegoValue> {
  const version = bytes.readUInt8(6) >> 4;
  const fields = { version: RegoNumber.of(version), variant: variantOf(bytes.readUInt8(8)) };
  if (version !== 1 && version !== 2) return fields;
  const timed = {
    ...fields,
    time: RegoNumber.of(BigInt.asIntN(64, (timeOf(bytes) - GREGORIAN_START) * 100n)),
    nodeid: Array.from(bytes.subarray(10), (byte) => byte.toString(16).padStart(2, "0")).join("-"),
    macvariables: macVariables(bytes.readUInt8(10)),
    clocksequence: RegoNumber.of(bytes.readUInt16BE(8) & 0x3fff),
  };
  if (version === 1) return timed;
  const domain = bytes.readUInt8(9);
  return {
    ...timed,
    id: RegoNumber.of(bytes.readUInt32BE(0)),
    domain: ["Person", "Group", "Org"][domain] ?? `Domain${domain}`,
  };
}

function timeOf(bytes: Buffer): bigint {
  const high = BigInt(bytes.readUInt16BE(6) & 0x0fff);
  return (high << 48n) | (BigInt(bytes.readUInt16BE(4)) << 32n) | BigInt(bytes.readUInt32BE(0));
}

function variantOf(byte: number): string {
  if ((byte & 0xc0) === 0x80) return "RFC4122";
  if ((byte & 0xe0) === 0xc0) return "Microsoft";
  return (byte & 0xe0) === 0xe0 ? "Future" : "Reserved";
}

function macVariables(byte: number): string {
  const scope = (byte & 2) === 0 ? "global" : "local";
  return `${scope}:${(byte & 1) === 0 ? "unicast" : "multicast"}`;
}
