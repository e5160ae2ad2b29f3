import {
  oneLine,
  objectAt,
  stringAt,
  failure,
  type JsonValue,
  type Reason,
  type Result,
} from "../core/index.ts";
import type { Decision, DecisionRequest } from "../decision/index.ts";
import { parseKey } from "./key.ts";
import { imageList } from "./exchange.ts";
import type { FaultCode } from "./fault.ts";
import { isPermanent, openKeys, requestFor } from "./provider-keys.ts";
import { reasonLine, reasonLines } from "./results.ts";
import type { Service } from "./service-parts.ts";

/** The only version of Gatekeeper's external data protocol that is spoken. */
const API_VERSION = "externaldata.gatekeeper.sh/v1beta1";

/** Gatekeeper's `ProviderResponse`. The client checks neither HTTP status nor `kind`, so each answer is one of these. */
export interface ProviderResponse<Item = ProviderItem> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: "ProviderResponse";
  readonly response: {
    /** True in mutation alone, which takes no other answer (threat T220). */
    readonly idempotent: boolean;
    readonly items?: readonly Item[];
    readonly systemError?: string;
  };
}

export interface ProviderItem {
  /** To the letter as it was asked: Gatekeeper caches under it. */
  readonly key: string;
  readonly value: KeyValue;
}

/** What a constraint template sees for one image. */
export interface KeyValue {
  readonly allow: boolean;
  readonly outcome: Decision["outcome"];
  readonly digest: string | null;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  readonly decisionId: string | null;
}

/** The keys of a `ProviderRequest`. Another version or kind is refused, not guessed at (threat T225). */
export function parseProviderRequest(
  body: JsonValue,
  service: Service,
): Result<readonly string[], FaultCode> {
  if (stringAt(body, "apiVersion") !== API_VERSION) {
    return failure("request.invalid", `the request's apiVersion must be ${API_VERSION}`);
  }
  if (stringAt(body, "kind") !== "ProviderRequest") {
    return failure("request.invalid", "the request's kind must be ProviderRequest");
  }
  return imageList(objectAt(body, "request")?.["keys"], "request.keys", service);
}

/** A key made ready to be decided, or the value that already answers it. */
export type PreparedKey =
  | { readonly key: string; readonly request: DecisionRequest }
  | { readonly key: string; readonly value: KeyValue };

export function prepareKey(key: string): PreparedKey {
  const parsed = parseKey(key);
  if (!parsed.ok) return { key, value: refusal(parsed.reason) };
  const { image, namespace } = parsed.value;
  return { key, request: requestFor(image, namespace) };
}

/**
 * One item per key asked, duplicates included, in their order; or one `systemError`. What asking again will not mend is a
 * value that does not allow, which every template that sees denials sees too.
 */
export function providerResponse(
  prepared: readonly PreparedKey[],
  decisions: ReadonlyMap<PreparedKey, Decision>,
): ProviderResponse {
  const items: ProviderItem[] = [];
  const open: string[] = [];
  for (const entry of prepared) {
    if ("value" in entry) {
      items.push({ key: entry.key, value: entry.value });
      continue;
    }
    const decision = decisions.get(entry);
    if (decision === undefined) open.push("internal");
    else if (decision.outcome === "undecided" && !isPermanent(decision.reason?.code ?? "")) {
      open.push(decision.reason?.code ?? "internal");
    } else items.push({ key: entry.key, value: valueOf(decision) });
  }
  if (open.length > 0) return systemError(openKeys(open, prepared.length, "decided"));
  return wrap({ idempotent: false, items });
}

export function systemError(message: string, { idempotent = false } = {}): ProviderResponse<never> {
  return wrap({ idempotent, systemError: `assay: ${oneLine(message)}` });
}

export function wrap<Item>(response: ProviderResponse<Item>["response"]): ProviderResponse<Item> {
  return { apiVersion: API_VERSION, kind: "ProviderResponse", response };
}

function valueOf(decision: Decision): KeyValue {
  const { outcome, image, decisionId } = decision;
  // Both must say so: a document that contradicts itself allows nothing.
  const allow = decision.allow && outcome === "allow";
  return {
    allow,
    outcome,
    digest: image.digest,
    reasons: reasonLines(decision),
    warnings: reasonLines({ violations: decision.warnings, reason: null }),
    decisionId,
  };
}

function refusal(reason: Reason): KeyValue {
  return {
    allow: false,
    outcome: "undecided",
    digest: null,
    reasons: [reasonLine(reason)],
    warnings: [],
    decisionId: null,
  };
}
