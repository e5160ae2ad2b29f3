import { createHmac } from "node:crypto";
import { KEYS, listed, refused, verified, type Forged } from "./forge.ts";

const PUBLIC_PEM = KEYS.rsa.publicKey.export({ type: "spki", format: "pem" });
const PUBLIC_JWK = KEYS.other.publicKey.export({ format: "jwk" });
const files = listed();

describe("readToken", () => {
  describe("T178 A124 refuses what a header says of itself", () => {
    const header = (more: object): Forged => ({ header: { alg: "RS256", ...more } });
    const hmac = (signed: Buffer) => createHmac("sha256", PUBLIC_PEM).update(signed).digest();
    const own = { key: KEYS.other.privateKey };
    const cases: readonly (Forged & { readonly name: string; readonly says: string })[] = [
      { name: "alg none", header: { alg: "none" }, sign: () => Buffer.alloc(1), says: 'signed with "none"' },
      {
        name: "alg none without signature",
        header: { alg: "none" },
        sign: () => Buffer.alloc(0),
        says: "three parts",
      },
      { name: "alg nOnE", header: { alg: "nOnE" }, says: 'signed with "nOnE"' },
      { name: "HS256 with the public key as secret", header: { alg: "HS256" }, sign: hmac, says: '"HS256"' },
      { name: "rs256 in lower case", header: { alg: "rs256" }, says: 'signed with "rs256"' },
      { name: "alg of the prototype", header: { alg: "constructor" }, says: 'signed with "constructor"' },
      { name: "alg __proto__", header: '{"alg":"__proto__"}', says: 'signed with "__proto__"' },
      { name: "EdDSA", header: { alg: "EdDSA" }, says: 'signed with "EdDSA"' },
      { name: "no alg", header: {}, says: "signed with nothing" },
      { name: "a list of algs", header: { alg: ["RS256"] }, says: 'signed with ["RS256"]' },
      { name: "a key in the header (jwk)", ...header({ jwk: PUBLIC_JWK }), ...own, says: 'header has "jwk"' },
      {
        name: "an address of keys (jku)",
        ...header({ jku: "https://evil.example/k" }),
        ...own,
        says: '"jku"',
      },
      { name: "a chain (x5c)", ...header({ x5c: ["MIIB"] }), ...own, says: 'header has "x5c"' },
      { name: "an address of a chain (x5u)", ...header({ x5u: "https://evil.example/c" }), says: '"x5u"' },
      { name: "crit", ...header({ crit: ["exp"], exp: 1 }), says: 'header has "crit"' },
      { name: "an unencoded payload (b64)", ...header({ b64: false }), says: 'header has "b64"' },
      { name: "a token of another type", ...header({ typ: "at+jwt" }), says: 'type "at+jwt"' },
      { name: "alg twice", header: '{"alg":"RS256","alg":"none"}', says: 'key "alg" stands twice' },
      { name: "a header that is no object", header: "[]", says: "header is no object" },
      { name: "a header that is no JSON", header: "alg=RS256", says: "header: not JSON" },
      { name: "a huge header", ...header({ kid: "k".repeat(5000) }), says: "at most 4096" },
    ];
    for (const { name, says, ...forged } of cases)
      it(name, () => refused(verified(forged), "signature.invalid", says));
  });

  describe("refuses a token or payload in any other notation", () => {
    const payload = JSON.stringify({ files });
    const cases: readonly (Forged & { readonly name: string; readonly says: string })[] = [
      { name: "padding", token: (token) => `${token}==`, says: "base64url without padding" },
      { name: "the standard alphabet", token: (token) => token.replace(/.$/, "+"), says: "base64url" },
      { name: "white space", token: (token) => `${token}\n`, says: "base64url" },
      {
        name: "bits left over",
        token: (token) => `${token.slice(0, -1)}${leftOver(token)}`,
        says: "base64url",
      },
      { name: "two parts", token: (token) => token.split(".").slice(0, 2).join("."), says: "three parts" },
      { name: "four parts", token: (token) => `${token}.eA`, says: "three parts" },
      { name: "nothing", token: () => "", says: "three parts" },
      { name: "a payload apart", token: (token) => token.replace(/\..*\./, ".."), says: "three parts" },
      { name: "a payload that is no JSON", payload: "files", says: "payload: not JSON" },
      { name: "a payload that is a list", payload: "[]", says: "payload is no object" },
      { name: "a payload without files", payload: {}, says: "no list of at most" },
      { name: "files that are no list", payload: { files: {} }, says: "no list of at most" },
      {
        name: "T176 files twice",
        payload: payload.replace("{", '{"files":[],'),
        says: '"files" stands twice',
      },
      { name: "T176 Files beside files", payload: payload.replace("{", '{"Files":[],'), says: '"Files"' },
      { name: "a payload that is not UTF-8", payload: "\ufeff{}", says: "payload: not JSON" },
      { name: "a huge token", payload: { files, x: "x".repeat(4 * 1024 * 1024) }, says: "at most 4194304" },
      { name: "a file that is no JSON", file: () => "eyJ", says: ".signatures.json: not JSON" },
      { name: "a file that is a list", file: (token) => [token], says: "is no object" },
      {
        name: "another plugin",
        file: (token) => ({ signatures: [token], plugin: "kms" }),
        says: 'the plugin "kms"',
      },
      { name: "more in the file", file: (token) => ({ signatures: [token], keys: [] }), says: '"keys"' },
      {
        name: "signatures twice",
        file: (token) => `{"signatures":[],"signatures":["${token}"]}`,
        says: '"signatures" stands twice',
      },
    ];
    for (const { name, says, ...forged } of cases)
      it(name, () => refused(verified(forged), "signature.invalid", says));
  });
});

/** Another last character for the same bytes: 256 bytes leave four bits over. */
function leftOver(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return alphabet.charAt(alphabet.indexOf(token.slice(-1)) + 1);
}
