import { isIPv4, isIPv6 } from "node:net";
import { setOf } from "../rego/compare.ts";
import { isRegoArray, RegoNumber, RegoObject, RegoSet, type RegoValue } from "../rego/value.ts";
import { BuiltinError, type BuiltinTable } from "./contract.ts";
import { anyOperand, stringOperand } from "./operands.ts";

const MAX_ADDRESSES = 65_536n;

/** Address arithmetic only; whatever would ask a network is refused when the bundle is loaded. */
export const netBuiltins: BuiltinTable = {
  "net.cidr_is_valid": (operands) => {
    const operand = anyOperand(operands, 0);
    return typeof operand === "string" && parseNetwork(operand) !== undefined;
  },

  "net.cidr_expand": (operands) => {
    const network = networkOf(stringOperand(operands, 0));
    const size = 1n << BigInt(network.bits - network.prefix);
    if (size > MAX_ADDRESSES) throw new BuiltinError(`more than ${MAX_ADDRESSES} addresses`);
    return new RegoSet(
      Array.from({ length: Number(size) }, (_, i) => printAddress(network.first + BigInt(i), network.bits)),
    );
  },

  "net.cidr_contains_matches": (operands) => {
    const outer = indexed(anyOperand(operands, 0), 0);
    const inner = indexed(anyOperand(operands, 1), 1);
    const pairs: RegoValue[] = [];
    for (const [text, index] of outer) {
      for (const [innerText, innerIndex] of inner) {
        if (containsAll(networkOf(text), parseAddress(innerText) ?? networkOf(innerText)))
          pairs.push([index, innerIndex]);
      }
    }
    return setOf(pairs);
  },
};

/** IPv4 addresses written as IPv6 count as IPv4, as in Go. */
interface Network {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly prefix: number;
}

const MAPPED = 0xffffn;

function parseAddress(text: string): Network | undefined {
  if (isIPv4(text)) return { bits: 32, first: ipv4(text), prefix: 32 };
  if (!isIPv6(text) || text.includes("%")) return undefined;
  return normalized(ipv6(text), 128);
}

function parseNetwork(text: string): Network | undefined {
  const [address = "", length = "", ...more] = text.split("/");
  if (more.length > 0 || !/^\d{1,7}$/.test(length)) return undefined;
  const prefix = Number(length);
  if (isIPv4(address)) {
    return prefix > 32 ? undefined : { bits: 32, first: masked(ipv4(address), 32, prefix), prefix };
  }
  if (!isIPv6(address) || address.includes("%") || prefix > 128) return undefined;
  return normalized(masked(ipv6(address), 128, prefix), prefix);
}

function networkOf(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new BuiltinError("invalid CIDR address");
  return network;
}

function normalized(address: bigint, prefix: number): Network {
  if (address >> 32n !== MAPPED) return { bits: 128, first: address, prefix };
  return { bits: 32, first: address & 0xffffffffn, prefix: Math.max(0, prefix - 96) };
}

function containsAll(outer: Network, inner: Network): boolean {
  if (outer.bits !== inner.bits || outer.prefix > inner.prefix) return false;
  return masked(inner.first, inner.bits, outer.prefix) === outer.first;
}

function masked(address: bigint, bits: number, prefix: number): bigint {
  const host = BigInt(bits - prefix);
  return (address >> host) << host;
}

function ipv4(text: string): bigint {
  return text.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function ipv6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const tail = dotted === null ? 0n : ipv4(dotted[2] ?? "");
  const plain =
    dotted === null
      ? text
      : `${dotted[1] ?? ""}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  const [head = "", rest] = plain.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = rest === undefined || rest === "" ? [] : rest.split(":");
  const zeros = Array.from({ length: 8 - groups.length - after.length }, () => "0");
  return [...groups, ...zeros, ...after].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

function printAddress(address: bigint, bits: 32 | 128): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((address >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  return compressed(groups);
}

/** RFC 5952: the first longest run of at least two zero groups becomes `::`. */
function compressed(groups: readonly string[]): string {
  let [start, length] = [0, 0];
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (groups[end] === "0") end++;
    if (end - i > length) [start, length] = [i, end - i];
    i = Math.max(i, end - 1);
  }
  if (length < 2) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
}

/** Each CIDR with what stands for it in the answer: itself, its index, or its key. */
function indexed(operand: RegoValue, position: number): readonly (readonly [string, RegoValue])[] {
  if (typeof operand === "string") return [[operand, operand]];
  if (operand instanceof RegoSet)
    return operand.elements.map((element) => [cidrOf(element, position), element]);
  if (operand instanceof RegoObject)
    return operand.entries.map(([key, value]) => [cidrOf(value, position), key]);
  if (operand === null || typeof operand === "boolean" || !isRegoArray(operand)) return [];
  return operand.map((element, i) => [cidrOf(element, position), RegoNumber.of(i)]);
}

function cidrOf(element: RegoValue, position: number): string {
  if (typeof element === "string") return element;
  const first =
    element !== null && typeof element !== "boolean" && isRegoArray(element) ? element[0] : undefined;
  if (typeof first === "string") return first;
  throw new BuiltinError(`operand ${position + 1}: element must be string or non-empty array`);
}
