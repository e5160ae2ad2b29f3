import { at, isObject, oneLine, stringAt, type JsonObject, type JsonValue } from "../../core/index.ts";
import type { BundledExample, BundleRollback } from "../types.ts";
import { BundleFault } from "./fault.ts";
import { BUNDLE_LIMITS } from "./limits.ts";

/** What a manifest says about the bundle as a release. */
export interface ReleaseData {
  readonly sequence?: number;
  readonly rollback?: BundleRollback;
  /** How many examples the archive has. */
  readonly examples?: number;
}

/** Reads `metadata.assay` of a `.manifest`; what is stated otherwise than expected is refused, for much hangs on it. */
export function readReleaseData(manifest: JsonValue): ReleaseData {
  const sequence = numberOf(manifest, "sequence", 1, Number.MAX_SAFE_INTEGER);
  const rollback = rollbackOf(at(manifest, "metadata", "assay", "rollback"));
  const examples = numberOf(manifest, "examples", 0, BUNDLE_LIMITS.examples);
  if (rollback !== undefined && sequence === undefined) {
    throw new BundleFault("bundle.invalid", ".manifest: a rollback without sequence; build it with both");
  }
  return {
    ...(sequence === undefined ? {} : { sequence }),
    ...(rollback === undefined ? {} : { rollback }),
    ...(examples === undefined ? {} : { examples }),
  };
}

/** The same as it is written; the other way round. */
export function releaseDataJson({ sequence, rollback, examples }: ReleaseData): JsonObject {
  return {
    ...(sequence === undefined ? {} : { sequence }),
    ...(rollback === undefined ? {} : { rollback: { to: rollback.to, reason: rollback.reason } }),
    ...(examples === undefined ? {} : { examples }),
  };
}

/** Where the n-th example (from 0) stands in an archive. Never a name that OPA takes for data. */
export function exampleName(index: number): string {
  return `examples/${String(index + 1).padStart(3, "0")}.json`;
}

/**
 * As many examples as the manifest states, bounded, not parsed: only who activates the bundle reads them. Where it states
 * none, files in examples/ are somebody else's and mean nothing.
 */
export function examplesIn(
  files: ReadonlyMap<string, Uint8Array>,
  stated: number | undefined,
): readonly BundledExample[] | undefined {
  if (stated === undefined) return undefined;
  let all = 0;
  return Array.from({ length: stated }, (_, index) => {
    const name = exampleName(index);
    const bytes = files.get(name);
    if (bytes === undefined) {
      throw new BundleFault("bundle.invalid", `.manifest states ${stated} examples; ${name} is missing`);
    }
    all += bytes.byteLength;
    if (all > BUNDLE_LIMITS.exampleBytes) {
      throw new BundleFault(
        "bundle.limit_exceeded",
        `the examples have more than ${BUNDLE_LIMITS.exampleBytes} bytes`,
      );
    }
    return { name, bytes: new Uint8Array(bytes) };
  });
}

function numberOf(manifest: JsonValue, name: string, least: number, most: number): number | undefined {
  const value = at(manifest, "metadata", "assay", name);
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  throw new BundleFault(
    "bundle.invalid",
    `.manifest: metadata.assay.${name} is ${oneLine(JSON.stringify(value), 60)}; expected a whole number from ${least} to ${most}`,
  );
}

function rollbackOf(value: JsonValue | undefined): BundleRollback | undefined {
  if (value === undefined) return undefined;
  const to = stringAt(value, "to");
  const reason = stringAt(value, "reason");
  if (isObject(value) && isLine(to, 100) && isLine(reason, 500)) return { to, reason };
  throw new BundleFault(
    "bundle.invalid",
    ".manifest: metadata.assay.rollback is not {to, reason} of a line each",
  );
}

function isLine(text: string | undefined, limit: number): text is string {
  return text !== undefined && text !== "" && oneLine(text, limit) === text;
}
