import type {
  InputDocument,
  InputEvidence,
  Provenance,
  ProvenanceTask,
} from "../../../src/normalization/index.ts";
import { evidence, IMAGE, input, provenance, RELEASE } from "../source/sample.ts";
import type { Signer } from "../../../src/verification/index.ts";
import { OTHER } from "./library.ts";

const first = evidence("good", RELEASE);
const BASE = provenance(first.id);

/** The parts of a provenance that are records themselves, with some of their fields changed; `null`: taken away. */
export interface Change {
  readonly source?: object;
  readonly builder?: object;
  readonly definition?: object;
  readonly trigger?: object;
  readonly flags?: object;
  readonly corroboration?: object;
}

/** The good document, its one provenance changed: parts of it by field, the rest whole. */
export function built(parts: Change = {}, change: object = {}): InputDocument {
  return input([first], [provenanceOf(first, parts, change)]);
}

/** The same build, stated by other evidence too. */
export function builtTwice(
  parts: Change,
  change: object = {},
  signer: Signer = OTHER,
  name = "second",
): InputDocument {
  const second = evidence(name, signer);
  return input([first, second], [BASE, provenanceOf(second, parts, change)]);
}

/** The good document, its evidence changed. */
export function evidenced(change: Partial<InputEvidence>): InputDocument {
  return input([{ ...first, ...change }], [BASE]);
}

/** A provenance whose fields tests take away or spoil: no type describes it. */
function provenanceOf(entry: InputEvidence, parts: Change, change: object): Provenance {
  const base = provenance(entry.id);
  const changed = Object.entries(parts).map(([part, fields]) => [
    part,
    { ...base[part as keyof Change], ...(fields as object) },
  ]);
  const document: object = { ...base, ...(Object.fromEntries(changed) as object), ...change };
  return document as Provenance;
}

/** A task that ran well. */
export const TASK: ProvenanceTask = {
  name: "clone",
  id: null,
  kind: "Task",
  reference: "git-clone",
  bundle: "quay.io/acme/tasks/git-clone:0.1",
  repository: null,
  digest: { sha256: IMAGE.slice("sha256:".length) },
  steps: [{ name: "run", image: "quay.io/acme/runner", digest: {}, command: null }],
  parameters: { depth: "1" },
  results: {},
  started: null,
  finished: null,
  succeeded: true,
  tests: { result: "PASSED", passed: 3, warned: 0, failed: 0 },
  evidence: [first.id],
};

/** The good document of a build by this one task. */
export const ran = (change: object = {}): InputDocument => built({}, { tasks: [{ ...TASK, ...change }] });
