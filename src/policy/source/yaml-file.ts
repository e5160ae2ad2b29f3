import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from "yaml";
import { describeThrown, oneLine, type JsonValue } from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";
import { fileFault, type Folder } from "./folder.ts";
import type { Checked } from "./checked.ts";

/** A path within a YAML document: keys of maps, indexes of lists. */
export type YamlPath = readonly (string | number)[];

/** A YAML file with its value and with the place of every part of it. */
export interface YamlFile {
  readonly name: string;
  readonly value: JsonValue;
  /** A fault at a path: at the key itself where `target` is `key`, else at the value; the nearest that exists. */
  fault(path: YamlPath, code: string, message: string, target?: "key" | "value"): PolicyFault;
}

const MAX_BYTES = 1024 * 1024;
const MAX_ALIASES = 20;

/**
 * Reads one YAML 1.2 document. Refused, as policy.yaml is written by people and reviewed by others: duplicate keys, tags,
 * several documents, merge keys, more than 1 MB. Codes: `policy.yaml_syntax`, `policy.limit_exceeded`.
 */
export function parseYaml(name: string, text: string): Checked<YamlFile> {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    return refuse({
      code: "policy.limit_exceeded",
      message: `${name} has more than ${MAX_BYTES} bytes`,
      file: name,
      line: null,
      column: null,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: "1.2" });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const place = lines.linePos(error.pos[0]);
    return refuse({
      code: "policy.yaml_syntax",
      message: oneLine(error.message.split("\n")[0] ?? "not YAML"),
      file: name,
      line: place.line,
      column: place.col,
    });
  }
  const odd = oddNode(document);
  if (odd !== undefined) {
    const place = odd.at === undefined ? undefined : lines.linePos(odd.at);
    return refuse({
      code: "policy.yaml_syntax",
      message: odd.message,
      file: name,
      line: place?.line ?? null,
      column: place?.col ?? null,
    });
  }
  try {
    const value: JsonValue = JSON.parse(
      JSON.stringify(document.toJS({ maxAliasCount: MAX_ALIASES })) ?? "null",
    );
    return { ok: true, value: { name, value, fault: faultsOf(name, document, lines) } };
  } catch (thrown) {
    return refuse({
      code: "policy.yaml_syntax",
      message: describeThrown(thrown),
      file: name,
      line: null,
      column: null,
    });
  }
}

function faultsOf(name: string, document: Document.Parsed, lines: LineCounter): YamlFile["fault"] {
  return (path, code, message, target = "value") => {
    const offset = offsetOf(document, path, target);
    const place = offset === undefined ? undefined : lines.linePos(offset);
    return {
      code,
      message: oneLine(message),
      file: name,
      line: place?.line ?? null,
      column: place?.col ?? null,
    };
  };
}

function offsetOf(document: Document.Parsed, path: YamlPath, target: "key" | "value"): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const here = path.slice(0, length);
    if (target === "key" || length < path.length) {
      const key = keyOffset(document, here);
      if (key !== undefined) return key;
    }
    const node: unknown = length === 0 ? document.contents : document.getIn(here, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}

function keyOffset(document: Document.Parsed, path: YamlPath): number | undefined {
  const parent: unknown = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1));
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

/** Keys that are no plain text, and what a reader in a hurry takes for something else. */
function oddNode(document: Document.Parsed): { message: string; at: number | undefined } | undefined {
  let odd: { message: string; at: number | undefined } | undefined;
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || typeof pair.key.value !== "string") {
        const at = isNode(pair.key) ? pair.key.range?.[0] : undefined;
        odd = { message: "a key is no text; write it in quotes", at };
      } else if (pair.key.value === "<<" || pair.key.value === "__proto__") {
        odd = { message: `the key ${pair.key.value} is not allowed`, at: pair.key.range?.[0] };
      }
      return odd === undefined ? undefined : visit.BREAK;
    },
    Node(_, node) {
      if (node.tag?.startsWith("!") === true) odd = { message: "tags are not allowed", at: node.range?.[0] };
      return odd === undefined ? undefined : visit.BREAK;
    },
  });
  return odd;
}

/** The same of a file of a policy's folder, at most 1 MiB. */
export async function readYaml(folder: Folder, name: string): Promise<Checked<YamlFile>> {
  const text = await folder.text(name, MAX_BYTES);
  return typeof text === "string" ? parseYaml(name, text) : refuse(fileFault(name, text));
}

function refuse<T>(fault: PolicyFault): Checked<T> {
  return { ok: false, faults: [fault] };
}
