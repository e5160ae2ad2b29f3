import { gzipSync } from "node:zlib";
import { forgeModule } from "./policy.ts";

/** One tar entry, of which everything may be wrong. */
export interface Entry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly type?: string;
  readonly mode?: number;
  readonly linkName?: string;
  /** Instead of the content's own. */
  readonly size?: string;
  readonly prefix?: string;
  readonly badChecksum?: boolean;
}

const BLOCK = 512;

export function tarOf(entries: readonly Entry[], end = Buffer.alloc(2 * BLOCK)): Buffer {
  return Buffer.concat([...entries.flatMap((entry) => [header(entry), body(entry)]), end]);
}

export function archiveOf(entries: readonly Entry[]): Buffer {
  return gzipSync(tarOf(entries));
}

function body(entry: Entry): Buffer {
  const content = Buffer.from(entry.content ?? "");
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

function header(entry: Entry): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(entry.name, 0, 100, "utf8");
  block.write((entry.mode ?? 0o644).toString(8).padStart(7, "0"), 100);
  const size = Buffer.from(entry.content ?? "")
    .length.toString(8)
    .padStart(11, "0");
  block.write(entry.size ?? size, 124, 12, "latin1");
  block.write("        ", 148);
  block.write(entry.type ?? "0", 156);
  block.write(entry.linkName ?? "", 157);
  block.write("ustar\u000000", 257);
  block.write(entry.prefix ?? "", 345);
  const sum = block.reduce((total, byte) => total + byte, 0) + (entry.badChecksum === true ? 1 : 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** One pax record, its length counted. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (`${length}`.length + rest.length !== length) length++;
  return `${length}${rest}`;
}

export const MANIFEST = {
  revision: "r1",
  roots: ["assay", "policy"],
  wasm: [{ entrypoint: "assay/decision", module: "/policy.wasm" }],
};

/** The entries of a bundle that is in order; each may be replaced, `undefined` leaves it out. */
export function bundleEntries(
  replaced: Readonly<Record<string, string | Uint8Array | undefined>> = {},
): Entry[] {
  const files: Record<string, string | Uint8Array | undefined> = {
    "/.manifest": JSON.stringify(MANIFEST),
    "/data.json": '{"policy":{"name":"acme"}}',
    "/policy.wasm": forgeModule(),
    "/assay/decision.rego": "package assay\n\ndecision := 1\n\nhelper if true\n",
    ...replaced,
  };
  return Object.entries(files).flatMap(([name, content]) =>
    content === undefined ? [] : [{ name, content }],
  );
}
