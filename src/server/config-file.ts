import { isMap, isNode, LineCounter, parseDocument, type Document } from "yaml";
import { describeThrown, failure, oneLine, success, type JsonValue, type Result } from "../core/index.ts";

export type YamlPath = readonly (string | number)[];

/** A YAML document that still knows on which line each field stands. */
export interface YamlFile {
  readonly file: string;
  readonly value: JsonValue;
  /** One line for a person: `assay.yaml:7: listeners.kyverno.tls: …`. */
  complain(path: YamlPath, fault: string): string;
}

/** Reads one YAML 1.2 document of plain values: no aliases to multiply, no tags, no key twice. */
export function readYaml(file: string, text: string): Result<YamlFile, "config.invalid"> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    uniqueKeys: true,
    merge: false,
    customTags: null,
    lineCounter: lines,
    prettyErrors: false,
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    return failure("config.invalid", `${file}:${line}:${col}: ${oneLine(problem.message)}`);
  }
  let value: JsonValue;
  try {
    value = toJson(document.toJS({ maxAliasCount: 0 }), 0);
  } catch (thrown) {
    return failure("config.invalid", `${file}: ${describeThrown(thrown)}`);
  }
  const complain = (path: YamlPath, fault: string) => {
    const line = lines.linePos(offsetOf(document, path)).line;
    const field = path.length === 0 ? "" : `${path.join(".")}: `;
    return oneLine(`${file}:${line}: ${field}${fault}`);
  };
  return success({ file, value, complain });
}

/** What YAML holds and JSON does not (dates, big integers, maps with other keys than strings) is a fault here. */
function toJson(value: unknown, depth: number): JsonValue {
  if (depth > 50) throw new Error("nested more than 50 levels deep");
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((entry) => toJson(entry, depth + 1));
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry, depth + 1)]));
  }
  throw new Error("holds a value that is neither text, number, boolean, list nor map");
}

/** Where the field stands; where it is absent, its nearest parent that is there. */
function offsetOf(document: Document, path: YamlPath): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (isMap(parent)) {
      // The key, not the value: a map's value begins on the next line.
      const pair = parent.items.find(({ key }) => isNode(key) && String(key) === String(path[length - 1]));
      const offset = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
      if (offset !== undefined) return offset;
    }
    const node = document.getIn(path.slice(0, length), true);
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset !== undefined) return offset;
  }
  return 0;
}
