import { hash } from "node:crypto";
import { oneLine } from "../../core/index.ts";
import type { BundleFile } from "../../policy/index.ts";
import { SignatureFault } from "./fault.ts";
import { structuredForm } from "./structured.ts";

/** OPA knows more (MD5, SHA-1, SHA-224 and SHA-512 cut short); these are collision resistant, and it signs with the first. */
const HASHES = { "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" } as const;

export type HashAlgorithm = keyof typeof HASHES;

export function isHashAlgorithm(name: string): name is HashAlgorithm {
  return Object.hasOwn(HASHES, name);
}

/** Files that OPA parses and then hashes; of a bundle with data in other places or in YAML nothing is read. */
const STRUCTURED: ReadonlySet<string> = new Set([".manifest", "data.json"]);

/** A file's hash as OPA's signatures list it, in hexadecimal. Throws `SignatureFault` where it means nothing certain. */
export function hashFile(file: BundleFile, algorithm: HashAlgorithm): string {
  return hash(HASHES[algorithm], hashedBytes(file), "hex");
}

function hashedBytes({ name, bytes }: BundleFile): Uint8Array {
  if (!STRUCTURED.has(name)) return bytes;
  const form = structuredForm(bytes);
  if (form.ok) return form.value;
  throw new SignatureFault("signature.files_mismatch", `${oneLine(name, 100)}: ${form.reason.message}`);
}

/** What OPA calls the file: as the archive does, without one leading slash. */
export function listedName({ entryName }: BundleFile): string {
  return entryName.replace(/^\//, "");
}
