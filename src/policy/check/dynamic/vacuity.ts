import { arrayAt, isArray, stringAt, type JsonObject, type JsonValue } from "../../../core/index.ts";
import type { Example } from "../../examples/types.ts";
import type { Finding } from "../types.ts";
import { emptied, factsOf, fieldsOf, mapsOf, STATEMENT_LISTS, type Field } from "./fields.ts";
import { pointer, withValue, type Answer, type Prober } from "./prober.ts";
import { shuffled } from "./sampling.ts";
import { NO_WORDS, otherMoments, type PolicyWords } from "./words.ts";

/** A rule that is watched, and where its `deny` stands. */
export interface WatchedRule {
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly dependsOn: readonly string[];
  /** Codes of the rules that build on it: where they deny, it need not. */
  readonly dependents: readonly string[];
  /** Fields and lists that may stay unstated, from its METADATA (`custom.optional`): pointers with `*` for any element. */
  readonly optional: readonly string[];
}

export interface VacuityLimits {
  /** Fields of one example that are taken away. */
  readonly fields: number;
  /** When to stop, as milliseconds of `performance.now()`. */
  readonly until: number;
  /** What the policy speaks of, to be tried where rules stay silent otherwise. */
  readonly words?: PolicyWords;
}

/**
 * Takes evidence away from each example, one field or one statement at a time, and reports what then falls silent:
 * - `check.denial_turns_off`: a rule that fires when a field has another value, and not when it is not stated;
 * - `check.silent_without_evidence`: a rule that fires over statements, and not where there are none;
 * - `check.withheld_evidence_allows`: a denied image that is allowed once a statement is withheld (invariant I4);
 * - `check.allows_without_evidence`: an image that is allowed without any evidence;
 * - `check.never_fires`: a rule that no input has made speak.
 */
export async function vacuityFindings(
  prober: Prober,
  examples: readonly Example[],
  rules: readonly WatchedRule[],
  limits: VacuityLimits,
): Promise<readonly Finding[]> {
  const probe = new Probe(prober, rules, limits);
  for (const example of examples) await probe.example(example);
  await probe.nothing(examples[0]?.time ?? new Date(0));
  return probe.findings();
}

class Probe {
  readonly #prober: Prober;
  readonly #rules: readonly WatchedRule[];
  readonly #limits: VacuityLimits;
  readonly #fired = new Set<string>();
  readonly #found = new Map<string, { finding: Finding; pointers: Set<string> }>();
  #complete = true;

  constructor(prober: Prober, rules: readonly WatchedRule[], limits: VacuityLimits) {
    this.#prober = prober;
    this.#rules = rules;
    this.#limits = limits;
  }

