import { failure, type Digest, type Result } from "../core/index.ts";
import { decide, type Decision } from "../decision/index.ts";
import { loadEngine, type PolicyBundle, type PolicyEngine } from "../policy/index.ts";
import { trustOfPolicy, type TrustMaterial } from "../verification/index.ts";
import type { Delivery } from "./types.ts";

/**
 * The name under which a policy's provenance is judged where its source has none: what a policy for policies writes
 * under `images`.
 */
export const POLICY_REFERENCE = "localhost/policy";

export interface ProvenanceRequest {
  /** Host and repository of an OCI source; default: `POLICY_REFERENCE`. */
  readonly name?: string;
  /** Files and folders of evidence besides what came with the policy. */
  readonly files?: readonly string[];
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** A policy for policies, ready to decide. */
export interface ProvenanceJudge {
  /**
   * Decides about a policy as about an image whose digest is the archive's, or its OCI manifest's, from the evidence that
   * came with it alone. A policy with several digests is decided under each, and allowed by the first that is.
   */
  judge(delivery: Delivery, request: ProvenanceRequest): Promise<Result<Decision>>;
  close(): Promise<void>;
}

/** Starts the engine of a policy for policies; trust is that policy's own. */
export async function openProvenanceJudge(policy: PolicyBundle): Promise<Result<ProvenanceJudge>> {
  const trust = trustOfPolicy(policy.data);
  if (!trust.ok) return trust;
  const engine = await loadEngine(policy, { workers: 1 });
  if (!engine.ok) return engine;
  return {
    ok: true,
    value: {
      judge: (delivery, request) => judge(delivery, request, engine.value, trust.value),
      close: () => engine.value.close(),
    },
  };
}

/** Judges one delivery under a policy for policies, which is opened and closed for it. */
export async function judgeProvenance(
  delivery: Delivery,
  { policy, ...request }: ProvenanceRequest & { readonly policy: PolicyBundle },
): Promise<Result<Decision>> {
  const opened = await openProvenanceJudge(policy);
  if (!opened.ok) return opened;
  try {
    return await opened.value.judge(delivery, request);
  } finally {
    await opened.value.close();
  }
}

async function judge(
  delivery: Delivery,
  request: ProvenanceRequest,
  engine: PolicyEngine,
  trust: TrustMaterial,
): Promise<Result<Decision>> {
  if (delivery.kind === "folder") {
    return failure("provenance.missing", "a policy folder has no provenance: nothing is attested of it");
  }
  const decisions: Decision[] = [];
  for (const subject of delivery.subjects) {
    const decision = await decideAbout(subject, delivery.evidence, request, engine, trust);
    if (decision.allow) return { ok: true, value: decision };
    decisions.push(decision);
  }
  // An open question outweighs a denial under the other digest: with an answer it might be allowed.
  const answer = decisions.find(({ outcome }) => outcome === "undecided") ?? decisions.at(-1);
  return answer === undefined
    ? failure("provenance.missing", "the policy has no digest that provenance could be about")
    : { ok: true, value: answer };
}

async function decideAbout(
  subject: Digest,
  evidence: readonly Uint8Array[],
  { name = POLICY_REFERENCE, files = [], now, signal }: ProvenanceRequest,
  engine: PolicyEngine,
  trust: TrustMaterial,
): Promise<Decision> {
  const { decision } = await decide(
    { reference: `${name}@${subject}`, surface: "cli", namespace: null, parameters: {}, platform: null },
    {
      registry: null,
      layouts: [],
      files,
      documents: evidence.map((bytes, index) => ({ path: `evidence ${index + 1} of the policy`, bytes })),
      trust,
      engine,
      clock: () => now,
    },
    { signal },
  );
  return decision;
}
