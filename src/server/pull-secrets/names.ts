import { arrayAt, stringAt, type JsonValue } from "../../core/index.ts";
import type { PullNames } from "../../decision/index.ts";
import { isObjectName } from "../kubernetes/index.ts";

/** Of a pod that says nothing. */
export const DEFAULT_PULL_NAMES: PullNames = { serviceAccount: "default", secrets: [] };

/** Secrets of one pod; Kubernetes sets no bound. */
export const MOST_SECRETS = 32;

/**
 * What a pod spec says; `undefined` where it says nothing. Names that no object can have are left out, as the kubelet leaves out secrets that are not there: none
 * of them ever becomes part of a URL (threat A063).
 */
export function pullNamesOf(spec: JsonValue): PullNames | undefined {
  const account = stringAt(spec, "serviceAccountName") || stringAt(spec, "serviceAccount");
  const { serviceAccount } = DEFAULT_PULL_NAMES;
  const names = { serviceAccount: account || serviceAccount, secrets: secretNames(spec) };
  return names.serviceAccount === serviceAccount && names.secrets.length === 0 ? undefined : names;
}

/** The names under `imagePullSecrets` of a pod spec or service account: at most one more than may be read. */
export function secretNames(holder: JsonValue): readonly string[] {
  const names = new Set<string>();
  for (const reference of arrayAt(holder, "imagePullSecrets") ?? []) {
    const name = stringAt(reference, "name");
    if (name !== undefined && isObjectName(name)) names.add(name);
    if (names.size > MOST_SECRETS) break;
  }
  return [...names];
}
