import {
  describeThrown,
  digestOf,
  failure,
  oneLine,
  success,
  type Digest,
  type Reason,
  type Result,
} from "../../core/index.ts";
import type { Decision } from "../../decision/index.ts";
import { loadEngine, readBundle, type PolicyBundle, type PolicyEngine } from "../../policy/index.ts";
import type { DeliveredArchive, Delivery, SignedBy } from "../types.ts";
import { verifyRelease } from "../verify-release.ts";
import { admissible, type History } from "./admissible.ts";
import { within } from "./clock.ts";
import { lockedBundle, lockedDigest, lockedSigners } from "./lock.ts";
import { tryExamples } from "./try-examples.ts";
import type { RefusalCode, StoreClock, StoreLimits, StoreSettings } from "./types.ts";

/** What a delivery is held against. */
export interface Expectation<Prepared> {
  readonly settings: StoreSettings<Prepared>;
  readonly limits: StoreLimits;
  readonly clock: StoreClock;
  readonly history: History;
  /** Of what is active. */
  readonly activeDigest: Digest | null;
  readonly signal: AbortSignal;
}

/** A policy that could be the active one now. */
export interface Ready<Prepared> {
  readonly bundle: PolicyBundle;
  readonly engine: PolicyEngine;
  readonly prepared: Prepared;
  readonly signedBy: readonly SignedBy[];
}

/**
 * All that a delivery has to pass before it counts, beside what is active and without touching it. `same`: it is what is
 * active, and still well signed. Never throws; what was opened for a delivery that fails is closed again.
 */
export async function makeReady<Prepared>(
  delivery: Delivery,
  expectation: Expectation<Prepared>,
): Promise<Result<Ready<Prepared> | "same", RefusalCode>> {
  try {
    return await passAll(delivery, expectation);
  } catch (thrown) {
    return failure("activation.failed", `the policy could not be made ready: ${describeThrown(thrown)}`);
  }
}

async function passAll<Prepared>(
  delivery: Delivery,
  expectation: Expectation<Prepared>,
): Promise<Result<Ready<Prepared> | "same", RefusalCode>> {
  const { settings, history, clock } = expectation;
  const lock = settings.lock ?? null;
  const digest = digestIn(delivery);
  if (digest === undefined)
    return failure("source.invalid", "the archive is not the one that its source named");
  const pinned = lockedDigest(lock, settings.source.name, digest);
  if (!pinned.ok) return pinned;
  const signedBy = await verifyRelease(delivery, settings.signers, clock.now());
  if (!signedBy.ok) return signedBy;
  const pinnedSigners = lockedSigners(lock, signedBy.value);
  if (!pinnedSigners.ok) return pinnedSigners;
  if (digest === expectation.activeDigest) return success("same");

  const judged = await provenanceOf(delivery, expectation);
  if (!judged.ok) return judged;
  const bundle = delivery.kind === "folder" ? success(delivery.bundle) : readBundle(delivery.archive);
  if (!bundle.ok) return bundle;
  const pinnedBundle = lockedBundle(lock, bundle.value);
  if (!pinnedBundle.ok) return pinnedBundle;
  const mayFollow = admissible(bundle.value, history, settings.requireSequence ?? false);
  if (!mayFollow.ok) return mayFollow;

  const engine = await (settings.load ?? loadEngine)(bundle.value);
  if (!engine.ok) return engine;
  const prepared = await tryAndPrepare(bundle.value, engine.value, expectation);
  if (!prepared.ok) {
    await engine.value.close();
    return prepared;
  }
  return success({
    bundle: bundle.value,
    engine: engine.value,
    prepared: prepared.value,
    signedBy: signedBy.value,
  });
}

/** Of what will be parsed, whatever the source says of it. */
function digestIn(delivery: Delivery): Digest | undefined {
  if (delivery.kind === "folder") return delivery.bundle.digest;
  const digest = digestOf(delivery.archive);
  return digest === delivery.digest ? digest : undefined;
}

/** Only a decision that allows counts: one that denies is no failure of judging. */
async function provenanceOf<Prepared>(
  delivery: Delivery,
  { settings, limits, clock, signal }: Expectation<Prepared>,
): Promise<Result<void, RefusalCode>> {
  const { judgeProvenance } = settings;
  if (judgeProvenance === undefined) return success(undefined);
  if (delivery.kind === "folder") {
    return failure(
      "activation.provenance_refused",
      "a policy folder has no provenance; build it in CI, sign the bundle and use that",
    );
  }
  const judged = await judge(judgeProvenance, delivery, signal, limits, clock);
  if (judged === undefined) {
    return failure("activation.timeout", `its provenance was not judged within ${limits.provenanceMs} ms`);
  }
  const why = judged.ok ? denialOf(judged.value) : judged.reason;
  if (why === null) return success(undefined);
  return failure(
    "activation.provenance_refused",
    `its provenance does not count: ${why.code}: ${oneLine(why.message, 400)}`,
  );
}

function denialOf({ allow, outcome, reason, violations }: Decision): Reason | null {
  if (allow && outcome === "allow") return null;
  return reason ?? violations[0] ?? { code: outcome, message: "the policy for policies does not allow it" };
}

function judge(
  judgeProvenance: (delivery: DeliveredArchive, signal: AbortSignal) => Promise<Result<Decision>>,
  delivery: DeliveredArchive,
  signal: AbortSignal,
  { provenanceMs }: StoreLimits,
  clock: StoreClock,
): Promise<Result<Decision> | undefined> {
  const ending = new AbortController();
  const work = judgeProvenance(delivery, AbortSignal.any([signal, ending.signal]));
  return within(work, provenanceMs, clock).finally(() => ending.abort());
}

async function tryAndPrepare<Prepared>(
  bundle: PolicyBundle,
  engine: PolicyEngine,
  { settings, limits, clock }: Expectation<Prepared>,
): Promise<Result<Prepared, RefusalCode>> {
  try {
    const tried = await tryExamples(engine, settings.requireExamples ?? false, limits.examplesMs, clock);
    if (!tried.ok) return tried;
    const late = (result: Result<Prepared>) => {
      if (result.ok) void (async () => settings.dispose(result.value))().catch(() => undefined);
    };
    const prepared = await within(settings.prepare(bundle, engine), limits.prepareMs, clock, late);
    if (prepared === undefined) {
      return failure("activation.timeout", `what it needs was not ready within ${limits.prepareMs} ms`);
    }
    if (prepared.ok) return prepared;
    const { code, message } = prepared.reason;
    return failure("activation.prepare_failed", `${code}: ${oneLine(message, 400)}`);
  } catch (thrown) {
    return failure("activation.prepare_failed", describeThrown(thrown));
  }
}
