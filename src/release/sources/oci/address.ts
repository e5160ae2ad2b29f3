import { failure, oneLine, success, type Result } from "../../../core/index.ts";
import { parseReference, type ImageReference } from "../../../image/index.ts";
import type { SourceCode } from "../../types.ts";

/** A policy's place in a registry. */
export interface OciAddress {
  readonly reference: ImageReference;
  /** `latest` where neither tag nor digest is given. */
  readonly tag: string | null;
  readonly name: string;
}

/** Reads `oci://HOST/REPOSITORY[:TAG][@DIGEST]`. The host must stand there: no registry is meant by default. */
export function readAddress(source: string): Result<OciAddress, SourceCode> {
  const text = source.replace(/^oci:\/\//i, "");
  const [host = "", ...path] = text.split("/");
  const expected = "expected oci://HOST/REPOSITORY[:TAG][@DIGEST]";
  if (path.length === 0 || !/[.:]|^localhost$/.test(host) || host.includes("@")) {
    const shown = oneLine(source.replace(/\/\/[^/]*@(?=[^/]*\/)/, "//"), 200);
    return failure("source.invalid", `${shown}: ${expected}`);
  }
  const reference = parseReference(text);
  if (!reference.ok) return failure("source.invalid", `${reference.reason.message}; ${expected}`);
  const { digest, tag, canonical } = reference.value;
  return success({
    reference: reference.value,
    tag: digest === undefined ? (tag ?? "latest") : (tag ?? null),
    name: `oci://${canonical}`,
  });
}
