import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Outcome, Stage } from "../../decision/index.ts";
import type { FaultCode } from "../fault.ts";
import type { Decider, DeciderStatus, ListenerName } from "../types.ts";
import { addPolicyMetrics } from "./policy-metrics.ts";
import { MetricsRegistry, type Sample } from "./registry.ts";

/** Seconds; a warm answer takes a millisecond, a cold one up to its budget of some seconds. */
const LATENCIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Routes as the service knows them, never what a URL says. */
export type RouteLabel = string;

export interface AnsweredRequest {
  readonly listener: ListenerName;
  readonly route: RouteLabel;
  readonly status: number;
  readonly seconds: number;
}

/** What else tells of itself when metrics are asked for. */
type Listeners = () => Iterable<{ readonly name: ListenerName; readonly certificateEnds: Date | null }>;

/**
 * What the service counts. Every label is one of a few that the code names, a listener, or a registry of a bounded list:
 * neither images nor paths, user agents or namespaces ever are (A049, T215).
 */
export class ServiceMetrics {
  readonly registry = new MetricsRegistry();
  readonly #requests = this.registry.counter(
    "assay_http_requests_total",
    "Requests answered, by listener, route and class of status.",
    ["listener", "route", "status"],
  );
  readonly #durations = this.registry.histogram(
    "assay_http_request_duration_seconds",
    "From a request's arrival to the end of its answer.",
    ["route"],
    LATENCIES,
  );
  readonly #faults = this.registry.counter(
    "assay_http_faults_total",
    "Requests that were answered with a fault instead of decisions, by its code.",
    ["code"],
  );
  readonly #decisions = this.registry.counter(
    "assay_decisions_total",
    "Decisions given to callers, remembered ones too, by outcome and surface.",
    ["surface", "outcome"],
  );
  readonly #stages = this.registry.histogram(
    "assay_stage_duration_seconds",
    "Time that the stages of newly made decisions took.",
    ["stage"],
    LATENCIES,
  );
  readonly #registryRequests = this.registry.counter(
    "assay_registry_requests_total",
    "Questions put to registries, by registry and result: ok, or the code of the failure.",
    ["registry", "result"],
  );
  readonly #registryDurations = this.registry.histogram(
    "assay_registry_request_duration_seconds",
    "Time until a registry had answered.",
    ["registry"],
    LATENCIES,
  );
  readonly #dropped = this.registry.counter(
    "assay_export_dropped_total",
    "Decision log entries and spans that were given up, by kind and why.",
    ["kind", "reason"],
  );
  #inFlight = 0;
  #listeners: Listeners = () => [];

  constructor(decider: () => Decider | null) {
    this.registry.read("assay_http_requests_in_flight", "Requests being answered.", "gauge", () => [
      { value: this.#inFlight },
    ]);
    addDeciderMetrics(this.registry, decider);
    this.registry.read(
      "assay_certificate_expiry_timestamp_seconds",
      "When a listener's certificate, the first of several, ends.",
      "gauge",
      () => certificates(this.#listeners()),
    );
    addProcessMetrics(this.registry);
  }

  watchListeners(listeners: Listeners): void {
    this.#listeners = listeners;
  }

  /** What it returns is to be called when the request is over. */
  requestBegins(): (answered: AnsweredRequest) => void {
    this.#inFlight++;
    return ({ listener, route, status, seconds }) => {
      this.#inFlight--;
      this.#requests.add({
        listener,
        route,
        status: status === 0 ? "aborted" : `${Math.floor(status / 100)}xx`,
      });
      this.#durations.observe({ route }, seconds);
    };
  }

  fault(code: FaultCode): void {
    this.#faults.add({ code });
  }

  decision(surface: string, outcome: Outcome): void {
    this.#decisions.add({ surface, outcome });
  }

  stage(stage: Stage, milliseconds: number): void {
    this.#stages.observe({ stage }, milliseconds / 1000);
  }

  registryAsked(registry: string, result: string, milliseconds: number): void {
    this.#registryRequests.add({ registry, result });
    this.#registryDurations.observe({ registry }, milliseconds / 1000);
  }

  dropped(kind: "decision" | "span", reason: "full" | "refused" | "late", amount: number): void {
    this.#dropped.add({ kind, reason }, amount);
  }
}

