import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { digestOf, parseStrictJson } from "../../core/index.ts";
import { fileFault, type Folder } from "../source/folder.ts";
import { runOpa } from "../source/opa.ts";
import { libraryPath } from "../source/package-root.ts";
import type { PolicyFault } from "../types.ts";
import { readModule } from "./syntax/read-module.ts";
import type { Module } from "./syntax/types.ts";

/** A Rego file of the policy or of the standard library, tests included. */
export interface RegoFile {
  /** As findings name it: relative to the policy's folder, or `rego/…`. */
  readonly file: string;
  /** Below the working folder, where OPA finds it. */
  readonly staged: string;
  readonly text: Buffer;
  readonly own: boolean;
  readonly test: boolean;
}

export interface Sources {
  /** The working folder, with `assay/` (the library) and `own/`. */
  readonly work: string;
  readonly files: readonly RegoFile[];
  readonly faults: readonly PolicyFault[];
}

const LIBRARY = "assay";
const OWN = "own";
const MAX_TEXT = 1024 * 1024;
const MAX_FILES = 1000;
const AT_ONCE = 4;
/** Of parsed syntax: some hundred times its text. */
const PARSED = { bytes: 64 * 1024 * 1024, values: Infinity, depth: 500 };

/** Lays out the library and a policy folder's Rego, tests included, where OPA reads them. */
export async function stageSources(work: string, folder: Folder | undefined): Promise<Sources> {
  const faults: PolicyFault[] = [];
  const files: RegoFile[] = [];
  for (const name of await regoNames(libraryPath())) {
    const text = await readFile(join(libraryPath(), name));
    const path = name.split(sep).join("/");
    files.push({
      file: `rego/${path}`,
      staged: `${LIBRARY}/${path}`,
      text,
      own: false,
      test: path.endsWith("_test.rego"),
    });
  }
  const own = folder === undefined ? [] : await folder.list(".", ".rego");
  for (const name of own.slice(0, MAX_FILES)) {
    const text = await folder?.text(name, MAX_TEXT);
    if (typeof text !== "string") {
      if (text !== undefined) faults.push(fileFault(name, text));
      continue;
    }
    files.push({
      file: name,
      staged: `${OWN}/${name}`,
      text: Buffer.from(text),
      own: true,
      test: name.endsWith("_test.rego"),
    });
  }
  for (const { staged, text } of files) {
    await mkdir(dirname(join(work, staged)), { recursive: true });
    await writeFile(join(work, staged), text);
  }
  return { work, files, faults };
}

/** The name that findings use for a file as OPA names it. */
export function publicName(staged: string): string {
  const path = staged.replace(/^\.\//, "");
  if (path.startsWith(`${OWN}/`)) return path.slice(OWN.length + 1);
  return path.startsWith(`${LIBRARY}/`) ? `rego/${path.slice(LIBRARY.length + 1)}` : path;
}

/** Parses files; those that OPA cannot parse are left out, for `opa check` says why. */
export async function parseFiles(
  opa: string,
  work: string,
  files: readonly RegoFile[],
): Promise<readonly Module[]> {
  return (await mapLimited(files, AT_ONCE, (file) => parseFile(opa, work, file))).filter(
    (module) => module !== undefined,
  );
}

/** Runs a function over a list, so many at once; results in the list's order. */
export async function mapLimited<T, R>(
  list: readonly T[],
  atOnce: number,
  run: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < list.length; i = next++) {
      const item = list[i];
      if (item !== undefined) results[i] = await run(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, worker));
  return results;
}

/** Of the library's files, which are the same in every check of a process: each costs a run of OPA. */
const library = new Map<string, Promise<Module | undefined>>();

function parseFile(opa: string, work: string, file: RegoFile): Promise<Module | undefined> {
  if (file.own) return parse(opa, work, file);
  const key = JSON.stringify([opa, file.file, digestOf(file.text)]);
  const known = library.get(key) ?? parse(opa, work, file);
  library.set(key, known);
  return known;
}

async function parse(opa: string, work: string, file: RegoFile): Promise<Module | undefined> {
  const args = ["parse", "--format", "json", "--json-include", "locations,-comments", file.staged];
  const run = await runOpa(opa, args, work);
  const parsed = run.ok ? parseStrictJson(run.stdout, PARSED) : undefined;
  return parsed?.ok === true ? readModule(file.file, file.text, parsed.value) : undefined;
}

async function regoNames(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".rego")).sort();
}
