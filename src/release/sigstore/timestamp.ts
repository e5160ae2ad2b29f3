import { hash } from "node:crypto";
import { refuseSigning } from "./fault.ts";
import { askService, requireSuccess } from "./service.ts";

/** INTEGER 1; AlgorithmIdentifier of SHA-256; an OCTET STRING of 32 bytes follows. */
const VERSION = Buffer.from("020101", "hex");
const IMPRINT_HEAD = Buffer.from("3031300d060960864801650304020105000420", "hex");

/** Has a timestamp authority stamp a signature (RFC 3161 §3.4 over HTTP); answers its response in DER. */
export async function stamp(authority: URL, signature: Uint8Array, signal: AbortSignal): Promise<Buffer> {
  const imprint = hash("sha256", signature, "buffer");
  const body = Buffer.concat([VERSION, IMPRINT_HEAD, imprint]);
  const request = {
    service: "the timestamp authority",
    url: authority,
    headers: { "content-type": "application/timestamp-query", accept: "application/timestamp-reply" },
    body: Uint8Array.from([0x30, body.length, ...body]),
    signal,
  };
  const answer = await askService(request);
  requireSuccess(request, answer);
  // Whether the stamp is good, verification tells; that it is one of this signature at all is told here.
  if (answer.body[0] !== 0x30 || !answer.body.includes(imprint)) {
    return refuseSigning(
      "signing.service_failed",
      `the timestamp authority at ${authority.host} answered no timestamp of the signature`,
    );
  }
  return answer.body;
}
