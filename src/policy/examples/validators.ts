import { Ajv2020 } from "ajv/dist/2020.js";
import exampleSchema from "../../../schemas/example.schema.json" with { type: "json" };

/** scripts/build.mjs puts this validator's generated code in this module's place: no start of `assay` compiles it. */
export const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  logger: false,
  ownProperties: true,
  code: { source: true, esm: true },
  schemas: { example: exampleSchema },
});

export const validators = { example: ajv.compile(exampleSchema) } as const;
