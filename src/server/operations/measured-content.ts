import { askThrough, type ContentSource } from "../../registry/index.ts";
import type { ServiceMetrics } from "./metrics.ts";

/** Registries that have a label of their own besides the configured ones; callers may name any number. */
const MOST_OTHERS = 20;

/** Registries that have a label: of all sources that the same metrics count, for there may be one for each tenant. */
const labelled = new WeakMap<ServiceMetrics, Set<string>>();

/** Counts what registries are asked and how they answer. `known`: registries that the configuration names. */
export function measuredContent(
  source: ContentSource,
  metrics: ServiceMetrics,
  known: Iterable<string>,
): ContentSource {
  const configured = [...known].slice(0, 100);
  const labels = labelled.get(metrics) ?? new Set(configured);
  labelled.set(metrics, labels);
  const mostLabels = configured.length + MOST_OTHERS;

  /** A host that never answered gets no label of its own: nobody fills the list with names that are none. */
  const labelOf = (registry: string, answered: boolean): string => {
    if (labels.has(registry)) return registry;
    if (!answered || labels.size >= mostLabels) return "other";
    labels.add(registry);
    return registry;
  };

  return askThrough(source, async (registry, _options, question) => {
    const began = performance.now();
    const answer = await question();
    const result = answer.ok ? "ok" : answer.reason.code;
    metrics.registryAsked(labelOf(registry, answer.ok), result, performance.now() - began);
    return answer;
  });
}
