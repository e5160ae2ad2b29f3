import { oneLine } from "../../core/index.ts";
import type { DecisionNames, PolicyStatus } from "../types.ts";
import type { MetricsRegistry, Sample } from "./registry.ts";

type Policies = () => readonly PolicyStatus[];

/** Characters of a label that a policy's author writes. */
const LONGEST_LABEL = 200;

/** Trust roots of one policy that have a series. */
const MOST_ROOTS = 50;

/**
 * What is known of each policy, by its name in the configuration. The revision, which whoever signs the policy chooses, is
 * a label of one series that goes with it (A049, T215).
 */
export function addPolicyMetrics(registry: MetricsRegistry, policies: Policies): void {
  const gauge = (name: string, help: string, read: (policy: PolicyStatus) => Iterable<Sample>) => {
    registry.read(name, help, "gauge", () => labelled(policies(), read));
  };
  const counter = (name: string, help: string, read: (policy: PolicyStatus) => Iterable<Sample>) => {
    registry.read(name, help, "counter", () => labelled(policies(), read));
  };
  gauge("assay_policy_ready", "1 where the policy is loaded and not expired.", ({ store }) => [
    { value: store.ready ? 1 : 0 },
  ]);
  gauge("assay_policy_info", "The policy that decides; its labels say which.", ({ names }) => info(names));
  gauge("assay_trust_info", "The trust that decides; its label says which.", ({ names }) =>
    names === null ? [] : [{ labels: { digest: names.trust.digest }, value: 1 }],
  );
  gauge("assay_policy_loaded_timestamp_seconds", "When the policy was loaded.", ({ store }) =>
    seconds(store.activated),
  );
  gauge(
    "assay_policy_confirmed_timestamp_seconds",
    "When the policy's source last had what is loaded.",
    ({ store }) => seconds(store.confirmed),
  );
  gauge("assay_policy_stale", "1 where the source has not confirmed the policy for maxAge.", ({ store }) => [
    { value: store.stale ? 1 : 0 },
  ]);
  gauge("assay_policy_sequence", "The loaded release's number.", ({ store: { sequence } }) =>
    sequence === null ? [] : [{ value: sequence }],
  );
  gauge(
    "assay_policy_refused_timestamp_seconds",
    "When what the source has now was refused; gone once what is loaded is what it has.",
    ({ store: { lastRefusal } }) =>
      seconds(lastRefusal?.time ?? null).map((sample) => ({
        ...sample,
        labels: { code: lastRefusal?.code ?? "" },
      })),
  );
  counter(
    "assay_policy_activations_total",
    "What became of what the policy's source gave: activated, refused, or failed where it gave nothing.",
    ({ activations }) =>
      Object.entries(activations).map(([outcome, value]) => ({ labels: { outcome }, value })),
  );
  gauge(
    "assay_trust_root_confirmed_timestamp_seconds",
    "When a root's repository last confirmed it.",
    ({ roots }) =>
      roots
        .slice(0, MOST_ROOTS)
        .flatMap(({ name, confirmed }) =>
          seconds(confirmed).map((sample) => ({ ...sample, labels: { root: label(name) } })),
        ),
  );
  gauge("assay_shadow_policy_info", "The policy that decides beside it, unanswered.", ({ shadow }) =>
    info(shadow?.names ?? null),
  );
  counter(
    "assay_shadow_decisions_total",
    "Decisions of the shadow policy: as the enforced ones, different, failed, or dropped under load.",
    ({ shadow }) =>
      Object.entries(shadow?.decisions ?? {}).map(([result, value]) => ({ labels: { result }, value })),
  );
}

function* labelled(
  policies: readonly PolicyStatus[],
  read: (policy: PolicyStatus) => Iterable<Sample>,
): Iterable<Sample> {
  for (const policy of policies) {
    for (const { labels, value } of read(policy)) {
      yield { labels: { policy: policy.store.name, ...labels }, value };
    }
  }
}

function info(names: DecisionNames | null): readonly Sample[] {
  if (names === null) return [];
  const { name, revision, digest } = names.policy;
  return [{ labels: { name: label(name), revision: label(revision), digest }, value: 1 }];
}

function label(text: string): string {
  return oneLine(text, LONGEST_LABEL);
}

function seconds(time: Date | null): readonly Sample[] {
  return time === null ? [] : [{ value: time.getTime() / 1000 }];
}
