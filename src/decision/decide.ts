import { createHash } from "node:crypto";
import { describeThrown, success, type Digest, type Reason, type Result } from "../core/index.ts";
import type { InputDocument } from "../normalization/index.ts";
import { asVerdict, inputReads, type PolicyVerdict } from "../policy/index.ts";
import { appraise, type Appraisal } from "./appraisal/appraise.ts";
import { isLarge } from "./appraisal/appraiser.ts";
import { encodedInput, type EncodedInput } from "./appraisal/encoded-input.ts";
import { collectLocated, locateReference } from "./collect.ts";
import { beforeDeadline } from "./deadline.ts";
import { leavesOpen, NOTHING_SAID, outcomeOf, type Judged } from "./outcome.ts";
import { observed } from "./stages.ts";
import type { Decided, Decision, DecidingContext, DecisionRequest } from "./types.ts";
import { validUntil } from "./validity.ts";

/** Bundles name the decision's rule so (design, "Policies"). */
const ENTRYPOINT = "assay/decision";

/** Milliseconds that a policy may take where the request's deadline leaves more. */
export const EVALUATION_TIMEOUT_MS = 5_000;

export interface DecideOptions {
  /** Aborts at the deadline: an answer is then given at once. */
  readonly signal: AbortSignal;
  /**
   * A decision that is known already, asked for as soon as the digest is settled. It must be one about the same question:
   * what it gives is the answer.
   */
  readonly known?: (digest: Digest) => Promise<Decision | undefined>;
}

/**
 * Judges one image. Never throws and never allows unless the policy said `true` over evidence verified for exactly
 * the resolved digest: whatever fails, is thrown or takes too long ends as `deny` or `undecided`.
 */
export async function decide(
  request: DecisionRequest,
  context: DecidingContext,
  options: DecideOptions,
): Promise<Decided> {
  const time = context.clock();
  try {
    const { signal, known } = options;
    const { observer } = context;
    const located = await observed(observer, "resolve", () =>
      beforeDeadline(locateReference(request, context, signal), signal),
    );
    if (!located.ok) return undecided(request, context, time, located.reason);
    const { digest } = located.value.image;
    const remembered = known === undefined ? undefined : await beforeDeadline(known(digest), signal);
    if (remembered !== undefined && !("ok" in remembered)) return { decision: remembered, input: null };
    const reads = context.wholeInput === true ? undefined : inputReads(context.engine.bundle);
    const collected = await observed(observer, "evidence", () =>
      beforeDeadline(collectLocated(request, located.value, context, { signal, time, reads }), signal),
    );
    if (!collected.ok) return undecided(request, context, time, collected.reason, digest);
    const appraised = await observed(observer, "appraise", () =>
      beforeDeadline(appraiseAll(collected.value, context, options), signal),
    );
    if (!appraised.ok) return undecided(request, context, time, appraised.reason, digest);
    const { input, document: whole } = appraised.value;
    const judged = await observed(observer, "evaluate", () =>
      beforeDeadline(evaluateEncoded(input, context, time), signal),
    );
    if ("ok" in judged) return undecided(request, context, time, judged.reason, digest);
    tell(context, judged, collected.value);
    return { decision: judged, input: whole };
  } catch (thrown) {
    return undecided(request, context, time, { code: "internal", message: describeThrown(thrown) });
  }
}

/**
 * Judges what was collected for one decision under another policy, or another trust, at the same moment: nothing is
 * fetched. Never throws.
 */
export async function decideAgain(
  evidence: Appraisal,
  context: DecidingContext,
  { signal }: Pick<DecideOptions, "signal">,
): Promise<Decision> {
  const { request, image, time } = evidence;
  const open = (reason: Reason) => undecided(request, context, time, reason, image.digest).decision;
  try {
    const reads = context.wholeInput === true ? undefined : inputReads(context.engine.bundle);
    const appraised = await beforeDeadline(appraiseAll({ ...evidence, reads }, context, { signal }), signal);
    if (!appraised.ok) return open(appraised.reason);
    const judged = await beforeDeadline(evaluateEncoded(appraised.value.input, context, time), signal);
    return "ok" in judged ? open(judged.reason) : judged;
  } catch (thrown) {
    return open({ code: "internal", message: describeThrown(thrown) });
  }
}

/** A decision never depends on who is told of it. */
function tell({ decided }: DecidingContext, decision: Decision, evidence: Appraisal): void {
  try {
    decided?.(decision, evidence);
  } catch {
    // Its own fault.
  }
}

