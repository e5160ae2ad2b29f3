import { Ajv } from "ajv";
import { readFileSync } from "node:fs";
import type { JsonObject } from "../../src/core/index.ts";

export const INPUT_SCHEMA = JSON.parse(
  readFileSync(new URL("../../schemas/input.schema.json", import.meta.url), "utf8"),
) as JsonObject;

const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
ajv.addSchema(INPUT_SCHEMA, "input");

/** What is wrong with a value as the input document, or as one of the schema's definitions. */
export function inputSchemaErrors(value: unknown, definition?: string): readonly string[] {
  const validate = ajv.getSchema(definition === undefined ? "input" : `input#/definitions/${definition}`);
  if (validate === undefined) throw new TypeError(`no definition ${definition}`);
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
