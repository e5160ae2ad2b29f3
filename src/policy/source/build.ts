import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  canonicalJson,
  describeThrown,
  digestOf,
  parseStrictJson,
  stringAt,
  arrayAt,
  type Digest,
  type JsonObject,
  type JsonValue,
} from "../../core/index.ts";
import { releaseDataJson } from "../bundle/release-data.ts";
import type { BundleReads } from "../types.ts";
import { fileInTar, packArchive, type ArchiveFile } from "./archive.ts";
import { compileData } from "./compile.ts";
import { fileFault } from "./folder.ts";
import { dependencyFaults, libraryData, libraryFromAnnotations } from "./library.ts";
import { loadPolicyFolder } from "./load.ts";
import { complaintOf, findOpa, restrictedCapabilities, runOpa, type OpaRun } from "./opa.ts";
import { checkOwnRules } from "./own-rules.ts";
import { inputSchemaPath, libraryPath } from "./package-root.ts";
import { inputReads, readsData, type RegoText } from "./reads.ts";
import { NO_RELEASE, readRelease, tryOut, type ReleaseOptions, type ReleaseParts } from "./release.ts";
import type { Checked } from "./checked.ts";
import type { PolicySource, RuleLibrary } from "./types.ts";

export interface BuildOptions extends ReleaseOptions {
  /** The bundle's revision, as decisions name it. */
  readonly revision: string;
  /** The OPA executable; looked for where it is not given. */
  readonly opa?: string;
}

/** A policy bundle as `assay policy build` writes it. */
export interface BuiltBundle {
  /** tar.gz; the same sources and revision give the same bytes everywhere. */
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly revision: string;
  readonly entrypoints: readonly string[];
  readonly data: JsonObject;
}

const ENTRYPOINTS = ["assay/decision", "assay/allow"] as const;
const ROOTS = ["assay", "exceptions", "library", "policy", "trust"] as const;
const CAPABILITIES = "capabilities.json";
const SCHEMA = "input.schema.json";

/** Builds the bundle of a policy folder: standard library, the folder's own rules, its compiled data. */
export async function buildPolicy(folder: string, options: BuildOptions): Promise<Checked<BuiltBundle>> {
  const source = await loadPolicyFolder(folder);
  if (!source.ok) return source;
  const release = await readRelease(folder, source.value.version, options);
  return release.ok ? build(source.value, options, release.value) : release;
}

/** Builds the bundle of the standard library with an empty policy, which denies every image. */
export function buildDefaultBundle(options: BuildOptions): Promise<Checked<BuiltBundle>> {
  return build(undefined, options);
}

async function build(
  source: PolicySource | undefined,
  options: BuildOptions,
  release = NO_RELEASE,
): Promise<Checked<BuiltBundle>> {
  const opa = options.opa === undefined ? await findOpa() : ({ ok: true, value: options.opa } as const);
  if (!opa.ok) return refuse("", opa.reason.code, opa.reason.message);
  const work = await mkdtemp(join(tmpdir(), "assay-build-"));
  try {
    return await buildIn(work, source, opa.value, options.revision, release);
  } catch (thrown) {
    return refuse("", "policy.build_failed", `the bundle could not be built: ${describeThrown(thrown)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function buildIn(
  work: string,
  source: PolicySource | undefined,
  opa: string,
  revision: string,
  release: ReleaseParts,
): Promise<Checked<BuiltBundle>> {
  await layOut(work, source);
  const capabilities = await restrictedCapabilities(opa, work);
  if (capabilities === undefined) return refuse("", "policy.build_failed", "OPA does not say what it can do");
  await writeFile(join(work, CAPABILITIES), capabilities);
  const own = source?.ownRules ?? [];
  const sources = own.length === 0 ? ["assay"] : ["assay", "rules"];

  const checked = await runOpa(opa, ["check", "--strict", "--capabilities", CAPABILITIES, ...sources], work);
  if (!checked.ok) return regoFault(checked);
  const typed = await checkTypes(opa, work, own.length > 0);
  if (typed?.ok === false) return regoFault(typed);
  const ownFaults = await checkOwnRules(opa, work, own);
  const [firstOwn, ...moreOwn] = ownFaults.faults;
  if (firstOwn !== undefined) return { ok: false, faults: [firstOwn, ...moreOwn] };
  const library = await inspectLibrary(opa, work, own.length > 0);
  if (!library.ok) return library;
  const data = source === undefined ? emptyData(library.value) : compileData(source, library.value);
  if (!data.ok) return data;

  const args = ["build", "--target", "wasm", "--optimize", "0", "--capabilities", CAPABILITIES];
  for (const entrypoint of ENTRYPOINTS) args.push("--entrypoint", entrypoint);
  const built = await runOpa(opa, [...args, "--output", "opa.tar.gz", ...sources], work);
  if (!built.ok) return regoFault(built);
  const tar = gunzipSync(await readFile(join(work, "opa.tar.gz")));
  const wasm = fileInTar(tar, "/policy.wasm");
  const manifest = fileInTar(tar, "/.manifest");
  if (wasm === undefined || manifest === undefined) {
    return refuse("", "policy.build_failed", "OPA built a bundle without policy.wasm or .manifest");
  }
  const entrypoints = entrypointsOf(manifest);
  const files = await regoFiles(work, sources);
  const reads = await inputReads(opa, work, files.map(regoText));
  const bytes = packArchive([
    { name: "/.manifest", bytes: manifestBytes(revision, entrypoints, ownFaults.roots, reads, release) },
    { name: "/data.json", bytes: Buffer.from(canonicalJson(data.value)) },
    { name: "/policy.wasm", bytes: wasm },
    ...files,
    ...release.files.map((file) => ({ ...file, name: `/${file.name}` })),
  ]);
  const untried = own.length === 0 && release.examples.length === 0;
  const [refusal, ...refusals] = untried ? [] : await tryOut(bytes, release.examples);
  if (refusal !== undefined) return { ok: false, faults: [refusal, ...refusals] };
  return { ok: true, value: { bytes, digest: digestOf(bytes), revision, entrypoints, data: data.value } };
}

/**
 * Holds rules of one's own against the input's schema: a field that it does not have is a misspelling, and a rule that
 * reads one would never speak. (The library is held against it by its own tests.)
 */
async function checkTypes(opa: string, work: string, hasOwnRules: boolean): Promise<OpaRun | undefined> {
  if (!hasOwnRules) return undefined;
  await cp(inputSchemaPath(), join(work, SCHEMA));
  return runOpa(opa, ["check", "--schema", SCHEMA, "--capabilities", CAPABILITIES, "assay", "rules"], work);
}

/** Puts library and own rules where OPA finds them, under names that do not depend on this machine. */
async function layOut(work: string, source: PolicySource | undefined): Promise<void> {
  await cp(libraryPath(), join(work, "assay"), {
    recursive: true,
    filter: (path) => !path.endsWith("_test.rego"),
  });
  for (const rule of source?.ownRules ?? []) {
    const target = join(work, rule.path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, rule.text);
  }
}

async function inspectLibrary(opa: string, work: string, withOwn: boolean): Promise<Checked<RuleLibrary>> {
  const rules: Record<string, RuleLibrary[string]> = {};
  for (const folder of withOwn ? ["assay", "rules"] : ["assay"]) {
    const run = await runOpa(opa, ["inspect", "--annotations", "--format", "json", folder], work);
    const parsed = run.ok ? parseStrictJson(run.stdout) : undefined;
    if (parsed?.ok !== true) return regoFault(run);
    const { library, faults } = libraryFromAnnotations(parsed.value, folder === "rules");
    const [first, ...more] = faults.map((fault) => ({ ...fault, code: "policy.rego_invalid", column: 1 }));
    if (first !== undefined) return { ok: false, faults: [first, ...more] };
    for (const [code, rule] of Object.entries(library)) {
      if (Object.hasOwn(rules, code)) {
        return refuse(
          "rules",
          "policy.rego_invalid",
          `the rule ${code} is the standard library's; name it otherwise`,
        );
      }
      rules[code] = rule;
    }
  }
  const [first, ...more] = dependencyFaults(rules).map(({ code, message }) =>
    fileFault("rules", { code: "policy.rego_invalid", message: `the rule ${code}: ${message}` }),
  );
  return first === undefined ? { ok: true, value: rules } : { ok: false, faults: [first, ...more] };
}

