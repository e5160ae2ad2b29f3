import { isObject, member, oneLine, parseStrictJson, type JsonObject } from "../../core/index.ts";
import { isOpaAlgorithm, OPA_ALGORITHMS, type OpaAlgorithm } from "./algorithms.ts";
import { SignatureFault } from "./fault.ts";

/** A JWS in compact form (RFC 7515, section 7.1), of which nothing is believed but its shape. */
export interface Token {
  readonly algorithm: OpaAlgorithm;
  readonly kid: string | undefined;
  /** What is signed: header and payload as they were sent. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly payload: Uint8Array;
}

/** A list of 2,000 files with the longest names takes 3 MB. */
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_HEADER_BYTES = 4096;

/**
 * Reads `.signatures.json`: exactly one token (OPA, "Signature Format"). Its header may say algorithm, `kid` and `typ`,
 * nothing else: what brings or points to a key (`jwk`, `jku`, `x5c`, `x5u`) and what must be understood (`crit`) is refused
 * and never looked at (threats T178, A124).
 */
export function readToken(file: Uint8Array): Token {
  const parts = onlyToken(file).split(".");
  const [header, payload, signature] = parts.map(decode);
  if (header === undefined || payload === undefined || signature === undefined || parts.length !== 3) {
    throw invalid("the token is not three parts in base64url without padding");
  }
  const stated = readHeader(header);
  return { ...stated, payload, signature, signed: Buffer.from(parts.slice(0, 2).join(".")) };
}

function onlyToken(file: Uint8Array): string {
  const parsed = parseStrictJson(file, { bytes: MOST_BYTES, depth: 4 });
  if (!parsed.ok) throw invalid(`.signatures.json: ${parsed.reason.message}`);
  if (!isObject(parsed.value)) throw invalid(".signatures.json is no object");
  checkMembers(parsed.value, ["signatures", "plugin"], ".signatures.json");
  // `opa build` names the plugin that it was signed with, `opa sign` does not.
  const plugin = member(parsed.value, "plugin") ?? "";
  if (plugin !== "" && plugin !== "_default") {
    throw invalid(`.signatures.json is for the plugin ${quoted(plugin)}; only OPA's own signatures are read`);
  }
  const signatures = member(parsed.value, "signatures");
  const tokens: readonly unknown[] = Array.isArray(signatures) ? signatures : [];
  const [token] = tokens;
  if (typeof token !== "string" || tokens.length !== 1) {
    throw invalid(`.signatures.json has ${tokens.length} signatures; exactly one is expected`);
  }
  return token;
}

function readHeader(bytes: Uint8Array): Pick<Token, "algorithm" | "kid"> {
  const parsed = parseStrictJson(bytes, { bytes: MOST_HEADER_BYTES, depth: 8 });
  if (!parsed.ok) throw invalid(`the token's header: ${parsed.reason.message}`);
  if (!isObject(parsed.value)) throw invalid("the token's header is no object");
  checkMembers(parsed.value, ["alg", "kid", "typ"], "the token's header");
  const { alg, kid, typ } = parsed.value;
  if (typeof alg !== "string" || !isOpaAlgorithm(alg)) {
    throw invalid(`the token is signed with ${quoted(alg)}; expected one of ${OPA_ALGORITHMS.join(", ")}`);
  }
  if (typ !== undefined && typ !== "JWT") throw invalid(`the token is of type ${quoted(typ)}, not JWT`);
  if (kid !== undefined && typeof kid !== "string") throw invalid("the token's kid is no text");
  return { algorithm: alg, kid };
}

function checkMembers(object: JsonObject, allowed: readonly string[], what: string): void {
  const other = Object.keys(object).find((key) => !allowed.includes(key));
  if (other !== undefined) throw invalid(`${what} has ${quoted(other)}, which is not to be believed`);
}

/** `undefined` for what another decoder could read as something else: padding, white space, left over bits. */
function decode(part: string): Buffer | undefined {
  if (part === "" || !/^[A-Za-z0-9_-]+$/.test(part)) return undefined;
  const bytes = Buffer.from(part, "base64url");
  return bytes.toString("base64url") === part ? bytes : undefined;
}

function quoted(value: unknown): string {
  return oneLine(JSON.stringify(value) ?? "nothing", 60);
}

function invalid(message: string): SignatureFault {
  return new SignatureFault("signature.invalid", message);
}
