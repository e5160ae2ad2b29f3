import { oneLine, type Reason } from "../../core/index.ts";
import type { ReasonCode } from "../reasons.ts";
import { Refusal } from "../refusal.ts";
import type { Enforcement, NotaryStore } from "./store.ts";

/** The checks that a store's level may relax, each with what was wrong; `undefined` where nothing was. */
export interface Checked {
  readonly timestamp: Refusal | undefined;
  readonly revocation: Refusal | undefined;
  readonly expiry: Refusal | undefined;
}

export interface Enforced {
  /** Those that prove the signer; at least one. */
  readonly proving: readonly NotaryStore[];
  /** What was wrong, and is no more than noted by a store that proves the signer. */
  readonly notes: readonly Reason<ReasonCode>[];
}

const ORDER = ["timestamp", "revocation", "expiry"] as const;

/**
 * Holds what was found against the level of each store ("Signature Verification Details" of
 * trust-store-trust-policy.md). Stores may overlap, and know of different revocations: each that enforces nothing which
 * failed proves the signer. Throws what was wrong where none does, and `certificate.revoked` wherever one that enforces
 * revocation knows it: then everybody does.
 */
export function enforce(
  stores: readonly NotaryStore[],
  checkedFor: (store: NotaryStore) => Checked,
): Enforced {
  const proving: NotaryStore[] = [];
  const notes: Reason<ReasonCode>[] = [];
  let refused: Refusal | undefined;
  for (const store of stores) {
    const checked = checkedFor(store);
    const faults = ORDER.flatMap((check) => {
      const fault = checked[check];
      const enforcement: Enforcement = store[check];
      return fault === undefined || enforcement === "skip" ? [] : [{ fault, enforcement }];
    });
    const enforced = faults.filter(({ enforcement }) => enforcement === "enforce");
    const revoked = enforced.find(({ fault }) => fault.code === "certificate.revoked");
    if (revoked !== undefined) throw revoked.fault;
    const [first] = enforced;
    if (first !== undefined) {
      refused ??= first.fault;
      continue;
    }
    proving.push(store);
    notes.push(...faults.map(({ fault }) => noteOf(fault, store)));
  }
  if (proving.length === 0) throw refused ?? new Refusal("internal", "no trust store was asked");
  return { proving, notes };
}

function noteOf({ code, message }: Refusal, { name, level }: NotaryStore): Reason<ReasonCode> {
  return { code, message: oneLine(`not enforced by the trust store ${name} (${level}): ${message}`, 500) };
}
