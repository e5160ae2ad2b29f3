import { gather } from "../../src/decision/index.ts";
import type { InputDocument, InputEvidence } from "../../src/normalization/index.ts";
import { createRegistry } from "../../src/registry/index.ts";
import { trustFromFiles } from "../../src/verification/index.ts";

/** Files that trust is read from, as on the command line. */
export interface Trusted {
  readonly trustedRoots?: readonly string[];
  readonly keys?: readonly string[];
}

/** What assay makes of an image, up to policy: read from the registry, verified with this trust alone. */
export async function gathered(reference: string, trusted: Trusted): Promise<InputDocument> {
  const trust = trustFromFiles({ trustedRoots: trusted.trustedRoots ?? [], keys: trusted.keys ?? [] });
  if (!trust.ok) throw new Error(trust.reason.message);
  const registry = createRegistry({});
  const found = await gather(
    { reference, surface: "cli", namespace: null, parameters: {}, platform: null },
    { registry, layouts: [], files: [], trust: trust.value, clock: () => new Date() },
    { signal: AbortSignal.timeout(30_000), time: new Date() },
  );
  if (!found.ok) throw new Error(`${found.reason.code}: ${found.reason.message}`);
  return found.value.input;
}

/** Each piece of evidence in a line, sorted: where it was, what it is, and what became of it. */
export function outline({ evidence }: InputDocument): readonly string[] {
  return evidence
    .map(({ source, kind, predicateType, status, reason, signers }: InputEvidence) =>
      [
        source,
        kind,
        predicateType ?? "-",
        status === "verified" ? signers.map(signerLine).join(" ") : `${status} ${reason?.code ?? ""}`,
      ].join(" | "),
    )
    .toSorted();
}

function signerLine(signer: InputEvidence["signers"][number]): string {
  return signer.kind === "key" ? signer.keyId : `${signer.identity} by ${signer.trustRoot}`;
}
