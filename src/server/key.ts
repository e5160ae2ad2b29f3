import { failure, success, type Result } from "../core/index.ts";

export interface Key {
  readonly image: string;
  readonly namespace: string | null;
}

/** A Kubernetes namespace: a DNS label (RFC 1123). */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

export function isNamespace(text: string): boolean {
  return NAMESPACE.test(text);
}

/**
 * Reads a Gatekeeper key, `IMAGE` or `[NAMESPACE]IMAGE`. Images come from whoever creates the pod, so only the first
 * pair of brackets, put there by the template, is a namespace; an image that brings brackets of its own is then no
 * reference (threat A082). A colon inside the brackets tells an IPv6 host, for no namespace holds one.
 */
export function parseKey(key: string): Result<Key, "key.invalid"> {
  if (!key.startsWith("[")) return success({ image: key, namespace: null });
  const end = key.indexOf("]");
  const inside = key.slice(1, end === -1 ? undefined : end);
  if (end !== -1 && inside.includes(":")) return success({ image: key, namespace: null });
  if (end === -1 || !isNamespace(inside)) {
    return failure(
      "key.invalid",
      "the key's brackets hold no Kubernetes namespace; expected [NAMESPACE]IMAGE",
    );
  }
  const image = key.slice(end + 1);
  if (image === "") {
    return failure("key.invalid", "no image follows the key's namespace; expected [NAMESPACE]IMAGE");
  }
  return success({ image, namespace: inside });
}
