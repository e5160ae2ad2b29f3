import { Ajv2020 } from "ajv/dist/2020.js";
import configSchema from "../../schemas/config.schema.json" with { type: "json" };

/** scripts/build.mjs puts this validator's generated code in this module's place: no start of `assay` compiles it. */
export const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  strict: true,
  ownProperties: true,
  code: { source: true, esm: true },
  schemas: { config: configSchema },
});

export const validators = { config: ajv.compile(configSchema) } as const;
