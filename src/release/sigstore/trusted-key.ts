import type { KeyObject } from "node:crypto";
import { digestOf } from "../../core/index.ts";
import type { TrustedKey } from "../../verification/index.ts";

/** A key as verification wants it: valid within its window, otherwise without terms. */
export function trustedKey(
  name: string,
  key: KeyObject,
  window: { readonly from: Date | null; readonly to: Date | null } = { from: null, to: null },
): TrustedKey {
  const keyId = digestOf(key.export({ type: "spki", format: "der" }));
  const { from, to } = window;
  return { name, keyId, key, from, to, distrust: null, requireLog: false, cloudBuildLocation: null };
}
