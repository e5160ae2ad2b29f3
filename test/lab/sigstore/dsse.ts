import type { JsonObject } from "../../../src/core/index.ts";
import { base64, signBytes, type HashName, type KeyPair } from "./keys.ts";

export const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";

export interface EnvelopeJson extends JsonObject {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly sig: string; readonly keyid?: string }[];
}

/** PAE of the DSSE protocol: what is really signed. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** A DSSE envelope without a bundle around it, signed by each of the keys; by none it is merely wrapped. */
export function dsseEnvelope(
  payload: Uint8Array,
  keys: readonly KeyPair[],
  options: { readonly payloadType?: string; readonly hash?: HashName; readonly keyids?: boolean } = {},
): EnvelopeJson {
  const payloadType = options.payloadType ?? IN_TOTO_PAYLOAD_TYPE;
  const signed = preAuthEncoding(payloadType, payload);
  const signatures = keys.map((key) => {
    const sig = base64(signBytes(key, signed, options.hash));
    return options.keyids === true ? { sig, keyid: key.keyId } : { sig };
  });
  return { payloadType, payload: base64(payload), signatures };
}
