/** A member of a test's tar; what is not given is made right. */
export interface TarMember {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** Default `0`, a regular file. */
  readonly type?: string;
  readonly link?: string;
  readonly size?: number;
  readonly rawSize?: Uint8Array;
  readonly checksum?: number;
  /** Content of a pax header before the member. */
  readonly paxHeaders?: string;
}

const BLOCK = 512;

/** Writes a ustar archive; `pax` names every member in a pax header and gives the ustar header a wrong name. */
export function tarOf(members: readonly TarMember[], options: { readonly pax?: boolean } = {}): Buffer {
  const parts: Buffer[] = [];
  for (const member of members) {
    const headers = member.paxHeaders ?? (options.pax === true ? record("path", member.name) : undefined);
    if (headers !== undefined) parts.push(...write({ name: "pax", type: "x", content: headers }));
    const named = options.pax === true ? { ...member, name: `short${parts.length}` } : member;
    parts.push(...write(named));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length++;
  return `${length}${rest}`;
}

function write(member: TarMember): readonly Buffer[] {
  const content = Buffer.from(member.content ?? "");
  const header = Buffer.alloc(BLOCK);
  const [name, prefix] = splitName(member.name);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write(`${(member.size ?? content.byteLength).toString(8).padStart(11, "0")}\0`, 124);
  if (member.rawSize !== undefined) header.set(member.rawSize, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write(member.type ?? "0", 156);
  header.write(member.link ?? "", 157);
  header.write("ustar\0", 257);
  header.write("00", 263);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0) + (member.checksum ?? 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, content, Buffer.alloc((BLOCK - (content.byteLength % BLOCK)) % BLOCK)];
}

/** Names of more than 100 bytes have their folders in another field. */
function splitName(name: string): readonly [string, string] {
  if (name.length <= 100) return [name, ""];
  const slash = name.lastIndexOf("/");
  return [name.slice(slash + 1), name.slice(0, slash)];
}
