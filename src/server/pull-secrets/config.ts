import { arrayAt, type JsonValue } from "../../core/index.ts";
import type { DecisionRequest } from "../../decision/index.ts";
import { apiServerSettings, type ApiServerSettings } from "../kubernetes/index.ts";

/** `pullSecrets` of the configuration: for whom pull secrets are read. */
export interface PullSecretsConfig {
  readonly api: ApiServerSettings;
  readonly surfaces: ReadonlySet<DecisionRequest["surface"]>;
  /** Patterns, one of which must fit the namespace. */
  readonly namespaces: readonly string[];
}

/** The API server alone is known to say whose pod it is; whoever else asks must be named. */
const DEFAULT_SURFACES = ["admission"] as const;

const SURFACES = ["admission", "gatekeeper", "kyverno", "http", "data-api"] as const;

/** From `pullSecrets` of a document that fits the schema; `null`: none are ever read. */
export function pullSecretsConfig(
  value: JsonValue | undefined,
  path: (name: string) => string,
): PullSecretsConfig | null {
  if (value === undefined) return null;
  const surfaces = arrayAt(value, "surfaces");
  return {
    api: apiServerSettings(value, path),
    surfaces: new Set(
      surfaces === undefined ? DEFAULT_SURFACES : SURFACES.filter((one) => surfaces.includes(one)),
    ),
    namespaces: (arrayAt(value, "namespaces") ?? ["*"]).filter((text) => typeof text === "string"),
  };
}
