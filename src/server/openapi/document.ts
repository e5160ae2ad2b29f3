import type { JsonObject } from "../../core/index.ts";
import packageJson from "../../../package.json" with { type: "json" };
import type { ListenerName } from "../types.ts";
import { responses, type Operation } from "./operation.ts";
import { paths, type OpenApiSettings } from "./paths.ts";
import { components } from "./schemas.ts";

/**
 * The OpenAPI 3.1 document of one listener. Listeners have the same routes and word faults differently, so each serves a
 * document of its own.
 */
export function openApiDocument(listener: ListenerName, settings: OpenApiSettings): JsonObject {
  const operations = Object.entries(paths(listener, settings)).map(([path, methods]) => {
    const described = Object.entries(methods).map(
      ([method, operation]) => [method, asOperation(path, method, operation, listener)] as const,
    );
    return [path, Object.fromEntries(described)] as const;
  });
  return {
    openapi: "3.1.0",
    info: {
      title: "assay",
      version: packageJson.version,
      description: "Decides whether container images may be trusted, from verified evidence and a policy.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    paths: Object.fromEntries(operations),
    components: { schemas: components() },
  };
}

/** What every surface that answers within a budget heeds in a URL. */
const COMMON: readonly JsonObject[] = [
  {
    name: "timeout",
    in: "query",
    description:
      "How long the caller waits, as `10s` or `900ms`, where that is shorter than the surface's budget.",
    schema: { type: "string" },
  },
  {
    name: "lane",
    in: "query",
    description: "`audit`: whoever scans what runs already lets admissions go first.",
    schema: { enum: ["admission", "audit"] },
  },
];

function asOperation(path: string, method: string, operation: Operation, listener: ListenerName): JsonObject {
  const { summary, description, body, faults } = operation;
  const parameters = [...(operation.parameters ?? []), ...(faults === undefined ? [] : COMMON)];
  return {
    operationId: `${method}${path.replaceAll(/[^a-zA-Z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase())}`,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: responses(operation, listener),
  };
}
