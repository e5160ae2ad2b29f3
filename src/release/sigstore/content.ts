import { hexOf, algorithmOf, type Digest, type JsonObject } from "../../core/index.ts";

/** What is signed: a file as it is, or an in-toto statement in a DSSE envelope. */
export type SigningContent =
  | { readonly kind: "file"; readonly bytes: Uint8Array; readonly digest: Digest }
  | {
      readonly kind: "statement";
      readonly bytes: Uint8Array;
      readonly subject: Digest;
      readonly predicateType: string;
    };

/** Predicate of a statement that says no more than "signed": what `cosign sign` makes, and `cosign verify` takes. */
export const COSIGN_SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1";

export const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** An in-toto statement v1 about one image or OCI artifact (in-toto attestation framework, statement.md). */
export function statementAbout(digest: Digest, predicateType: string, predicate: JsonObject): SigningContent {
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { [algorithmOf(digest)]: hexOf(digest) } }],
    predicateType,
    predicate,
  };
  return { kind: "statement", bytes: Buffer.from(JSON.stringify(statement)), subject: digest, predicateType };
}

/** The statement of `cosign sign`: this digest is signed, and nothing else is said of it. */
export function signatureStatement(digest: Digest): SigningContent {
  return statementAbout(digest, COSIGN_SIGN_PREDICATE, {});
}

/** What a DSSE signature is over (DSSE v1, protocol.md, PAE). */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.byteLength} `),
    payload,
  ]);
}

/** The very bytes that the key signs. */
export function signedBytes(content: SigningContent): Uint8Array {
  return content.kind === "file" ? content.bytes : preAuthEncoding(IN_TOTO_PAYLOAD_TYPE, content.bytes);
}
