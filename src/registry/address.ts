import { isIP } from "node:net";

/**
 * How far an address lies: `forbidden` is never connected to by anybody here (link-local with the clouds' metadata
 * services, unspecified, multicast, reserved).
 */
export type AddressClass = "public" | "private" | "loopback" | "forbidden";

/** How near a connection may end; each holds the ones before it. `loopback-only` stands apart. */
export type Reach = "public" | "private" | "internal" | "loopback-only";

export function reaches(reach: Reach, address: AddressClass): boolean {
  return REACHED[reach].includes(address);
}

const REACHED: Readonly<Record<Reach, readonly AddressClass[]>> = {
  public: ["public"],
  private: ["public", "private"],
  internal: ["public", "private", "loopback"],
  "loopback-only": ["loopback"],
};

/** The narrower of a reach and what may be reached from an address: a redirect never leads further inside. */
export function narrow(reach: Reach, from: AddressClass): Reach {
  if (from === "public" || reach === "public") return "public";
  return from === "private" ? "private" : reach === "private" ? "private" : "internal";
}

type Range4 = readonly [network: number, prefix: number, is: AddressClass];

const RANGES4: readonly Range4[] = [
  [ipv4(0, 0, 0, 0), 8, "forbidden"],
  [ipv4(10, 0, 0, 0), 8, "private"],
  [ipv4(100, 100, 100, 200), 32, "forbidden"], // Alibaba Cloud's metadata
  [ipv4(100, 64, 0, 0), 10, "private"],
  [ipv4(127, 0, 0, 0), 8, "loopback"],
  [ipv4(168, 63, 129, 16), 32, "forbidden"], // Azure's wire server
  [ipv4(169, 254, 0, 0), 16, "forbidden"],
  [ipv4(172, 16, 0, 0), 12, "private"],
  [ipv4(192, 0, 0, 0), 24, "forbidden"], // with Oracle Cloud's metadata
  [ipv4(192, 0, 2, 0), 24, "forbidden"],
  [ipv4(192, 168, 0, 0), 16, "private"],
  [ipv4(198, 18, 0, 0), 15, "private"],
  [ipv4(198, 51, 100, 0), 24, "forbidden"],
  [ipv4(203, 0, 113, 0), 24, "forbidden"],
  [ipv4(224, 0, 0, 0), 3, "forbidden"],
];

/**
 * Classifies an IP address in any spelling that Node gives or accepts. IPv4 inside IPv6 (mapped, NAT64, 6to4) counts
 * as the IPv4 address that a packet would reach (threats A110, A115). No IP address at all is `forbidden`.
 */
export function classifyAddress(text: string): AddressClass {
  const address = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const family = isIP(address);
  if (family === 4) return classify4(parse4(address));
  return family === 6 ? classify6(parse6(address)) : "forbidden";
}

function classify4(address: number): AddressClass {
  for (const [network, prefix, is] of RANGES4) {
    if (address >>> (32 - prefix) === network >>> (32 - prefix)) return is;
  }
  return "public";
}

function classify6(groups: readonly number[]): AddressClass {
  const [a = 0, b = 0, c = 0, , , f = 0, g = 0, h = 0] = groups;
  const zeros = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
  const embedded = ((g << 16) | h) >>> 0;
  if (zeros(0, 7)) return h === 1 ? "loopback" : "forbidden";
  if (zeros(0, 5) && f === 0xffff) return classify4(embedded);
  if (a === 0x64 && b === 0xff9b) return zeros(2, 6) ? classify4(embedded) : "forbidden";
  if (a === 0x2002) return classify4(((b << 16) | c) >>> 0);
  if (a === 0xfd00 && b === 0x0ec2 && zeros(2, 7) && h === 0x254) return "forbidden"; // AWS's metadata
  if ((a & 0xfe00) === 0xfc00 || (a & 0xffc0) === 0xfec0) return "private";
  if (a === 0x2001 && (b === 0 || b === 0x0db8)) return "forbidden"; // Teredo, documentation
  // Global unicast is 2000::/3; everything else that is left is link-local, multicast or not given out.
  return (a & 0xe000) === 0x2000 ? "public" : "forbidden";
}

function ipv4(a: number, b: number, c: number, d: number): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function parse4(address: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  return ipv4(a, b, c, d);
}

/** The eight groups of an address that `isIP` has accepted. */
function parse6(address: string): readonly number[] {
  const dotted = /(?<ipv4>[0-9.]+)$/.exec(address)?.groups?.["ipv4"];
  let text = address;
  if (dotted?.includes(".") === true) {
    const value = parse4(dotted);
    const tail = `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
    text = address.slice(0, -dotted.length) + tail;
  }
  const [head = "", tail] = text.split("::");
  const front = groupsOf(head);
  const back = groupsOf(tail ?? "");
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array.from({ length: gap }, () => 0), ...back];
}

function groupsOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}
