import { arrayAt, at, objectAt, stringAt, type JsonValue } from "../core/index.ts";
import type { AuthSettings } from "./authentication/index.ts";
import { apiServerSettings } from "./kubernetes/index.ts";

export interface DecisionLogConfig {
  readonly to:
    | { readonly kind: "stdout" }
    /** Absolute path. */
    | { readonly kind: "file"; readonly path: string }
    | ({ readonly kind: "http" } & DestinationConfig);
  /** JSON pointers below `/input` or `/result`. */
  readonly mask: readonly string[];
}

export interface DestinationConfig {
  readonly url: URL;
  /** PEM; absolute path. */
  readonly ca: string | null;
  /** Name of an environment variable. */
  readonly tokenEnv: string | null;
}

export interface TracesConfig extends DestinationConfig {
  /** 0 to 1. */
  readonly sample: number;
  readonly serviceName: string;
}

type Paths = (name: string) => string;

const SAMPLE = 0.1;

/** From `decisionLog` of a document that fits the schema. */
export function decisionLogConfig(log: JsonValue | undefined, path: Paths): DecisionLogConfig | null {
  if (log === undefined) return null;
  const mask = texts(log, "mask");
  const file = stringAt(log, "file");
  if (file !== undefined) return { to: { kind: "file", path: path(file) }, mask };
  const destination = destinationConfig(objectAt(log, "http"), path);
  return { to: destination === null ? { kind: "stdout" } : { kind: "http", ...destination }, mask };
}

/** From `traces` of a document that fits the schema. */
export function tracesConfig(traces: JsonValue | undefined, path: Paths): TracesConfig | null {
  const destination = destinationConfig(traces, path);
  if (destination === null) return null;
  const sample = at(traces, "sample");
  return {
    ...destination,
    sample: typeof sample === "number" ? sample : SAMPLE,
    serviceName: stringAt(traces, "serviceName") ?? "assay",
  };
}

function destinationConfig(value: JsonValue | undefined, path: Paths): DestinationConfig | null {
  const url = URL.parse(stringAt(value, "url") ?? "");
  if (url === null) return null;
  const ca = stringAt(value, "ca");
  return { url, ca: ca === undefined ? null : path(ca), tokenEnv: stringAt(value, "tokenEnv") ?? null };
}

/** From a listener's `auth` in a document that fits the schema. */
export function authConfig(auth: JsonValue | undefined, path: Paths): AuthSettings | null {
  if (auth === undefined) return null;
  const jwt = objectAt(auth, "jwt");
  const review = objectAt(auth, "tokenReview");
  return {
    tokens: texts(auth, "tokens").map(path),
    jwt:
      jwt === undefined
        ? null
        : {
            issuer: stringAt(jwt, "issuer") ?? "",
            audience: stringAt(jwt, "audience") ?? "",
            keys: path(stringAt(jwt, "keys") ?? ""),
            subjects: texts(jwt, "subjects"),
          },
    tokenReview:
      review === undefined
        ? null
        : {
            ...apiServerSettings(review, path),
            audience: stringAt(review, "audience") ?? "",
            subjects: texts(review, "subjects"),
          },
  };
}

function texts(value: JsonValue, key: string): readonly string[] {
  return (arrayAt(value, key) ?? []).filter((text) => typeof text === "string");
}
