/** What a mutant changes, and what the test beside it reads: the changed file among it. Files as they are staged. */
export interface Batchable {
  readonly file: string;
  readonly reads: ReadonlySet<string>;
}

/**
 * Mutants that can be tried by one run of OPA: no test of one reads what another of the same batch changes, so that each
 * test tells of its own mutant alone. In the order given, each into the first batch that takes it.
 */
export function batchesOf<T extends Batchable>(mutants: readonly T[]): readonly (readonly T[])[] {
  const batches: Batch<T>[] = [];
  for (const mutant of mutants) {
    let batch = batches.find((one) => takes(one, mutant));
    if (batch === undefined) batches.push((batch = { mutants: [], changed: new Set(), read: new Set() }));
    batch.mutants.push(mutant);
    batch.changed.add(mutant.file);
    for (const file of mutant.reads) batch.read.add(file);
  }
  return batches.map(({ mutants: together }) => together);
}

interface Batch<T> {
  readonly mutants: T[];
  readonly changed: Set<string>;
  readonly read: Set<string>;
}

function takes({ changed, read }: Batch<Batchable>, mutant: Batchable): boolean {
  return !read.has(mutant.file) && mutant.reads.isDisjointFrom(changed);
}

/** Numbers of the mutants that OPA's errors name: it cannot compile them. */
export function namedIn(errors: string): ReadonlySet<number> {
  return new Set([...errors.matchAll(/\bmutants\/(\d+)\.rego:\d+/g)].map(([, number]) => Number(number)));
}
