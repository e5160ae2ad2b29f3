import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { oneLine } from "../../core/index.ts";
import {
  buildPolicy,
  composeBundle,
  composeFromDefault,
  defaultBundlePath,
  loadPolicyFolder,
  readBundle,
  type Checked,
  type PolicyBundle,
  type PolicyFault,
} from "../../policy/index.ts";

/** A policy, and the archive that holds its Rego. */
export interface CompiledFolder {
  readonly bundle: PolicyBundle;
  readonly archive: Uint8Array;
}

/** Compiles a policy folder. One without Rego of its own needs no compiler; one with rules is built by OPA. */
export async function compileFolder(folder: string): Promise<Checked<CompiledFolder>> {
  const source = await loadPolicyFolder(folder);
  if (!source.ok) return source;
  if (source.value.ownRules.length > 0) {
    const built = await buildPolicy(folder, { revision: source.value.version });
    if (!built.ok) return built;
    const archive = built.value.bytes;
    const bundle = readBundle(archive);
    return bundle.ok ? { ok: true, value: { bundle: bundle.value, archive } } : refuse(bundle.reason);
  }
  const archive = await readFile(defaultBundlePath());
  const library = readBundle(archive);
  if (!library.ok) return refuse(library.reason);
  const data = composeFromDefault(source.value, library.value);
  if (!data.ok) return data;
  const { name, version: revision } = source.value;
  const bundle = composeBundle(library.value, { name, revision, data: data.value });
  return bundle.ok ? { ok: true, value: { bundle: bundle.value, archive } } : refuse(bundle.reason);
}

/** A fault a line: `policy/policy.yaml:7:5: policy.unknown_signer: …`. */
export function faultLines(folder: string, faults: readonly PolicyFault[]): string {
  return faults.map((fault) => faultLine(folder, fault)).join("\n");
}

/** The first fault, and how many more there are, in one line. */
export function firstFault(folder: string, faults: readonly PolicyFault[]): string {
  const [first, ...more] = faults;
  if (first === undefined) return "the policy is not valid";
  return `${faultLine(folder, first)}${more.length === 0 ? "" : ` (and ${more.length} more)`}`;
}

function faultLine(folder: string, { file, line, column, code, message }: PolicyFault): string {
  const place = [join(folder, file), line, column].filter((part) => part !== null).join(":");
  return oneLine(`${place}: ${code}: ${message}`);
}

function refuse(reason: { readonly code: string; readonly message: string }): Checked<never> {
  return { ok: false, faults: [{ ...reason, file: "", line: null, column: null }] };
}
