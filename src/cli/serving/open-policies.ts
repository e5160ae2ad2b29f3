import { stat } from "node:fs/promises";
import { failure, oneLine, success, type Result } from "../../core/index.ts";
import type { Appraisal, Decision } from "../../decision/index.ts";
import {
  compileFolder,
  faultLines,
  openProvenanceJudge,
  schemeOf,
  type ProvenanceJudge,
  type StoreSettings,
} from "../../release/index.ts";
import type { PolicySettings, ServedPolicy } from "../../server/index.ts";
import { readLock } from "../lock-file.ts";
import { openPolicy } from "../policy.ts";
import type { Opened } from "../setup.ts";
import { holdRevision, type Revision } from "./desk.ts";
import { openShadow } from "./open-shadow.ts";
import { openStore, type PoliciesWorld } from "./open-store.ts";
import type { PolicyTrust } from "./policy-trust.ts";
import { Activations, StoredPolicy } from "./stored-policy.ts";

/**
 * Opens all policies, each with its source, signers and trust. What is at fault on this host (a key that is none, a local
 * policy that cannot be loaded) is the failure, a line each (threats T254, T255). A source elsewhere may be down: the
 * service begins without it, is not ready, and asks again (T191).
 */
export async function openPolicies(
  policies: readonly PolicySettings[],
  world: PoliciesWorld,
): Promise<Result<Opened<{ readonly policies: readonly ServedPolicy[] }>>> {
  const opened = await Promise.all(policies.map((settings) => openOne(settings, world)));
  const close = async () => {
    await Promise.all(opened.flatMap((one) => (one.ok ? [one.value.close()] : [])));
  };
  const faults = opened.flatMap((one) => (one.ok ? [] : [one.reason.message]));
  const [first] = opened.flatMap((one) => (one.ok ? [] : [one.reason]));
  if (first !== undefined) {
    await close();
    return failure(first.code, faults.join("\n"));
  }
  return success({ policies: opened.flatMap((one) => (one.ok ? [one.value.policy] : [])), close });
}

async function openOne(
  settings: PolicySettings,
  world: PoliciesWorld,
): Promise<Result<Opened<{ readonly policy: ServedPolicy }>>> {
  const { name, namespaces, expire, source } = settings;
  const ends: (() => unknown)[] = [];
  const close = async () => {
    await Promise.all(ends.map((end) => end()));
  };
  const refuse = async <Fault>(fault: Fault): Promise<Fault> => {
    await close();
    return fault;
  };
  const shadow =
    settings.shadow === null ? success(null) : await openShadow(settings, settings.shadow, world);
  if (!shadow.ok) return shadow;
  const beside = shadow.value;
  ends.push(() => beside?.close());
  const rest = await storeRest(settings, world);
  if (!rest.ok) return refuse(rest);
  ends.push(rest.value.close);
  const activations = new Activations(world.log, world.activated);
  const opened = await openStore(settings, settings, world, {
    ...rest.value.rest,
    report: activations.report,
  });
  if (!opened.ok) return refuse(opened);
  const store = opened.value;
  ends.push(() => store.close());

  const starting = store.start(new AbortController().signal);
  const isHere = schemeOf(source) === undefined;
  const started = isHere ? await starting : undefined;
  if (started?.ok === false) {
    const { code, message } = started.reason;
    return refuse(failure(code, await linesOf(source, message)));
  }
  activations.speak();
  const decided =
    beside === null
      ? undefined
      : (decision: Decision, evidence: Appraisal) => beside.offer(decision, evidence);
  const hold = (revision: Revision) => holdRevision(revision, world.desk, decided);
  const policy = new StoredPolicy({ name, namespaces, expire, store, activations, hold, shadow: beside });
  return success({ policy, close });
}

/** What a policy may have that its shadow has not. */
async function storeRest(
  { source, provenance, lock, lastGood, requireSequence, maxAge, maxReleaseAge, expire }: PolicySettings,
  { clock }: PoliciesWorld,
): Promise<Result<Opened<{ readonly rest: Partial<StoreSettings<PolicyTrust>> }>>> {
  const locked = lock === null ? success(null) : await readLock(lock);
  if (!locked.ok) return locked;
  const policy = provenance === null ? success(null) : await openPolicy(provenance.policy);
  if (!policy.ok) return policy;
  const judge = policy.value === null ? success(null) : await openProvenanceJudge(policy.value);
  if (!judge.ok) return judge;
  return success({
    rest: {
      lock: locked.value,
      lastGood,
      requireSequence,
      maxAgeMs: maxAge,
      maxReleaseAgeMs: maxReleaseAge,
      expire,
      ...(judge.value === null ? {} : { judgeProvenance: judging(judge.value, source, clock) }),
    },
    close: async () => {
      await judge.value?.close();
    },
  });
}

/** What an OCI source's provenance is judged under: `oci://HOST/REPOSITORY` without tag and digest. */
function repositoryOf(source: string): string | undefined {
  if (schemeOf(source) !== "oci") return undefined;
  return source
    .replace(/^[^:]*:\/\//, "")
    .replace(/@.*$/, "")
    .replace(/:[^/]*$/, "");
}

function judging(
  judge: ProvenanceJudge,
  source: string,
  clock: () => Date,
): NonNullable<StoreSettings<PolicyTrust>["judgeProvenance"]> {
  const name = repositoryOf(source);
  return async (delivery, signal) => {
    const judged = await judge.judge(delivery, {
      ...(name === undefined ? {} : { name }),
      now: clock(),
      signal,
    });
    if (!judged.ok || judged.value.allow) return judged;
    const { outcome, reason, violations } = judged.value;
    const [why = "it gives no reason"] = [reason, ...violations].flatMap((one) =>
      one === null ? [] : [`${one.code}: ${one.message}`],
    );
    return failure("provenance.refused", oneLine(`the policy for policies says ${outcome}: ${why}`));
  };
}

/** Why a policy of this host cannot be loaded, with a line for each of its faults where it is a folder. */
async function linesOf(source: string, message: string): Promise<string> {
  const path = oneLine(source);
  const line = message.startsWith(path) ? message : `${path}: ${message}`;
  const found = await stat(source).catch(() => undefined);
  if (found?.isDirectory() !== true) return line;
  const compiled = await compileFolder(source).catch(() => undefined);
  return compiled?.ok === false ? faultLines(source, compiled.faults) : line;
}
