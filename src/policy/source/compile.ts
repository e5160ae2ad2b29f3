import type { JsonObject } from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";
import { exceptionData } from "./exceptions.ts";
import { libraryData } from "./library.ts";
import { compileBuilder, compileRepository } from "./names.ts";
import { bySpecificity, compilePattern, exactPattern, patternData, type CompiledPattern } from "./pattern.ts";
import { selectRules, type Selection } from "./select.ts";
import type { Checked, ImageSetSource, PolicySource, RuleInfo, RuleLibrary, SignerSource } from "./types.ts";

/**
 * Compiles a policy against the rules that its bundle will hold into data.json: `policy`, `exceptions`, `trust` and
 * `library`. Faults: those of `selectRules` and of the exceptions' rules.
 */
export function compileData(source: PolicySource, library: RuleLibrary): Checked<JsonObject> {
  const faults: PolicyFault[] = [];
  const selections: Selection[] = [];
  source.images.forEach((set, i) => {
    const selected = selectRules(set, i, library, source.file);
    if ("rules" in selected) selections.push(selected);
    else faults.push(...selected);
  });
  const exceptions = exceptionData(source, library);
  faults.push(...exceptions.faults);
  const [first, ...others] = faults;
  if (first !== undefined) return { ok: false, faults: [first, ...others] };
  return {
    ok: true,
    value: {
      policy: {
        name: source.name,
        version: source.version,
        signers: mapValues(source.signers, (signer) => signerData(signer)),
        matches: matchesData(source.images),
        images: source.images.map((set, i) => setData(set, selections[i], library)),
      },
      exceptions: exceptions.exceptions,
      trust: {
        roots: source.trust.roots,
        keys: mapValues(source.trust.keys, (key) => ({ ...key })),
        ...(Object.keys(source.trust.thresholds).length === 0 ? {} : { thresholds: source.trust.thresholds }),
        ...(Object.keys(source.trust.authorities).length === 0
          ? {}
          : { authorities: mapValues(source.trust.authorities, ({ pem, crls }) => ({ pem, crls })) }),
        ...(Object.keys(source.trust.notary).length === 0
          ? {}
          : { notary: mapValues(source.trust.notary, (store) => ({ ...store })) }),
      },
      library: libraryData(library),
    },
  };
}

/** A signer as rego/lib/approval.rego compares it; `toPattern` says how its identity was meant. */
export function signerData(
  signer: SignerSource,
  toPattern: (text: string) => CompiledPattern = asPattern,
): JsonObject {
  if (signer.kind === "key") {
    return { kind: "key", keyId: signer.keyId, from: signer.from, to: signer.to };
  }
  if (signer.kind === "notary") return { kind: "notary", store: signer.store, subject: signer.subject };
  if (signer.kind === "x509") {
    const { authority, identity } = signer;
    return { kind: "x509", authority, identity, pattern: patternData(toPattern(identity)) };
  }
  return {
    kind: "certificate",
    issuer: signer.issuer,
    identity: signer.identity,
    pattern: patternData(toPattern(signer.identity)),
    certificate: mapValues(signer.certificate, compiled),
    trustRoot: signer.trustRoot,
  };
}

/** A rule as a set of images names it. */
export function ruleData(code: string, rule: RuleInfo | undefined): JsonObject {
  const dot = code.indexOf(".");
  return {
    code,
    area: code.slice(0, dot),
    name: code.slice(dot + 1),
    dependsOn: rule?.dependsOn ?? [],
    effectiveOn: rule?.effectiveOn ?? null,
  };
}

function setData(set: ImageSetSource, selection: Selection | undefined, library: RuleLibrary): JsonObject {
  const { provenance, signature, attestations, evidence } = set;
  return {
    match: set.match,
    rules: (selection?.rules ?? []).map((code) => ruleData(code, library[code])),
    excludeTerms: (selection?.excludeTerms ?? []).map((entry) => ({ ...entry })),
    ...(provenance === undefined
      ? {}
      : {
          provenance: {
            signers: provenance.signers,
            ...listOf("builders", provenance.builders, compileBuilder),
            ...listOf("repositories", provenance.repositories, (text) => compiled(compileRepository(text))),
            ...listOf("refs", provenance.refs, compiled),
            ...listOf("buildTypes", provenance.buildTypes, compiled),
          },
        }),
    ...(signature === undefined ? {} : { signature: { signers: signature.signers } }),
    ...(attestations === undefined ? {} : { attestations: attestations.map((entry) => ({ ...entry })) }),
    ...(evidence?.signers === undefined ? {} : { evidence: { signers: evidence.signers } }),
  };
}

function matchesData(images: readonly ImageSetSource[]): JsonObject[] {
  return images
    .flatMap((set, i) => set.match.map((text) => ({ text, images: i })))
    .sort((a, b) => bySpecificity(a.text, b.text) || a.images - b.images)
    .map(({ text, images: index }) => ({ pattern: compiled(text), images: index }));
}

function listOf(
  name: string,
  texts: readonly string[] | undefined,
  compile: (text: string) => JsonObject,
): JsonObject {
  return texts === undefined ? {} : { [name]: texts.map(compile) };
}

/** The texts have been checked; one that does not compile matches nothing but itself. */
function asPattern(text: string): CompiledPattern {
  const pattern = compilePattern(text);
  return pattern.ok ? pattern.value : exactPattern(text);
}

function compiled(text: string): JsonObject {
  return patternData(asPattern(text));
}

function mapValues<T>(map: Readonly<Record<string, T>>, change: (value: T) => JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
