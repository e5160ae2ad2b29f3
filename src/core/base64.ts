const STANDARD = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
const URL_SAFE = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}(?:==)?|[A-Za-z0-9_-]{3}=?)?$/;

/**
 * Decodes base64 strictly: one alphabet (standard or URL-safe, as DSSE demands of verifiers), no white space, no
 * foreign characters, padding right or absent, no bits left over. `undefined` for anything else, where Node's own
 * decoder would guess (threat T062).
 */
export function decodeBase64(text: string): Buffer | undefined {
  const standard = STANDARD.test(text);
  if (!standard && !URL_SAFE.test(text)) return undefined;
  const bytes = Buffer.from(text, standard ? "base64" : "base64url");
  const unpadded = text.replace(/={1,2}$/, "");
  return bytes.toString(standard ? "base64" : "base64url").replace(/={1,2}$/, "") === unpadded
    ? bytes
    : undefined;
}
