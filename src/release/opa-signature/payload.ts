import {
  arrayAt,
  isArray,
  isObject,
  member,
  oneLine,
  parseStrictJson,
  type JsonObject,
  type JsonValue,
} from "../../core/index.ts";
import { BUNDLE_LIMITS } from "../../policy/index.ts";
import { SignatureFault } from "./fault.ts";
import { isHashAlgorithm, type HashAlgorithm } from "./file-hash.ts";

/** What a bundle's signature says. */
export interface Payload {
  /** By name. */
  readonly files: ReadonlyMap<string, ListedFile>;
  /** Deprecated in favour of the header's `kid`; OPA writes both. */
  readonly keyId: string | undefined;
  /** `null` where there is none; OPA makes no difference between none and an empty one. */
  readonly scope: string | null;
}

export interface ListedFile {
  readonly hash: string;
  readonly algorithm: HashAlgorithm;
}

const KNOWN = ["files", "keyid", "scope", "iss", "iat"];
const LIMITS = { bytes: 4 * 1024 * 1024, depth: 32 };

/**
 * Reads the payload of a token whose signature holds. Claims that OPA does not know are an author's own and say nothing;
 * those that it would take for one of its own in spite of their case are refused.
 */
export function readPayload(bytes: Uint8Array): Payload {
  const parsed = parseStrictJson(bytes, LIMITS);
  if (!parsed.ok) throw invalid(`the payload: ${parsed.reason.message}`);
  if (!isObject(parsed.value)) throw invalid("the payload is no object");
  checkCase(parsed.value, KNOWN);
  const scope = optionalText(parsed.value, "scope") ?? "";
  return {
    files: readFiles(parsed.value),
    keyId: optionalText(parsed.value, "keyid"),
    scope: scope === "" ? null : scope,
  };
}

function readFiles(payload: JsonObject): ReadonlyMap<string, ListedFile> {
  const entries = arrayAt(payload, "files");
  if (entries === undefined || entries.length > BUNDLE_LIMITS.files) {
    throw invalid(`the payload has no list of at most ${BUNDLE_LIMITS.files} files`);
  }
  const files = new Map<string, ListedFile>();
  for (const entry of entries) {
    const { name, ...listed } = readFile(entry);
    if (files.has(name)) throw mismatch(`${quoted(name)} is listed twice`);
    files.set(name, listed);
  }
  return files;
}

function readFile(entry: JsonValue): ListedFile & { readonly name: string } {
  if (!isObject(entry)) throw invalid("the payload lists a file that is no object");
  checkCase(entry, ["name", "hash", "algorithm"]);
  const { name, hash, algorithm } = entry;
  if (typeof name !== "string" || typeof hash !== "string" || typeof algorithm !== "string") {
    throw invalid("the payload lists a file without name, hash and algorithm");
  }
  if (!isHashAlgorithm(algorithm)) {
    throw mismatch(
      `${quoted(name)} is hashed with ${quoted(algorithm)}; expected SHA-256, SHA-384 or SHA-512`,
    );
  }
  return { name, hash, algorithm };
}

/** Go's decoder overlooks case: `Scope` would be a scope to OPA and none here. */
function checkCase(object: JsonObject, known: readonly string[]): void {
  const confused = Object.keys(object).find((key) => !known.includes(key) && known.includes(fold(key)));
  if (confused !== undefined) throw invalid(`the payload has ${quoted(confused)}; names are in lower case`);
}

/** Go folds two characters onto letters of ours. */
function fold(key: string): string {
  return key.toLowerCase().replaceAll("\u017f", "s").replaceAll("\u212a", "k");
}

function optionalText(payload: JsonObject, key: string): string | undefined {
  const value = member(payload, key);
  if (value !== undefined && typeof value !== "string") throw invalid(`the payload's ${key} is no text`);
  return value;
}

function quoted(text: JsonValue): string {
  return isArray(text) ? "a list" : oneLine(JSON.stringify(text), 100);
}

function invalid(message: string): SignatureFault {
  return new SignatureFault("signature.invalid", message);
}

function mismatch(message: string): SignatureFault {
  return new SignatureFault("signature.files_mismatch", message);
}
