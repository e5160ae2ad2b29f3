import type { JsonObject, JsonValue } from "../../../src/core/index.ts";

/** Applies the `replace` operations of a JSON Patch (RFC 6902), as the API server does; any other fault throws. */
export function applyPatch(object: JsonObject, base64: string): JsonValue {
  const operations = JSON.parse(Buffer.from(base64, "base64").toString()) as readonly {
    readonly op: string;
    readonly path: string;
    readonly value: JsonValue;
  }[];
  const copy = structuredClone(object);
  for (const { op, path, value } of operations) {
    if (op !== "replace" || !path.startsWith("/")) throw new Error(`unexpected operation ${op} ${path}`);
    const steps = path
      .slice(1)
      .split("/")
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = steps.pop() ?? "";
    let parent = copy as Record<string, unknown>;
    for (const step of steps) {
      if (!Object.hasOwn(parent, step)) throw new Error(`nothing at ${path}`);
      parent = parent[step] as Record<string, unknown>;
    }
    if (!Object.hasOwn(parent, last)) throw new Error(`nothing at ${path}`);
    parent[last] = value;
  }
  return copy;
}
