import { readJsonText } from "../rego/read-text.ts";
import { RegoObject, type RegoValue } from "../rego/value.ts";
import { BuiltinError, type BuiltinTable } from "./contract.ts";
import { stringOperand } from "./operands.ts";
import { utf8Text } from "./utf8.ts";

const MAX_NESTING = 8;

/** Decoding only, which proves nothing; `io.jwt.verify_*` are refused, since assay verifies before policy. */
export const jwtBuiltins: BuiltinTable = {
  "io.jwt.decode": (operands) => decode(stringOperand(operands, 0), 0),
};

function decode(token: string, depth: number): RegoValue {
  if (depth > MAX_NESTING) throw new BuiltinError("JWTs nested too deep");
  const parts = token.split(".");
  const [encodedHeader, encodedPayload, encodedSignature] = parts;
  if (parts.length !== 3 || encodedHeader === undefined) {
    throw new BuiltinError(`encoded JWT must have 3 sections, found ${parts.length}`);
  }
  const header = jsonObject(utf8Text(base64url(encodedHeader)));
  // A JWE may not be read: its payload is encrypted.
  if (header.member("enc") !== undefined)
    throw new BuiltinError("JWT is a JWE object, which is not supported");
  const payload = utf8Text(base64url(encodedPayload ?? ""));
  const contentType = header.member("cty");
  if (contentType !== undefined && typeof contentType !== "string")
    throw new BuiltinError("cty must be a string");
  if (contentType === "JWT") return decode(payload.replaceAll(/^["']+|["']+$/g, ""), depth + 1);
  const claims = jsonObject(payload);
  return [header, claims, Buffer.from(base64url(encodedSignature ?? "")).toString("hex")];
}

function jsonObject(text: string): RegoObject {
  const value = readJsonText(text);
  if (!(value instanceof RegoObject)) throw new BuiltinError("not a JSON object");
  return value;
}

/** Go's decoder: padding optional when absent as a whole, line ends ignored. */
function base64url(text: string): Uint8Array {
  const plain = text.replaceAll(/[\r\n]/g, "");
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(plain)) throw new BuiltinError("invalid base64url");
  const bare = plain.replace(/=+$/, "");
  const padded = plain !== bare;
  if (bare.length % 4 === 1 || (padded && plain.length % 4 !== 0))
    throw new BuiltinError("invalid base64url");
  return Buffer.from(bare, "base64url");
}
