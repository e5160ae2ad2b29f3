import {
  arrayAt,
  at,
  isObject,
  oneLine,
  parseStrictJson,
  stringAt,
  type JsonValue,
} from "../../core/index.ts";
import type { BundleReads } from "../types.ts";
import { BundleFault } from "./fault.ts";
import { normalizeName } from "./names.ts";
import { BUNDLE_LIMITS } from "./limits.ts";
import { readReads } from "./reads.ts";
import { readReleaseData, type ReleaseData } from "./release-data.ts";

/** What of an OPA bundle's `.manifest` matters here. */
export interface Manifest {
  readonly revision: string;
  /** Paths that this bundle owns, `/` between segments; the empty one is everything. */
  readonly roots: readonly string[];
  readonly entrypoints: readonly string[];
  /** The archive's name of the one module. */
  readonly module: string;
  /** From `metadata.name`. */
  readonly name: string | undefined;
  /** From `metadata.assay.reads`. */
  readonly reads: BundleReads | undefined;
  /** From `metadata.assay`. */
  readonly release: ReleaseData;
}

/** Reads a `.manifest` (OPA, "Bundle File Format") of a bundle with one WASM module. */
export function readManifest(bytes: Uint8Array): Manifest {
  const parsed = parseStrictJson(bytes, { bytes: BUNDLE_LIMITS.manifestBytes, depth: 64 });
  if (!parsed.ok) throw new BundleFault("bundle.invalid", `.manifest: ${parsed.reason.message}`);
  if (!isObject(parsed.value)) throw new BundleFault("bundle.invalid", ".manifest is no object");
  const { entrypoints, module } = readModules(parsed.value);
  return {
    revision: readRevision(parsed.value),
    roots: readRoots(parsed.value),
    entrypoints,
    module,
    name: stringAt(parsed.value, "metadata", "name"),
    reads: readReads(parsed.value),
    release: readReleaseData(parsed.value),
  };
}

function readRevision(manifest: JsonValue): string {
  const revision = at(manifest, "revision") ?? "";
  if (typeof revision !== "string" || revision.length > 1000) {
    throw new BundleFault("bundle.invalid", ".manifest: revision is no string of at most 1000 characters");
  }
  return revision;
}

function readRoots(manifest: JsonValue): readonly string[] {
  if (at(manifest, "roots") === undefined) return [""];
  const roots = strings(arrayAt(manifest, "roots"), "roots").map((root) => root.replaceAll(/^\/+|\/+$/g, ""));
  for (const [i, root] of roots.entries()) {
    const other = roots.find((other, j) => i !== j && isWithin(root, other));
    if (other !== undefined) {
      throw new BundleFault(
        "bundle.invalid",
        `.manifest: the roots ${quoted(root)} and ${quoted(other)} overlap`,
      );
    }
  }
  return roots;
}

/** Whether a path is a root or below it. */
export function isWithin(path: string, root: string): boolean {
  return root === "" || path === root || path.startsWith(`${root}/`);
}

function readModules(manifest: JsonValue): {
  readonly entrypoints: readonly string[];
  readonly module: string;
} {
  const resolvers = arrayAt(manifest, "wasm") ?? [];
  const entrypoints = strings(
    resolvers.map((resolver) => at(resolver, "entrypoint") ?? null),
    "wasm entrypoints",
  );
  const modules = new Set(
    strings(
      resolvers.map((resolver) => at(resolver, "module") ?? null),
      "wasm modules",
    ),
  );
  const [module] = modules;
  if (module === undefined) {
    throw new BundleFault(
      "bundle.entrypoint_missing",
      ".manifest names no WASM entrypoint: build it with opa build -t wasm",
    );
  }
  if (modules.size > 1)
    throw new BundleFault("bundle.invalid", ".manifest names several WASM modules; one is expected");
  const duplicate = entrypoints.find((entrypoint, i) => entrypoints.indexOf(entrypoint) !== i);
  if (duplicate !== undefined)
    throw new BundleFault("bundle.invalid", `.manifest has the entrypoint ${quoted(duplicate)} twice`);
  return { entrypoints, module: normalizeName(module) };
}

function strings(values: readonly JsonValue[] | undefined, what: string): readonly string[] {
  if (values === undefined) throw new BundleFault("bundle.invalid", `.manifest: ${what} is no list`);
  if (values.length > BUNDLE_LIMITS.manifestNames) {
    throw new BundleFault(
      "bundle.limit_exceeded",
      `.manifest: ${what} holds ${values.length} names; at most ${BUNDLE_LIMITS.manifestNames} are read`,
    );
  }
  return values.map((value) => {
    if (typeof value === "string" && value.length <= 1000) return value;
    throw new BundleFault("bundle.invalid", `.manifest: ${what} holds something else than names`);
  });
}

function quoted(text: string): string {
  return oneLine(JSON.stringify(text), 100);
}