function* certificates(listeners: ReturnType<Listeners>): Iterable<Sample> {
  for (const { name, certificateEnds } of listeners) {
    if (certificateEnds === null) continue;
    yield { labels: { listener: name }, value: certificateEnds.getTime() / 1000 };
  }
}

/** Policies, trust and caches as they are now: what was replaced leaves no series behind. */
function addDeciderMetrics(registry: MetricsRegistry, decider: () => Decider | null): void {
  const status = () => decider()?.status?.();
  registry.read("assay_ready", "1 where all policies and their trust are loaded.", "gauge", () => [
    { value: decider()?.ready() === true ? 1 : 0 },
  ]);
  addPolicyMetrics(registry, () => status()?.policies ?? []);
  addCacheMetrics(registry, status);
}

function addCacheMetrics(registry: MetricsRegistry, status: () => DeciderStatus | undefined): void {
  const caching = () => status()?.caching;
  registry.read(
    "assay_decisions_answered_total",
    "Decisions by where they came from: memory, what replicas share, made anew, or turned away.",
    "counter",
    () => {
      const state = caching();
      if (state === undefined) return [];
      const { remembered, shared, made, overloaded } = state;
      return Object.entries({ remembered, shared, made, overloaded }).map(([source, value]) => ({
        labels: { source },
        value,
      }));
    },
  );
  for (const part of ["size", "bytes"] as const) {
    const [name, help] =
      part === "size"
        ? ["assay_cache_entries", "Entries of the caches in memory."]
        : ["assay_cache_bytes", "Memory that the caches' entries take."];
    registry.read(name, help, "gauge", () => {
      const state = caching();
      if (state === undefined) return [];
      return (["decisions", "content"] as const).map((cache) => ({
        labels: { cache },
        value: state[cache][part],
      }));
    });
  }
  registry.read("assay_decisions_queued", "Decisions being made and waiting for that.", "gauge", () => {
    const queue = caching()?.queue;
    if (queue === undefined) return [];
    return Object.entries(queue).map(([state, value]) => ({ labels: { state }, value }));
  });
  registry.read("assay_registries_paused", "Registries that failed and are not asked now.", "gauge", () =>
    optional(caching()?.pausedRegistries.length, 1),
  );
}

function optional(value: number | undefined, unit = 1000): readonly Sample[] {
  return value === undefined ? [] : [{ value: value / unit }];
}

function addProcessMetrics(registry: MetricsRegistry): void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  registry.read("process_resident_memory_bytes", "Resident memory.", "gauge", () => [
    { value: process.memoryUsage.rss() },
  ]);
  registry.read("process_cpu_seconds_total", "CPU time, user and system.", "counter", () => {
    const { user, system } = process.cpuUsage();
    return [{ value: (user + system) / 1e6 }];
  });
  registry.read("process_start_time_seconds", "When the process began.", "gauge", () => [
    { value: performance.timeOrigin / 1000 },
  ]);
  registry.read("nodejs_heap_size_used_bytes", "Heap in use.", "gauge", () => [
    { value: process.memoryUsage().heapUsed },
  ]);
  registry.read(
    "nodejs_eventloop_lag_seconds",
    "The event loop's lag since the last scrape.",
    "gauge",
    () => {
      const samples = [50, 99].map((percentile) => ({
        labels: { quantile: String(percentile / 100) },
        value: delay.count === 0 ? 0 : delay.percentile(percentile) / 1e9,
      }));
      delay.reset();
      return samples;
    },
  );
}
