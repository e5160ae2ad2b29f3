import type { Digest } from "../../core/index.ts";
import type { Signer } from "../../verification/index.ts";
import { encodeValue } from "../encode.ts";
import type { InputEvidence, Provenance, ProvenanceTask } from "../types.ts";

/**
 * Joins records that speak of one build: Tekton Chains may attest a PipelineRun, each of its TaskRuns, and either of
 * them in two formats. Every record stays and names the evidence of all; a PipelineRun's record gains the tasks that
 * it did not tell itself, each with the evidence that does.
 *
 * Only verified evidence of exactly the same signers is joined, so nobody's statement changes a record that another
 * signed, and the joined tasks never make a record better: they may say that a build was not hermetic, never that it
 * was.
 */
export function joinBuilds(
  records: readonly Provenance[],
  evidence: readonly InputEvidence[],
): readonly Provenance[] {
  const signers = signersOf(evidence);
  const groups = new Groups(records.length);
  const runs = records.flatMap((record, index) => {
    const signedBy = signers.get(record.evidence) ?? null;
    return record.build.kind === null || signedBy === null ? [] : [{ record, index, signedBy }];
  });
  for (const same of Map.groupBy(runs, ({ signedBy }) => signedBy).values()) joinRuns(same, groups);
  return records.map((record, index) => {
    const others = groups.of(index).flatMap((member) => records[member] ?? []);
    return others.length < 2 ? record : joined(record, others);
  });
}

interface Run {
  readonly record: Provenance;
  readonly index: number;
}

function joinRuns(runs: readonly Run[], groups: Groups): void {
  const byRun = new Map<string, Run>();
  for (const run of runs) {
    const { id, kind } = run.record.build;
    if (id === null) continue;
    const first = byRun.get(`${kind} ${id}`);
    if (first === undefined) byRun.set(`${kind} ${id}`, run);
    else groups.join(first.index, run.index);
  }
  const pipelines = runs.filter(({ record }) => record.build.kind === "pipeline");
  const byTask = new Map<string, Run>();
  for (const pipeline of pipelines) {
    for (const { id } of pipeline.record.tasks) if (id !== null) byTask.set(id, pipeline);
  }
  const byName = Map.groupBy(pipelines, ({ record }) => record.build.name);
  for (const run of runs) {
    const { id, kind, partOf, partOfName } = run.record.build;
    if (kind !== "task") continue;
    const named = (partOf === null ? undefined : byRun.get(`pipeline ${partOf}`)) ?? byTask.get(id ?? "");
    const namesakes = partOfName === null ? [] : (byName.get(partOfName) ?? []);
    const only = namesakes.find((pipeline) => mayHold(pipeline.record, run.record));
    const pipeline = named ?? (areOne(namesakes, groups) ? only : undefined);
    if (pipeline !== undefined) groups.join(pipeline.index, run.index);
  }
}

/** A name may be used again: without ids a run belongs to the one pipeline of that name, and in its time. */
function mayHold(pipeline: Provenance, task: Provenance): boolean {
  if (pipeline.build.id !== null && task.build.partOf !== null) return false;
  return (
    isAfter(task.times.started, pipeline.times.started) &&
    isAfter(pipeline.times.finished, task.times.finished)
  );
}

function isAfter(later: string | null, earlier: string | null): boolean {
  return later === null || earlier === null || Date.parse(later) >= Date.parse(earlier);
}

function areOne(pipelines: readonly Run[], groups: Groups): boolean {
  const [first] = pipelines;
  if (first === undefined) return false;
  const members = groups.of(first.index);
  return pipelines.every(({ index }) => members.includes(index));
}

function joined(record: Provenance, members: readonly Provenance[]): Provenance {
  const evidence = distinct(members.map((member) => member.evidence));
  const build = { ...record.build, evidence };
  if (record.build.kind !== "pipeline") return { ...record, build };
  const others = members.filter((member) => member.evidence !== record.evidence);
  const isOpen = others.some(({ flags }) => flags.hermetic === false);
  return {
    ...record,
    build,
    tasks: mergeTasks(
      record.tasks,
      others.flatMap(({ tasks }) => tasks),
    ),
    flags: isOpen ? { ...record.flags, hermetic: false } : record.flags,
  };
}

