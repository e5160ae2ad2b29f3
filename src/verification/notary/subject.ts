import { escapeNameValue } from "../../core/index.ts";
import type { Certificate } from "../certificate.ts";
import { parseDer, TAG, type DerElement } from "../der.ts";
import { refuse } from "../refusal.ts";

const PRINTABLE_STRING = 0x13;
const IA5_STRING = 0x16;
const MAX_ATTRIBUTES = 32;
const MAX_VALUE = 256;

/** Short names of attribute types (RFC 4514 §3 and what X.509 tools write besides); others go by their numbers. */
const NAMES: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "SERIALNUMBER",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "STREET",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.17": "POSTALCODE",
  "1.2.840.113549.1.9.1": "EMAIL",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
};

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The subject of a certificate in one canonical form: `C=US, ST=WA, O=acme, CN=release`, in the certificate's order.
 * Whatever could be read in two ways is written as `\2C` (RFC 4514 §2.4), so that `, ` and `=` only ever separate. As
 * in notation, no attribute stands twice and none beside another in one part. Throws `certificate.identity`.
 */
export function subjectOf(certificate: Certificate): string {
  const parts = parseDer(certificate.subject, "certificate.identity").children();
  if (parts.length === 0) refuse("certificate.identity", "the signing certificate has no subject");
  if (parts.length > MAX_ATTRIBUTES) refuse("limit.exceeded", "a certificate's subject of too many parts");
  const attributes = parts.map(readPart);
  if (new Set(attributes.map(([type]) => type)).size !== attributes.length) {
    refuse("certificate.identity", "the certificate's subject names an attribute twice");
  }
  return attributes.map(([type, value]) => `${type}=${value}`).join(", ");
}

function readPart(part: DerElement): readonly [string, string] {
  const [attribute, ...more] = part.expect(TAG.set).children();
  if (attribute === undefined || more.length > 0) {
    return refuse("certificate.identity", "the certificate's subject has a part of several attributes");
  }
  const fields = attribute.fields();
  const type = fields.next().oid();
  const value = textOf(fields.next());
  fields.end();
  return [NAMES[type] ?? type, value];
}

function textOf({ tag, content }: DerElement): string {
  if (content.length > MAX_VALUE)
    return refuse("limit.exceeded", `a part of a subject of ${content.length} bytes`);
  if (tag !== TAG.utf8String && tag !== PRINTABLE_STRING && tag !== IA5_STRING) {
    return refuse("certificate.identity", "the certificate's subject has a part that is no text");
  }
  const text = decode(content);
  if (text === undefined || !/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u.test(text)) {
    return refuse(
      "certificate.identity",
      "a part of the certificate's subject is empty or has characters that do not belong there",
    );
  }
  return escapeNameValue(text);
}

function decode(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
