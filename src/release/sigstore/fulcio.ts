import { X509Certificate } from "node:crypto";
import { arrayAt } from "../../core/index.ts";
import { refuseSigning } from "./fault.ts";
import type { IdentityToken } from "./identity-token.ts";
import { askService, endpointOf, jsonOf, requireConfidential } from "./service.ts";
import type { SigningKey } from "./signing-key.ts";

/**
 * Has Fulcio certify a key for the token's identity (fulcio.proto, CreateSigningCertificate, API v2). Answers the
 * certificate in DER, known to be of this key.
 */
export async function certify(
  fulcio: URL,
  { token, subject }: IdentityToken,
  key: SigningKey,
  signal: AbortSignal,
): Promise<Buffer> {
  requireConfidential(fulcio, "Fulcio");
  const request = {
    service: "Fulcio",
    url: endpointOf(fulcio, "/api/v2/signingCert"),
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({
      credentials: { oidcIdentityToken: token },
      publicKeyRequest: {
        publicKey: {
          algorithm: "ECDSA",
          content: key.publicKey.export({ type: "spki", format: "pem" }).toString(),
        },
        proofOfPossession: key.sign(Buffer.from(subject)).toString("base64"),
      },
    }),
    signal,
  } as const;
  const answer = jsonOf(request, await askService(request));
  const [leaf] = arrayAt(answer, "signedCertificateEmbeddedSct", "chain", "certificates") ?? [];
  if (typeof leaf !== "string") {
    return refuseSigning(
      "signing.service_failed",
      `Fulcio at ${fulcio.host} answered without a certificate that holds its timestamp of a certificate log (SCT)`,
    );
  }
  const certificate = readCertificate(leaf, fulcio);
  return certificate.publicKey.equals(key.publicKey)
    ? certificate.raw
    : refuseSigning(
        "signing.service_failed",
        `Fulcio at ${fulcio.host} certified another key than was asked for`,
      );
}

function readCertificate(pem: string, fulcio: URL): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    return refuseSigning(
      "signing.service_failed",
      `Fulcio at ${fulcio.host} answered a certificate that cannot be read`,
    );
  }
}
