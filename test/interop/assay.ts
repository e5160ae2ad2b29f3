import { gather } from "../../src/decision/index.ts";
import type { InputDocument, InputEvidence } from "../../src/normalization/index.ts";
import { createRegistry, openLayout } from "../../src/registry/index.ts";
import { trustFromFiles, type TrustMaterial } from "../../src/verification/index.ts";

/** Files that trust is read from, as on the command line. */
export interface Trusted {
  readonly trustedRoots?: readonly string[];
  readonly keys?: readonly string[];
  /** In place of files: trust that has no flags of its own. */
  readonly material?: TrustMaterial;
}

/** What assay makes of an image in a registry, up to policy, verified with this trust alone. */
export async function gathered(reference: string, trusted: Trusted): Promise<InputDocument> {
  const registry = createRegistry({});
  try {
    return await upToPolicy(reference, trusted, { registry, layouts: [] });
  } finally {
    registry.close();
  }
}

/** … in an OCI layout, without any network. */
export async function gatheredOffline(
  reference: string,
  trusted: Trusted,
  folder: string,
): Promise<InputDocument> {
  const layout = await openLayout(folder);
  if (!layout.ok) throw new Error(layout.reason.message);
  return upToPolicy(reference, trusted, { registry: null, layouts: [layout.value] });
}

async function upToPolicy(
  reference: string,
  trusted: Trusted,
  sources: Pick<Parameters<typeof gather>[1], "registry" | "layouts">,
): Promise<InputDocument> {
  const material = trusted.material ?? materialOf(trusted);
  const found = await gather(
    { reference, surface: "cli", namespace: null, parameters: {}, platform: null },
    { ...sources, files: [], trust: material, clock: () => new Date() },
    { signal: AbortSignal.timeout(30_000), time: new Date() },
  );
  if (!found.ok) throw new Error(`${found.reason.code}: ${found.reason.message}`);
  const { completeness } = found.value.input;
  if (!completeness.complete) throw new Error(`incomplete: ${JSON.stringify(completeness.reasons)}`);
  return found.value.input;
}

function materialOf({ trustedRoots = [], keys = [] }: Trusted): TrustMaterial {
  const trust = trustFromFiles({ trustedRoots, keys });
  if (!trust.ok) throw new Error(trust.reason.message);
  return trust.value;
}

/** What became of each piece of evidence, a line each, sorted: where it was, what it is, who signed it or why not. */
export function outline({ evidence }: InputDocument): readonly string[] {
  return evidence
    .map(({ source, kind, predicateType, subject, status, reason, signers }) => {
      const what = predicateType ?? kind;
      const whose = subject?.matches === "platform" ? ` of ${subject.platform ?? "a platform"}` : "";
      const became =
        status === "verified" ? signers.map(signerName).join(" and ") : `${status} ${reason?.code ?? ""}`;
      return `${source}: ${what}${whose}: ${became}`;
    })
    .toSorted();
}

/** A key by its id, anybody else by identity and root. */
export function signerName(signer: InputEvidence["signers"][number]): string {
  return signer.kind === "key" ? signer.keyId : `${signer.identity} in ${signer.trustRoot}`;
}
