import type { Envelope } from "./dsse.ts";

/**
 * The ways in which clients wrote a DSSE envelope as they uploaded it: members in the order of the protocol's own
 * struct, no white space, with or without a key id, and with the certificate that slsa-github-generator adds. An intoto
 * 0.0.1 entry names the envelope by the digest of that text alone, which a bundle does not keep. A digest that fits one of
 * these binds payload and signature; one that fits none says nothing.
 */
export function envelopeWritings(envelope: Envelope, certificate: Buffer | null): readonly Buffer[] {
  const [signature, ...more] = envelope.signatures;
  if (signature === undefined || more.length > 0) return [];
  const sig = signature.bytes.toString("base64");
  const keyids = [...new Set([signature.keyId ?? "", ""])];
  const certificates = certificate === null ? [] : [{ cert: pemOf(certificate) }];
  const written = [
    { sig },
    ...keyids.flatMap((keyid) => [{ keyid, sig }, ...certificates.map((cert) => ({ keyid, sig, ...cert }))]),
  ];
  const { payloadType } = envelope;
  const payload = envelope.payload.toString("base64");
  return written.map((each) => Buffer.from(JSON.stringify({ payloadType, payload, signatures: [each] })));
}

function pemOf(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
