import { stringAt, type JsonValue } from "../../core/index.ts";
import type { ApiServerSettings } from "./api-server.ts";

/** What a service account has in every Pod. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
const API_SERVER = "https://kubernetes.default.svc";

/** `server`, `ca` and `token` of a document that fits the schema; what it does not say is the cluster's own. */
export function apiServerSettings(
  value: JsonValue | undefined,
  path: (name: string) => string,
): ApiServerSettings {
  return {
    server: new URL(stringAt(value, "server") ?? API_SERVER),
    ca: path(stringAt(value, "ca") ?? `${ACCOUNT}/ca.crt`),
    token: path(stringAt(value, "token") ?? `${ACCOUNT}/token`),
  };
}