  findings(): readonly Finding[] {
    const found = [...this.#found.values()].map(({ finding, pointers }) => withPointers(finding, pointers));
    const never = this.#rules
      .filter(({ code }) => !this.#fired.has(code))
      .map((rule) =>
        atRule(
          rule,
          "check.never_fires",
          `no input made ${rule.code} speak: neither the examples nor what was taken from them`,
          {
            remedy: "give an example that it denies; a rule over missing evidence denies too",
          },
        ),
      );
    return [...found, ...(this.#complete ? never : [cutShort()])];
  }

  /** The empty input: a rule may speak of it or not, but not be the only one that ever could. */
  async nothing(time: Date): Promise<void> {
    await this.#ask({}, time);
  }

  async example(example: Example): Promise<void> {
    const whole = await this.#ask(example.input, example.time);
    if (whole === undefined) return;
    const concerned = await this.#fields(example, whole);
    await this.#lists(example, concerned);
    await this.#facts(example);
    if (whole.allow) await this.#withoutEvidence(example);
    else await this.#withheld(example, whole);
  }

  /** Per rule the lists whose statements it has been seen to read. */
  async #fields(example: Example, whole: Answer): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const concerned = new Map<string, Set<string>>();
    const fields = shuffled(fieldsOf(example.input), example.file).slice(0, this.#limits.fields);
    for (const field of fields) {
      if (this.#late()) break;
      const firing = new Set([...whole.fired].filter((code) => this.#rule(code) !== undefined));
      for (const other of field.others) {
        const changed = await this.#ask(withValue(example.input, field.path, other), example.time);
        for (const code of changed?.fired ?? []) {
          if (whole.fired.has(code)) continue;
          firing.add(code);
          concerned.set(code, (concerned.get(code) ?? new Set()).add(String(field.path[0])));
        }
      }
      if (firing.size > 0) await this.#unstated(example, field, firing);
    }
    return concerned;
  }

  async #unstated(example: Example, field: Field, firing: ReadonlySet<string>): Promise<void> {
    for (const absence of field.absences) {
      const document = withValue(example.input, field.path, absence === "null" ? null : undefined);
      const without = await this.#ask(document, example.time);
      if (without === undefined) continue;
      for (const code of firing) {
        const rule = this.#rule(code);
        if (rule === undefined || without.fired.has(code) || covered(rule, without)) continue;
        if (isOptional(rule, field)) continue;
        const done = absence === "null" ? "is null" : "is removed";
        const where = pointer(field.path);
        this.#report(rule, "check.denial_turns_off", example, [where], done, {
          message: `${code} denies other values of ${where}, and nothing when it ${done}`,
          remedy: "deny also what is not stated: negate a helper that takes the whole record",
        });
      }
    }
  }

  /** Only for rules that nothing has made speak: a policy may well allow what a fact does not say. */
  async #facts(example: Example): Promise<void> {
    const { words = NO_WORDS } = this.#limits;
    for (const moment of otherMoments(example.time, words)) {
      if (this.#allSpoke() || this.#late()) return;
      await this.#ask({ ...example.input, time: timeText(moment) }, moment);
    }
    for (const [path, map] of mapsOf(example.input)) {
      for (const name of words.names) {
        if (this.#allSpoke() || this.#late()) return;
        await this.#ask(withValue(example.input, path, { ...map, [name]: "x" }), example.time);
      }
    }
    const fields = shuffled(factsOf(example.input), example.file).slice(0, this.#limits.fields);
    for (const field of fields) {
      if (this.#allSpoke() || this.#late()) return;
      const absent = field.absences.map((absence) => (absence === "null" ? null : undefined));
      for (const change of [...absent, ...field.others]) {
        await this.#ask(withValue(example.input, field.path, change), example.time);
      }
    }
  }

  async #lists(example: Example, concerned: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
    for (const list of new Set([...concerned.values()].flatMap((lists) => [...lists]))) {
      const without = await this.#ask({ ...example.input, [list]: [] }, example.time);
      if (without === undefined) continue;
      for (const [code, lists] of concerned) {
        const rule = this.#rule(code);
        if (rule === undefined || !lists.has(list) || without.fired.has(code) || covered(rule, without))
          continue;
        if (rule.optional.includes(`/${list}`)) continue;
        this.#report(rule, "check.silent_without_evidence", example, [`/${list}`], "is emptied", {
          message: `${code} says nothing where /${list} is empty, and no rule that it depends on does`,
          remedy: "deny where there is none (`count(…) == 0`), or name the rule that does in depends_on",
        });
      }
    }
  }

  async #withoutEvidence(example: Example): Promise<void> {
    const without = await this.#ask(emptied(example.input), example.time);
    if (without?.allow !== true) return;
    this.#add({
      code: "check.allows_without_evidence",
      severity: "warning",
      message: `the image of ${example.file} is allowed without any evidence`,
      file: "policy.yaml",
      line: null,
      column: null,
      remedy: "apply rules that ask for evidence to its set of images",
      witness: { example: example.file, pointers: ["/evidence"], change: "is emptied" },
    });
  }

  /** Whoever holds the registry can withhold any statement, and must gain nothing by it. */
  async #withheld(example: Example, whole: Answer): Promise<void> {
    for (const [i, entry] of (arrayAt(example.input, "evidence") ?? []).entries()) {
      const id = stringAt(entry, "id");
      if (id === undefined || this.#late()) continue;
      const without = await this.#ask(withoutEvidence(example.input, id), example.time);
      if (without?.allow !== true) continue;
      const silent = [...whole.violations].filter((code) => !without.violations.has(code));
      const [rule] = silent.flatMap((code) => this.#rule(code) ?? []);
      this.#add({
        code: "check.withheld_evidence_allows",
        severity: "error",
        message: `${example.file} is denied by ${silent.join(", ")}, and allowed once /evidence/${i} is withheld`,
        file: rule?.file ?? "policy.yaml",
        line: rule?.line ?? null,
        column: rule?.column ?? null,
        remedy: "deny where the statement is missing",
        witness: { example: example.file, pointers: [`/evidence/${i}`], change: "is withheld" },
      });
    }
  }

