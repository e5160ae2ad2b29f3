import { readFileSync } from "node:fs";
import {
  composeBundle,
  composeFromDefault,
  defaultBundlePath,
  diffPolicies,
  loadPolicyFolder,
  readBundle,
  type Change,
  type PolicyBundle,
} from "../../../src/policy/index.ts";
import { policyFolder, publicKey } from "../source/policy-folder.ts";

export const POLICY = `name: acme
version: 1.0.0
signers:
  release:
    issuer: https://token.actions.githubusercontent.com
    identity: "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/v*"
  scanner: { key: trust/scanner.pub }
images:
  - match: ["ghcr.io/acme/**"]
    collections: [minimal]
    evidence: { signers: [release] }
    provenance:
      signers: [release]
      repositories: ["https://github.com/acme/*"]
      refs: ["refs/tags/v*"]
`;
export const EXCEPTIONS = `exceptions:
  - rule: source.ref_allowed
    images: ["ghcr.io/acme/old"]
    owner: Ada
    reason: moving
    until: 2026-12-31
`;
export const FILES: Readonly<Record<string, string>> = {
  "policy.yaml": POLICY,
  "exceptions.yaml": EXCEPTIONS,
  "trust/scanner.pub": publicKey,
};

export const NOW = new Date("2026-11-22T10:00:00Z");

const read = readBundle(readFileSync(defaultBundlePath()));
if (!read.ok) throw new TypeError(read.reason.message);
const library = read.value;

export async function bundleOf(files: Readonly<Record<string, string>>): Promise<PolicyBundle> {
  const source = await loadPolicyFolder(policyFolder(files));
  if (!source.ok) throw new TypeError(source.faults[0].message);
  const data = composeFromDefault(source.value, library);
  if (!data.ok) throw new TypeError(data.faults[0].message);
  const bundle = composeBundle(library, { name: "acme", revision: "1", data: data.value });
  if (!bundle.ok) throw new TypeError(bundle.reason.message);
  return bundle.value;
}

let base: Promise<PolicyBundle> | undefined;

/** Of `FILES`. */
export function baseBundle(): Promise<PolicyBundle> {
  return (base ??= bundleOf(FILES));
}

export async function changes(files: Readonly<Record<string, string>>): Promise<readonly Change[]> {
  const [from, to] = [await baseBundle(), await bundleOf(files)];
  const diff = await diffPolicies({ bundle: from, rego: [] }, { bundle: to, rego: [] }, [], NOW);
  if (!diff.ok) throw new TypeError(diff.reason.message);
  return diff.value.changes;
}

/** `FILES` with other words in policy.yaml. */
export function yaml(from: string, to: string): Readonly<Record<string, string>> {
  return { ...FILES, "policy.yaml": POLICY.replace(from, to) };
}
