import type { ErrorObject } from "ajv/dist/2020.js";
import { stringAt, type JsonValue } from "../core/index.ts";
import type { YamlFile, YamlPath } from "./config-file.ts";
import { validators } from "./validators.ts";

/** More lines than this help nobody. */
const MOST_FAULTS = 20;

/** Checks a configuration against schemas/config.schema.json: a line for each fault, none where it fits. */
export function checkConfig(yaml: YamlFile): readonly string[] {
  const validate = validators.config;
  if (validate(yaml.value)) return [];
  const faults = (validate.errors ?? []).flatMap((error) => describe(error, yaml));
  return [...new Set(faults)].slice(0, MOST_FAULTS);
}

function describe(error: ErrorObject, yaml: YamlFile): string[] {
  const path = pathOf(error.instancePath);
  const params: JsonValue = error.params;
  const parent = parentSchema(error);
  switch (error.keyword) {
    case "required":
      return [yaml.complain([...path, stringAt(params, "missingProperty") ?? ""], "is missing")];
    case "additionalProperties": {
      const known = Object.keys(propertiesOf(error)).join(", ");
      const name = stringAt(params, "additionalProperty") ?? "";
      return [yaml.complain([...path, name], `unknown key; known here: ${known}`)];
    }
    case "propertyNames":
      return [
        yaml.complain([...path, stringAt(params, "propertyName") ?? ""], "not a registry's HOST[:PORT]"),
      ];
    default: {
      // The name's own fault is told by `propertyNames`.
      if (error.propertyName !== undefined) return [];
      const expected = parent === undefined ? (error.message ?? "does not fit") : `expected ${parent}`;
      return [yaml.complain(path, `${error.message ?? "does not fit"}; ${expected}`)];
    }
  }
}

function parentSchema(error: ErrorObject): string | undefined {
  const parent: unknown = error.parentSchema;
  if (typeof parent !== "object" || parent === null || !("description" in parent)) return undefined;
  return typeof parent.description === "string" ? parent.description : undefined;
}

function propertiesOf(error: ErrorObject): object {
  const parent: unknown = error.parentSchema;
  if (typeof parent !== "object" || parent === null || !("properties" in parent)) return {};
  return typeof parent.properties === "object" && parent.properties !== null ? parent.properties : {};
}

/** A JSON pointer (RFC 6901) as the steps of a path. */
function pathOf(pointer: string): YamlPath {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^(?:0|[1-9][0-9]*)$/.test(step) ? Number(step) : step));
}