function mergeTasks(
  own: readonly ProvenanceTask[],
  others: readonly ProvenanceTask[],
): readonly ProvenanceTask[] {
  const merged = [...own];
  const byId = new Map(own.flatMap(({ id }, index) => (id === null ? [] : [[id, index] as const])));
  const byName = new Map(own.flatMap(({ name }, index) => (name === null ? [] : [[name, index] as const])));
  for (const task of others) {
    const { id, name } = task;
    const namesake = byName.get(name ?? "");
    const isSameRun = id === null || namesake === undefined || (merged[namesake]?.id ?? null) === null;
    const index = byId.get(id ?? "") ?? (isSameRun ? namesake : undefined) ?? merged.length;
    const known = merged[index];
    merged[index] = known === undefined ? task : filled(known, task);
    if (id !== null) byId.set(id, index);
    if (name !== null && !byName.has(name)) byName.set(name, index);
  }
  return merged;
}

/** What the first leaves unsaid, the second may say. */
function filled(one: ProvenanceTask, other: ProvenanceTask): ProvenanceTask {
  const isBare = one.bundle === null && one.repository === null && isEmpty(one.digest);
  return {
    name: one.name ?? other.name,
    id: one.id ?? other.id,
    kind: one.kind ?? other.kind,
    reference: one.reference ?? other.reference,
    bundle: isBare ? other.bundle : one.bundle,
    repository: isBare ? other.repository : one.repository,
    digest: isBare ? other.digest : one.digest,
    steps: one.steps.length > 0 ? one.steps : other.steps,
    parameters: isEmpty(one.parameters) ? other.parameters : one.parameters,
    results: isEmpty(one.results) ? other.results : one.results,
    started: one.started ?? other.started,
    finished: one.finished ?? other.finished,
    succeeded: one.succeeded ?? other.succeeded,
    tests: isEmpty(one.results) ? other.tests : one.tests,
    evidence: distinct([...one.evidence, ...other.evidence]),
  };
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}

function distinct(ids: readonly Digest[]): readonly Digest[] {
  return [...new Set(ids)].sort();
}

/** Who signed each piece of verified evidence, all that certificates say among it; not where the same is told twice. */
function signersOf(evidence: readonly InputEvidence[]): ReadonlyMap<Digest, string> {
  const found = new Map<Digest, string>();
  const told = new Set<Digest>();
  for (const { id, status, signers } of evidence) {
    if (status !== "verified" || signers.length === 0) continue;
    const names = [...new Set(signers.map(nameOf))].sort().join("\n");
    if (told.has(id) && found.get(id) !== names) found.delete(id);
    else found.set(id, names);
    told.add(id);
  }
  return found;
}

/** A keyless signer has a new certificate each time, with another serial number. */
function nameOf(signer: Signer): string {
  return encodeValue(signer.kind === "key" ? signer : { ...signer, serialNumber: "" });
}

/** Which records belong together. */
class Groups {
  readonly #leader: number[];
  readonly #members: number[][];

  constructor(count: number) {
    this.#leader = Array.from({ length: count }, (_, index) => index);
    this.#members = Array.from({ length: count }, (_, index) => [index]);
  }

  of(index: number): readonly number[] {
    return this.#members[this.#leader[index] ?? index] ?? [];
  }

  join(one: number, other: number): void {
    const [to, from] = [this.#leader[one] ?? one, this.#leader[other] ?? other];
    if (to === from) return;
    const moved = this.#members[from] ?? [];
    for (const member of moved) this.#leader[member] = to;
    this.#members[to] = [...(this.#members[to] ?? []), ...moved].sort((a, b) => a - b);
    this.#members[from] = [];
  }
}
