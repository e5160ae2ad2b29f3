import { oneLine } from "../core/index.ts";
import { refuse } from "./refusal.ts";
import type { CertificateSigner, Signer } from "./types.ts";

/** The signer that somebody demands: both compared whole, never as patterns (A025, T082, T085, T087). */
export interface DemandedIdentity {
  readonly identity: string;
  readonly issuer: string;
}

export function isIdentity(signer: Signer, demanded: DemandedIdentity): signer is CertificateSigner {
  return (
    signer.kind !== "key" &&
    demanded.identity !== "" &&
    demanded.issuer !== "" &&
    signer.identity === demanded.identity &&
    signer.issuer === demanded.issuer
  );
}

/** Throws `identity.mismatch` where no signer is the demanded one. */
export function requireIdentity(signers: readonly Signer[], demanded: DemandedIdentity): void {
  if (signers.some((signer) => isIdentity(signer, demanded))) return;
  const found = signers.map((signer) =>
    signer.kind === "key"
      ? `the key ${signer.trustRoot}`
      : `${signer.identity} of ${signer.issuer ?? "no issuer"}`,
  );
  refuse(
    "identity.mismatch",
    oneLine(`signed by ${found.join(", ")}, not by ${demanded.identity} of ${demanded.issuer}`),
  );
}