  async #ask(input: JsonObject, time: Date): Promise<Answer | undefined> {
    const answer = await this.#prober.ask(input, time);
    for (const code of answer?.fired ?? []) this.#fired.add(code);
    return answer;
  }

  #rule(code: string): WatchedRule | undefined {
    return this.#rules.find((rule) => rule.code === code);
  }

  #allSpoke(): boolean {
    return this.#rules.every(({ code }) => this.#fired.has(code));
  }

  #late(): boolean {
    if (performance.now() > this.#limits.until) this.#complete = false;
    return !this.#complete;
  }

  #report(
    rule: WatchedRule,
    code: string,
    example: Example,
    pointers: readonly string[],
    change: string,
    words: { readonly message: string; readonly remedy: string },
  ): void {
    const witness = { example: example.file, pointers, change };
    this.#add({ ...atRule(rule, code, words.message, { remedy: words.remedy }), witness });
  }

  #add(finding: Finding): void {
    const key = [finding.code, finding.file, finding.line].join();
    const known = this.#found.get(key);
    if (known === undefined) {
      this.#found.set(key, { finding, pointers: new Set(finding.witness?.pointers) });
    } else for (const where of finding.witness?.pointers ?? []) known.pointers.add(where);
  }
}

/** A rule that it depends on denies, so the image is denied for the missing evidence all the same. */
function covered(rule: WatchedRule, answer: Answer): boolean {
  return (
    !answer.allow && rule.dependsOn.some((code) => answer.fired.has(code) || answer.violations.has(code))
  );
}

function timeText(moment: Date): string {
  return moment.toISOString().replace(/\.\d{3}Z$/, "Z");
}

function isOptional({ optional }: WatchedRule, { path }: Field): boolean {
  const where = pointer(path.map((step) => (typeof step === "number" ? "*" : step)));
  return optional.includes(where);
}

function withoutEvidence(document: JsonObject, id: string): JsonObject {
  const keep = (value: JsonValue | undefined, key: string) =>
    isArray(value) ? value.filter((entry) => stringAt(entry, key) !== id) : (value ?? null);
  const lists = STATEMENT_LISTS.filter((list) => list in document);
  return {
    ...document,
    ...Object.fromEntries(lists.map((list) => [list, keep(document[list], "evidence")])),
    evidence: keep(document["evidence"], "id"),
  };
}

function withPointers(finding: Finding, pointers: ReadonlySet<string>): Finding {
  if (finding.witness === undefined) return finding;
  const [first, ...others] = [...pointers];
  const message =
    others.length === 0 ? finding.message : `${finding.message} (so too ${others.slice(0, 5).join(", ")})`;
  return first === undefined
    ? finding
    : { ...finding, message, witness: { ...finding.witness, pointers: [first, ...others] } };
}

function atRule(
  { file, line, column }: WatchedRule,
  code: string,
  message: string,
  { remedy }: { readonly remedy: string },
): Finding {
  return { code, severity: "error", message, file, line, column, remedy };
}

/** Says that the time did not suffice. */
export function cutShort(): Finding {
  return {
    code: "check.cut_short",
    severity: "note",
    message: "the time did not suffice to try everything with every example",
    file: "examples",
    line: null,
    column: null,
    remedy: "give more time with --budget",
  };
}