function emptyData(library: RuleLibrary): Checked<JsonObject> {
  return {
    ok: true,
    value: {
      policy: { name: "default", version: "0", signers: {}, matches: [], images: [] },
      exceptions: [],
      trust: { roots: {}, keys: {} },
      library: libraryData(library),
    },
  };
}

function regoText({ name, bytes }: ArchiveFile): RegoText {
  return { name, text: Buffer.from(bytes).toString("utf8") };
}

function manifestBytes(
  revision: string,
  entrypoints: readonly string[],
  roots: readonly string[],
  reads: BundleReads | undefined,
  release: ReleaseParts,
): Buffer {
  const stated = {
    ...(reads === undefined ? {} : { reads: readsData(reads) }),
    ...releaseDataJson(release.data),
  };
  const manifest = {
    revision,
    roots: [...new Set([...ROOTS, ...roots])].sort(),
    rego_version: 1,
    ...(Object.keys(stated).length === 0 ? {} : { metadata: { assay: stated } }),
    wasm: entrypoints.map((entrypoint) => ({ entrypoint, module: "/policy.wasm" })),
  };
  return Buffer.from(canonicalJson(manifest));
}

function entrypointsOf(manifest: Uint8Array): string[] {
  const parsed = parseStrictJson(manifest);
  const listed: readonly JsonValue[] = (parsed.ok ? arrayAt(parsed.value, "wasm") : undefined) ?? [];
  return [...new Set(listed.flatMap((entry) => stringAt(entry, "entrypoint") ?? []))].sort();
}

async function regoFiles(work: string, folders: readonly string[]): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  for (const folder of folders) {
    for (const entry of await readdir(join(work, folder), { recursive: true })) {
      if (!entry.endsWith(".rego")) continue;
      const name = `/${folder}/${entry.split(sep).join("/")}`;
      files.push({ name, bytes: await readFile(join(work, folder, entry)) });
    }
  }
  return files;
}

/** OPA names the place as `rules/acme/x.rego:7`. */
function regoFault<T>(run: OpaRun): Checked<T> {
  const complaint = complaintOf(run);
  const place = /(\S+\.rego):(\d+):?\s*(.*)$/.exec(complaint);
  if (place === null) return refuse("rules", "policy.rego_invalid", complaint);
  const [, file = "rules", line = "1", message = complaint] = place;
  return {
    ok: false,
    faults: [{ code: "policy.rego_invalid", message, file, line: Number(line), column: null }],
  };
}

function refuse<T>(file: string, code: string, message: string): Checked<T> {
  return { ok: false, faults: [fileFault(file, { code, message })] };
}
