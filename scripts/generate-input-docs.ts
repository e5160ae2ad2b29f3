import { readFileSync, writeFileSync } from "node:fs";
import { isObject, type JsonObject, type JsonValue, at, isArray, stringAt } from "../src/core/index.ts";

/**
 * Writes docs/input.md from schemas/input.schema.json: `node scripts/generate-input-docs.ts`. A test fails where the
 * two differ, so that nobody edits the page by hand.
 */
export function inputDocs(schema: JsonObject): string {
  const definitions = at(schema, "definitions");
  const shapes = isObject(definitions) ? Object.entries(definitions) : [];
  const sections = shapes.filter(([, shape]) => at(shape, "properties") !== undefined);
  return [
    "<!-- Made from schemas/input.schema.json by scripts/generate-input-docs.ts: do not edit. -->",
    "",
    "# The input document",
    "",
    stringAt(schema, "description") ?? "",
    "",
    ...table(schema),
    ...sections.flatMap(([, shape]) => [
      "",
      `## ${titleOf(shape)}`,
      "",
      stringAt(shape, "description") ?? "",
      "",
      ...table(shape),
    ]),
    "",
  ].join("\n");

  function table(shape: JsonValue): readonly string[] {
    return [
      "| field | type | what it is | example |",
      "| --- | --- | --- | --- |",
      ...fieldsOf(shape, "").map((cells) => `| ${cells.map(escapeCell).join(" | ")} |`),
    ];
  }

  function fieldsOf(shape: JsonValue, prefix: string): readonly (readonly string[])[] {
    const properties = at(shape, "properties");
    if (!isObject(properties)) return [];
    return Object.entries(properties).flatMap(([name, field]) => {
      const path = `${prefix}${name.includes(".") ? `["${name}"]` : name}`;
      const row = [`\`${path}\``, typeOf(field), stringAt(field, "description") ?? "", exampleOf(field)];
      const items = at(field, "items");
      return [row, ...fieldsOf(field, `${path}.`), ...fieldsOf(items ?? null, `${path}[].`)];
    });
  }

  function typeOf(field: JsonValue): string {
    const reference = stringAt(field, "$ref");
    if (reference !== undefined) return typeOfReference(reference);
    const union = at(field, "anyOf");
    if (isArray(union)) return union.map(typeOf).join(" or ");
    const values = at(field, "enum");
    if (isArray(values)) return values.map((value) => `\`${JSON.stringify(value)}\``).join(" ");
    const items = at(field, "items");
    const type = stringAt(field, "type") ?? "anything";
    return type === "array" && items !== undefined ? `list of ${typeOf(items)}` : type;
  }

  function typeOfReference(reference: string): string {
    const name = reference.replace("#/definitions/", "");
    const shape = at(definitions, name) ?? null;
    if (at(shape, "properties") !== undefined) {
      return `[${titleOf(shape)}](#${titleOf(shape).toLowerCase().replaceAll(" ", "-")})`;
    }
    return at(shape, "anyOf") === undefined ? titleOf(shape).toLowerCase() : typeOf(shape);
  }
}

function titleOf(shape: JsonValue): string {
  return stringAt(shape, "title") ?? "";
}

function exampleOf(field: JsonValue): string {
  const example = at(field, "examples", 0);
  return example === undefined ? "" : `\`${JSON.stringify(example)}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

if (import.meta.main) {
  const schema: JsonValue = JSON.parse(
    readFileSync(new URL("../schemas/input.schema.json", import.meta.url), "utf8"),
  );
  if (!isObject(schema)) throw new TypeError("schemas/input.schema.json is not an object");
  writeFileSync(new URL("../docs/input.md", import.meta.url), inputDocs(schema));
}
