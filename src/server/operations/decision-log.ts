import { gzip } from "node:zlib";
import { promisify } from "node:util";
import { isObject, oneLine, type JsonValue } from "../../core/index.ts";
import type { Decision, DecisionRequest } from "../../decision/index.ts";
import { parseReference } from "../../image/index.ts";
import type { ShadowDifference } from "../policies/shadow.ts";
import { Outbox, type Delivery } from "./outbox.ts";
import { post, type Destination } from "./post.ts";
import type { TraceContext } from "./trace-context.ts";

/** One decision as it was given to one caller. */
export interface LoggedDecision {
  readonly decision: Decision;
  readonly request: DecisionRequest;
  /** The caller's address and port. */
  readonly requestedBy: string;
  readonly requestId: string;
  readonly nanoseconds: number;
  readonly trace: TraceContext | null;
}

export interface DecisionLog {
  add(entry: LoggedDecision): void;
  /** What a shadow policy decided otherwise: an entry of its own, whose path no decision has. */
  addDifference(difference: ShadowDifference): void;
  close(graceMs: number): Promise<void>;
}

export interface DecisionLogSettings {
  /** JSON pointers below `/input` or `/result`: what they name is left out, and named in `erased`. */
  readonly mask: readonly string[];
  /** Of this process, in every entry. */
  readonly labels: Readonly<Record<string, string>>;
  readonly sink: Sink;
  readonly dropped: (reason: "full" | "refused" | "late", amount: number) => void;
  readonly clock: () => Date;
}

/** Takes a batch of entries, each one JSON text. Never throws. */
export type Sink = (entries: readonly string[], signal: AbortSignal) => Promise<Delivery>;

const QUEUE = { entries: 100_000, bytes: 64 * 1024 * 1024, batchBytes: 512 * 1024, gather: 200 } as const;

/** Codes that one entry lists: enough to search for, whatever a policy says. */
const MOST_CODES = 100;

/**
 * The decision log in Open Policy Agent's format (its documentation, "Decision Logs"). It holds no credential: a reference
 * that is none may be anything that somebody pasted, and is cut at what looks like one.
 */
export function createDecisionLog({ mask, labels, sink, dropped, clock }: DecisionLogSettings): DecisionLog {
  const outbox = new Outbox({ ...QUEUE, send: sink, dropped });
  const pointers = mask.map((pointer) => ({ pointer, path: stepsOf(pointer) }));
  const write = (event: DecisionEvent) => {
    const erased = pointers.flatMap(({ pointer, path }) => (erase(event, path) ? [pointer] : []));
    outbox.add(JSON.stringify(erased.length === 0 ? event : { ...event, erased }));
  };
  return {
    add: (entry) => write(eventOf(entry, labels, clock())),
    addDifference: (difference) => write(differenceOf(difference, labels, clock())),
    close: (graceMs) => outbox.close(graceMs),
  };
}

interface DecisionEvent {
  readonly [key: string]: JsonValue;
}

function eventOf(
  { decision, request, requestedBy, requestId, nanoseconds, trace }: LoggedDecision,
  labels: Readonly<Record<string, string>>,
  now: Date,
): DecisionEvent {
  const { image, outcome, violations, warnings, reason } = decision;
  return {
    labels: { ...labels },
    decision_id: decision.decisionId,
    ...(trace === null ? {} : { trace_id: trace.traceId, span_id: trace.spanId }),
    bundles: bundlesOf(decision),
    path: "assay/decision",
    input: {
      image: withoutCredentials(request.reference),
      surface: request.surface,
      ...(request.namespace === null ? {} : { namespace: request.namespace }),
    },
    result: {
      allow: decision.allow && outcome === "allow",
      outcome,
      digest: image.digest,
      violations: codesOf(violations),
      warnings: codesOf(warnings),
      ...(reason === null ? {} : { reason: reason.code }),
      trust: decision.trust.digest,
    },
    requested_by: requestedBy,
    // The decision's own time is earlier where it was remembered.
    timestamp: now.toISOString(),
    metrics: { timer_server_handler_ns: nanoseconds },
    req_id: requestId,
  };
}

function differenceOf(
  { namespace, surface, enforced, shadow, onlyEnforced, onlyShadow }: ShadowDifference,
  labels: Readonly<Record<string, string>>,
  now: Date,
): DecisionEvent {
  return {
    labels: { ...labels },
    decision_id: enforced.decisionId,
    bundles: bundlesOf(shadow),
    path: "assay/shadow",
    input: {
      image: withoutCredentials(enforced.image.reference),
      surface,
      ...(namespace === null ? {} : { namespace }),
    },
    result: {
      digest: enforced.image.digest,
      enforced: sideOf(enforced, onlyEnforced),
      shadow: sideOf(shadow, onlyShadow),
    },
    timestamp: now.toISOString(),
  };
}

/** One side of a difference; `only`: codes that the other has not. */
function sideOf({ allow, outcome, policy, trust }: Decision, codes: readonly string[]): JsonValue {
  return {
    allow: allow && outcome === "allow",
    outcome,
    policy: { ...policy },
    trust: trust.digest,
    only: codes.slice(0, MOST_CODES).map((code) => oneLine(code, 200)),
  };
}

function bundlesOf({ policy }: Decision): JsonValue {
  return Object.fromEntries([[policy.name, { revision: policy.revision, digest: policy.digest }]]);
}

function codesOf(results: Decision["violations"]): string[] {
  return [...new Set(results.map(({ code }) => oneLine(code, 200)))].slice(0, MOST_CODES);
}

function withoutCredentials(reference: string): string {
  const text = oneLine(reference);
  if (parseReference(reference).ok) return text;
  const at = text.lastIndexOf("@");
  return at === -1 ? text : `[redacted]${text.slice(at)}`;
}

/** Steps of a JSON pointer (RFC 6901). */
function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Whether there was something to leave out. The event is made anew for each entry, so that it may be changed. */
function erase(event: DecisionEvent, path: readonly string[]): boolean {
  let here: JsonValue | undefined = event;
  for (const step of path.slice(0, -1)) {
    here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  }
  const last = path.at(-1);
  if (!isObject(here) || last === undefined || !Object.hasOwn(here, last)) return false;
  return Reflect.deleteProperty(here, last);
}

const compress = promisify(gzip);

/** An array of entries, compressed, as OPA sends it to a decision log service. */
export function httpSink(destination: Destination): Sink {
  return async (entries, signal) => {
    const body = await compress(`[${entries.join(",")}]`);
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    return post(destination, body, headers, signal);
  };
}
