/**
 * Decodes base64 strictly: one alphabet (standard or URL-safe, as DSSE demands of verifiers), no white space, no
 * foreign characters, padding right or absent, no bits left over. `undefined` for anything else, where Node's own
 * decoder would guess (threat T062).
 */
export function decodeBase64(text: string): Buffer | undefined {
  const unpadded = text.endsWith("==") ? text.slice(0, -2) : text.endsWith("=") ? text.slice(0, -1) : text;
  if (unpadded.length !== text.length && text.length % 4 !== 0) return undefined;
  const encoding = unpadded.includes("-") || unpadded.includes("_") ? "base64url" : "base64";
  const bytes = Buffer.from(unpadded, encoding);
  // Encoding again gives the same text only where the decoder had nothing to skip, mix or drop.
  const canonical =
    encoding === "base64url" ? unpadded : unpadded.padEnd(Math.ceil(unpadded.length / 4) * 4, "=");
  return bytes.toString(encoding) === canonical ? bytes : undefined;
}
