import { at, isArray, objectAt, parseStrictJson, stringAt, type JsonValue } from "../../core/index.ts";
import { fileFault, Folder } from "../source/folder.ts";
import { parseYaml } from "../source/yaml-file.ts";
import type { PolicyFault } from "../types.ts";
import { timeOf } from "./time.ts";
import type { Example, Examples } from "./types.ts";

const MAX_BYTES = 32 * 1024 * 1024;
const MAX_EXAMPLES = 500;
const ENDINGS = [".json", ".yaml", ".yml"] as const;

/**
 * Reads the examples of a policy folder: `examples/*.json` and `*.yaml`, in folders below too; or those of another
 * subfolder, `.` for the folder itself. Codes: `policy.example_invalid`, `policy.limit_exceeded`, those of YAML and of
 * files.
 */
export async function readExamples(path: string, subfolder = "examples"): Promise<Examples> {
  const folder = await Folder.open(path);
  if (!(folder instanceof Folder)) return { examples: [], faults: [fileFault(path, folder)] };
  const names = (await Promise.all(ENDINGS.map((ending) => folder.list(subfolder, ending)))).flat().sort();
  if (names.length > MAX_EXAMPLES) {
    const message = `${names.length} files in ${subfolder}/; at most ${MAX_EXAMPLES}`;
    return {
      examples: [],
      faults: [fileFault(subfolder, { code: "policy.limit_exceeded", message })],
    };
  }
  const { validators } = await import("./validators.ts");
  const validate = validators.example;
  const examples: Example[] = [];
  const faults: PolicyFault[] = [];
  for (const name of names) {
    const parsed = await parseExample(folder, name);
    if ("faults" in parsed) {
      faults.push(...parsed.faults);
      continue;
    }
    const { value, place } = parsed;
    if (!validate(value)) {
      for (const error of (validate.errors ?? []).slice(0, 10)) {
        const unknown = stringAt(JSON.parse(JSON.stringify(error.params)), "additionalProperty");
        const detail = unknown === undefined ? "" : `: ${JSON.stringify(unknown)}`;
        const where = error.instancePath === "" ? "the example" : error.instancePath;
        const message = `${where} ${error.message ?? "does not fit"}${detail}; expected {input, expect: {allow, violations}}`;
        faults.push(place(stepsOf(error.instancePath), message));
      }
      continue;
    }
    const example = toExample(name, value);
    if (typeof example === "string") faults.push(place(["input", "time"], example));
    else examples.push(example);
  }
  return { examples, faults };
}

type PlaceFault = (path: readonly (string | number)[], message: string) => PolicyFault;

async function parseExample(
  folder: Folder,
  name: string,
): Promise<
  { readonly value: JsonValue; readonly place: PlaceFault } | { readonly faults: readonly PolicyFault[] }
> {
  const text = await folder.text(name, MAX_BYTES);
  if (typeof text !== "string") return { faults: [fileFault(name, text)] };
  if (name.endsWith(".json")) {
    const parsed = parseStrictJson(Buffer.from(text), { bytes: MAX_BYTES, depth: 100, values: Infinity });
    const place: PlaceFault = (_, message) => fileFault(name, { code: "policy.example_invalid", message });
    return parsed.ok ? { value: parsed.value, place } : { faults: [place([], parsed.reason.message)] };
  }
  const parsed = parseYaml(name, text);
  if (!parsed.ok) return { faults: parsed.faults };
  const file = parsed.value;
  return { value: file.value, place: (path, message) => file.fault(path, "policy.example_invalid", message) };
}

function toExample(file: string, value: JsonValue): Example | string {
  const input = objectAt(value, "input");
  const time = timeOf(stringAt(input, "time"));
  if (input === undefined || time === undefined) {
    return "/input/time is no time of RFC 3339; expected one like 2026-11-22T10:00:00Z";
  }
  const warnings = at(value, "expect", "warnings");
  return {
    file,
    input,
    time,
    expect: {
      allow: at(value, "expect", "allow") === true,
      violations: texts(at(value, "expect", "violations")),
      warnings: warnings === undefined ? undefined : texts(warnings),
    },
  };
}

function texts(value: JsonValue | undefined): readonly string[] {
  return isArray(value) ? value.filter((entry) => typeof entry === "string").toSorted() : [];
}

/** A JSON pointer as a path, list indexes as numbers. */
function stepsOf(pointer: string): readonly (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replaceAll("~1", "/").replaceAll("~0", "~")));
}
