import type { Reason } from "../../core/index.ts";
import type { PolicyStore, StoreEvent } from "../../release/index.ts";
import type {
  ActivationResult,
  DecisionNames,
  HeldPolicy,
  Log,
  PolicyLease,
  PolicyStatus,
  ServedPolicy,
  ShadowStatus,
  UnavailableCode,
} from "../../server/index.ts";
import type { Revision } from "./desk.ts";
import type { PolicyTrust } from "./policy-trust.ts";

/** What is decided beside a policy. */
export interface Beside {
  status(): ShadowStatus;
  refresh(): void;
}

export interface StoredPolicySettings {
  readonly name: string;
  readonly namespaces: readonly string[] | null;
  /** Whether a policy that its source has not confirmed for long decides no more. */
  readonly expire: boolean;
  readonly store: PolicyStore<PolicyTrust>;
  readonly activations: Activations;
  readonly hold: (revision: Revision) => HeldPolicy;
  readonly shadow: Beside | null;
}

/** One policy of the service: whatever its store has activated last, and nothing as long as it has not. */
export class StoredPolicy implements ServedPolicy {
  readonly name: string;
  readonly namespaces: readonly string[] | null;
  readonly #settings: StoredPolicySettings;
  /** One for each revision: it is the same for all decisions that are made with it. */
  readonly #held = new WeakMap<Revision, HeldPolicy>();

  constructor(settings: StoredPolicySettings) {
    this.name = settings.name;
    this.namespaces = settings.namespaces;
    this.#settings = settings;
  }

  acquire(): PolicyLease | Reason<UnavailableCode> {
    const { store, expire } = this.#settings;
    const lease = store.acquire();
    if (lease === undefined) return this.#notLoaded();
    if (expire && store.status.stale) {
      lease.release();
      return this.#expired();
    }
    return { policy: this.#holdOf(lease.active), release: () => lease.release() };
  }

  names(): DecisionNames | null {
    const current = this.#settings.store.current;
    return current === undefined ? null : this.#holdOf(current).names(null);
  }

  ready(): boolean {
    return this.#settings.store.status.ready;
  }

  status(): PolicyStatus {
    const { store, activations, shadow } = this.#settings;
    return {
      store: store.status,
      names: this.names(),
      roots: store.current?.prepared.roots ?? [],
      activations: activations.counts,
      shadow: shadow?.status() ?? null,
    };
  }

  refresh(): void {
    // What comes of it is reported by the store.
    void this.#settings.store.refresh();
    this.#settings.shadow?.refresh();
  }

  #holdOf(revision: Revision): HeldPolicy {
    const held = this.#held.get(revision) ?? this.#settings.hold(revision);
    this.#held.set(revision, held);
    return held;
  }

  #notLoaded(): Reason<UnavailableCode> {
    const last = this.#settings.store.status.lastRefusal;
    const why = last === null ? "" : `: ${last.code}`;
    return {
      code: "policy.not_loaded",
      message: `the policy ${this.name} is not loaded yet${why}: try again`,
    };
  }

  #expired(): Reason<UnavailableCode> {
    const message = `the source of the policy ${this.name} has not confirmed it for longer than maxAge: see the service's log`;
    return { code: "policy.expired", message };
  }
}

/** Counts what became of what a store's source gave, and says it in the log: from `speak` on, and what was before. */
export class Activations {
  readonly #log: Log;
  readonly #activated: () => void;
  readonly #counts: Record<ActivationResult, number> = { activated: 0, refused: 0, failed: 0 };
  /** `null`: it speaks. */
  #unsaid: StoreEvent[] | null = [];

  /** `activated` is told of each policy that begins to decide, shortly after it does. */
  constructor(log: Log, activated: () => void = () => undefined) {
    this.#log = log;
    this.#activated = activated;
  }

  speak(): void {
    const unsaid = this.#unsaid ?? [];
    this.#unsaid = null;
    for (const event of unsaid) this.#say(event);
  }

  get counts(): Readonly<Record<ActivationResult, number>> {
    return { ...this.#counts };
  }

  readonly report = (event: StoreEvent): void => {
    if (event.kind === "activated") setImmediate(this.#activated);
    if (event.kind === "activated" || event.kind === "refused") this.#counts[event.kind]++;
    else if (event.kind === "source_failed") this.#counts.failed++;
    if (this.#unsaid === null) this.#say(event);
    else this.#unsaid.push(event);
  };

  #say(event: StoreEvent): void {
    const log = this.#log;
    const { policy } = event;
    switch (event.kind) {
      case "activated": {
        const { revision, digest, sequence, origin, previous, rollback } = event;
        const signers = event.signedBy.map(({ signer }) => signer).join(" ");
        const said = { policy, revision, digest, sequence, signers, origin, previous };
        return log.info("policy activated", rollback === null ? said : { ...said, rollback });
      }
      case "refused": {
        const { reason, version, digest, origin } = event;
        const { code, message: detail } = reason;
        return log.error("policy refused", { policy, code, detail, version, digest, origin });
      }
      case "source_failed": {
        const { code, message: detail } = event.reason;
        return log.error("policy source failed", { policy, code, detail });
      }
      case "source_recovered":
        return log.info("policy source recovered", { policy, failures: event.failures });
      case "stale":
        return log.error("policy stale", { policy, why: event.why, since: event.since.toISOString() });
      case "not_kept":
        return log.error("policy not kept", { policy, detail: event.message });
      case "retired": {
        const { revision, digest, message } = event;
        if (message === null) return log.info("policy retired", { policy, revision, digest });
        return log.error("policy not closed", { policy, revision, digest, detail: message });
      }
    }
  }
}
