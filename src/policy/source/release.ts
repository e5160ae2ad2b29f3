import { oneLine } from "../../core/index.ts";
import { packExamples } from "../examples/bundled.ts";
import { judgeExample } from "../examples/judge.ts";
import { readExamples } from "../examples/read.ts";
import type { Example } from "../examples/types.ts";
import { readBundle } from "../bundle/read-bundle.ts";
import type { ReleaseData } from "../bundle/release-data.ts";
import { loadEngine } from "../engine/load-engine.ts";
import type { BundledExample, PolicyFault } from "../types.ts";
import type { Checked } from "./checked.ts";
import { fileFault } from "./folder.ts";

/** Which release a bundle is to be, as `assay policy build` is told. */
export interface ReleaseOptions {
  /** Higher than that of every earlier release; whole, from 1. */
  readonly sequence?: number;
  /** Why it goes back to an earlier version; only with a sequence. */
  readonly rollback?: string;
  /** Whether the folder's examples go along, to be decided before the bundle is activated; default false. */
  readonly examples?: boolean;
}

/** What goes into the bundle besides rules and data. */
export interface ReleaseParts {
  readonly data: ReleaseData;
  readonly files: readonly BundledExample[];
  readonly examples: readonly Example[];
}

export const NO_RELEASE: ReleaseParts = { data: {}, files: [], examples: [] };

/**
 * Reads what makes a policy folder's bundle a release. Codes: `policy.release_invalid`, `policy.limit_exceeded`, those of
 * examples.
 */
export async function readRelease(
  folder: string,
  version: string,
  { sequence, rollback, examples = false }: ReleaseOptions,
): Promise<Checked<ReleaseParts>> {
  const fault = releaseFault(sequence, rollback);
  if (fault !== undefined) return refuse([fileFault("", { code: "policy.release_invalid", message: fault })]);
  const data = {
    ...(sequence === undefined ? {} : { sequence }),
    ...(rollback === undefined ? {} : { rollback: { to: version, reason: rollback } }),
  };
  const read = examples ? await readExamples(folder) : { examples: [], faults: [] };
  if (read.faults.length > 0) return refuse(read.faults);
  const packed = packExamples(read.examples);
  if (!packed.ok) return refuse([fileFault("examples", packed.reason)]);
  return {
    ok: true,
    value: {
      data: packed.value.length === 0 ? data : { ...data, examples: packed.value.length },
      files: packed.value,
      examples: read.examples,
    },
  };
}

/** What assay would say when it activates the bundle: rules may use what the engine lacks, examples may be decided otherwise. */
export async function tryOut(
  bytes: Uint8Array,
  examples: readonly Example[],
): Promise<readonly PolicyFault[]> {
  const bundle = readBundle(bytes);
  const engine = bundle.ok ? await loadEngine(bundle.value, { workers: 1 }) : bundle;
  if (!engine.ok) return [fileFault("rules", engine.reason)];
  const faults: PolicyFault[] = [];
  try {
    for (const example of examples) {
      const judged = await judgeExample(engine.value, example);
      if (judged.kind === "as-expected") continue;
      const found = judged.kind === "failed" ? judged.reason.message : judged.differences.join("; ");
      faults.push(
        fileFault(example.file, {
          code: "policy.example_failed",
          message: `${oneLine(found, 300)}; no bundle is activated whose examples fail: mend it (assay policy test), or build with --no-examples`,
        }),
      );
    }
  } finally {
    await engine.value.close();
  }
  return faults;
}

function releaseFault(sequence: number | undefined, rollback: string | undefined): string | undefined {
  if (sequence !== undefined && !(Number.isSafeInteger(sequence) && sequence >= 1)) {
    return `the sequence ${sequence} is no whole number from 1`;
  }
  if (rollback === undefined) return undefined;
  if (sequence === undefined)
    return "a rollback without sequence; it counts only as a release later than all others";
  return rollback !== "" && oneLine(rollback, 500) === rollback
    ? undefined
    : "the rollback's reason is not one line of at most 500 characters";
}

function refuse<T>(faults: readonly PolicyFault[]): Checked<T> {
  const [first, ...more] = faults;
  if (first === undefined) throw new RangeError("nothing to refuse");
  return { ok: false, faults: [first, ...more] };
}
