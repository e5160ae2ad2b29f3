import { randomUUID } from "node:crypto";
import {
  at,
  failure,
  isArray,
  oneLine,
  success,
  type JsonValue,
  type Reason,
  type Result,
} from "../../core/index.ts";
import type { Decision, DecisionRequest } from "../../decision/index.ts";
import { decideAll } from "../batch.ts";
import type { Exchange } from "../exchange.ts";
import { tidyDecision } from "../results.ts";
import type { Service } from "../service-parts.ts";
import type { HeldPolicy } from "../types.ts";
import { within } from "../within.ts";
import type { DataInput } from "./request.ts";

/** What a path names for an input: a document, nothing, or nothing that could be found now. */
export interface Found {
  readonly outcome: Result<JsonValue | undefined>;
  readonly decisionId: string;
  readonly decisions: readonly Decision[];
  readonly warning?: Reason;
}

/**
 * The document at a path: of the entrypoint that the path is or leads through, then of each step into it. Never throws.
 */
export async function findDocument(
  path: readonly string[],
  input: DataInput,
  exchange: Exchange,
  policy: HeldPolicy,
  service: Service,
): Promise<Found> {
  const entrypoint = entrypointOf(path, policy.entrypoints);
  if (entrypoint === undefined && policy.unavailable !== null) {
    const { code, message } = policy.unavailable;
    return { outcome: failure(code, message), decisionId: randomUUID(), decisions: [] };
  }
  if (entrypoint === undefined) {
    const known = policy.entrypoints.join(", ");
    const message = `the policy has no entrypoint ${oneLine(path.join("/"), 200)}; it has ${oneLine(known)}`;
    const warning = { code: "api_usage_warning", message };
    return { outcome: success(undefined), decisionId: randomUUID(), decisions: [], warning };
  }
  const decides = entrypoint === "assay/decision" || entrypoint === "assay/allow";
  const found =
    input.kind === "image" && decides
      ? await decideImage(input.request, entrypoint, exchange, policy)
      : await queryEntrypoint(input, entrypoint, exchange, policy, service);
  const { outcome } = found;
  if (!outcome.ok) return found;
  const rest = path.slice(entrypoint.split("/").length);
  return { ...found, outcome: success(stepInto(outcome.value, rest)) };
}

/** The longest entrypoint that the path is, or leads through. */
function entrypointOf(path: readonly string[], entrypoints: readonly string[]): string | undefined {
  const text = `${path.join("/")}/`;
  return entrypoints
    .filter((entrypoint) => text.startsWith(`${entrypoint}/`))
    .reduce<string | undefined>((best, next) => (next.length > (best?.length ?? 0) ? next : best), undefined);
}

function stepInto(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (here, step) => at(here, isArray(here) && /^(?:0|[1-9][0-9]{0,8})$/.test(step) ? Number(step) : step),
    value,
  );
}

async function decideImage(
  request: DecisionRequest,
  entrypoint: "assay/decision" | "assay/allow",
  { signal, lane, watch }: Exchange,
  policy: HeldPolicy,
): Promise<Found> {
  const decisions = await decideAll([request], policy, { signal, lane, watch, parallel: 1 });
  const [decision] = decisions;
  if (decision === undefined) throw new Error("no decision about the only request");
  const { decisionId, reason } = decision;
  const allow = decision.allow && decision.outcome === "allow";
  const document: JsonValue = JSON.parse(JSON.stringify(tidyDecision(decision)));
  const warning = reason === null ? {} : { warning: { code: reason.code, message: oneLine(reason.message) } };
  return {
    outcome: success(entrypoint === "assay/allow" ? allow : document),
    decisionId,
    decisions,
    ...warning,
  };
}

async function queryEntrypoint(
  input: DataInput,
  entrypoint: string,
  { signal, id }: Exchange,
  policy: HeldPolicy,
  { log }: Service,
): Promise<Found> {
  const outcome = await within(
    signal,
    async (): Promise<Result<JsonValue | undefined>> => {
      const described =
        input.kind === "own" ? success(input.input) : await policy.describe(input.request, { signal });
      if (!described.ok) return described;
      const value = await policy.query(described.value, entrypoint, { signal });
      return !value.ok && value.reason.code === "policy.undefined" ? success(undefined) : value;
    },
    (thrown) => log.error("fault", { requestId: id, thrown }),
  );
  return { outcome, decisionId: randomUUID(), decisions: [] };
}