/** Judges an input document that is already there: all of `assay eval`. */
export function evaluate(input: InputDocument, context: JudgingContext, time: Date): Promise<Decision> {
  return evaluateEncoded(encodedInput(input), context, time);
}

type JudgingContext = Pick<DecidingContext, "engine" | "trust" | "longestValidity">;

interface Appraised {
  readonly input: EncodedInput;
  readonly document: InputDocument | null;
}

/** Evidence so large that it would keep others waiting is appraised in a thread of its own, where there is one. */
export async function appraiseAll(
  appraisal: Appraisal,
  { trust, conclusions, appraiser }: DecidingContext,
  { signal }: DecideOptions,
): Promise<Result<Appraised>> {
  const { digest, data } = trust;
  if (appraiser !== undefined && data !== undefined && isLarge(appraisal.artifacts)) {
    const input = await appraiser.appraise(appraisal, { digest, data }, signal);
    return input.ok ? success({ input: input.value, document: null }) : input;
  }
  const document = await appraise(appraisal, trust, { signal, cache: conclusions ?? null });
  return document.ok ? success({ input: encodedInput(document.value), document: document.value }) : document;
}

async function evaluateEncoded(
  { bytes, reference, digest, incomplete }: EncodedInput,
  context: JudgingContext,
  time: Date,
): Promise<Decision> {
  const evaluated = await context.engine.evaluate(bytes, ENTRYPOINT, {
    now: time,
    timeoutMs: EVALUATION_TIMEOUT_MS,
  });
  const verdict = evaluated.ok ? asVerdict(evaluated.value) : evaluated;
  if (!verdict.ok) {
    const open = leavesOpen(verdict.reason.code);
    return document(reference, digest, bytes, context, time, {
      judged: { outcome: open ? "undecided" : "deny", reason: open ? verdict.reason : null },
      verdict: open ? NOTHING : denialOf(verdict.reason),
    });
  }
  return document(reference, digest, bytes, context, time, {
    judged: outcomeOf(verdict.value, incomplete),
    verdict: verdict.value,
  });
}

const NOTHING: PolicyVerdict = { allow: false, ...NOTHING_SAID };

/** A policy that cannot give a proper verdict denies, and says that it is the policy which is at fault. */
function denialOf(reason: Reason): PolicyVerdict {
  const violation = {
    code: reason.code,
    message: reason.message,
    solution: "Mend the policy: `assay policy test` and `assay eval` show the fault.",
    evidence: [],
    severity: null,
    term: null,
  };
  return { ...NOTHING, violations: [violation] };
}

/** The answer where no decision was reached. */
export function undecided(
  request: Pick<DecisionRequest, "reference">,
  context: Pick<DecidingContext, "engine" | "trust">,
  time: Date,
  reason: Reason,
  digest: Digest | null = null,
): Decided {
  const decision = document(request.reference, digest, Buffer.from(reason.code), context, time, {
    judged: { outcome: "undecided", reason },
    verdict: NOTHING,
  });
  return { decision, input: null };
}

function document(
  reference: string,
  digest: Digest | null,
  judgedBytes: Uint8Array,
  context: JudgingContext,
  time: Date,
  { judged, verdict }: { readonly judged: Judged; readonly verdict: PolicyVerdict },
): Decision {
  const { name, revision, digest: policyDigest } = context.engine.bundle;
  return {
    allow: judged.outcome === "allow" && verdict.allow,
    outcome: judged.outcome,
    image: { reference, digest },
    violations: verdict.violations,
    warnings: verdict.warnings,
    exceptions: verdict.exceptions,
    passed: verdict.passed,
    notEvaluated: verdict.notEvaluated,
    mode: verdict.mode,
    reason: judged.reason,
    policy: { name, revision, digest: policyDigest },
    trust: { digest: context.trust.digest },
    time: time.toISOString(),
    validUntil:
      judged.outcome === "undecided"
        ? null
        : validUntil(time, context.engine.bundle, context.trust, context.longestValidity).toISOString(),
    decisionId: decisionId([reference, policyDigest, context.trust.digest, time.toISOString()], judgedBytes),
  };
}

/**
 * A UUID of version 8 (RFC 9562, section 5.8) over what the decision was made from: the same evidence, policy and
 * time give the same id, so that whoever holds the record can prove that it belongs to the decision.
 */
function decisionId(names: readonly string[], bytes: Uint8Array): string {
  const hash = createHash("sha256").update(JSON.stringify(names)).update(bytes).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex", 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
