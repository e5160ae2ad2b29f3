import { arrayAt } from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";
import { didYouMean } from "./nearest.ts";
import { faultOfBuilder, faultOfImagePattern, faultOfRepository } from "./names.ts";
import { compilePattern } from "./pattern.ts";
import { readImageSet } from "./image-set.ts";
import type { ImageSetSource } from "./types.ts";
import type { YamlFile, YamlPath } from "./yaml-file.ts";

/**
 * Checks the sets of images, which the schema has already found well formed: patterns, signers that exist, sets that
 * match something and do not repeat each other. Codes: `policy.match_empty`, `policy.match_repeated`,
 * `policy.pattern_invalid`, `policy.signer_unknown`, `policy.attestation_repeated`.
 */
export function checkImageSets(
  file: YamlFile,
  signers: ReadonlySet<string>,
): { readonly sets: readonly ImageSetSource[]; readonly faults: readonly PolicyFault[] } {
  const faults: PolicyFault[] = [];
  const seen = new Set<string>();
  const sets = (arrayAt(file.value, "images") ?? []).map(readImageSet);
  const pattern = (path: YamlPath, text: string, faultOf: (text: string) => string | undefined) => {
    const compiled = compilePattern(text);
    const message = compiled.ok ? faultOf(text) : compiled.reason.message;
    if (message !== undefined) faults.push(file.fault(path, "policy.pattern_invalid", message));
  };
  const named = (path: YamlPath, names: readonly string[]) => {
    names.forEach((name, i) => {
      if (signers.has(name)) return;
      const message = `the signer ${JSON.stringify(name)} is not defined under signers${didYouMean(name, signers)}`;
      faults.push(file.fault([...path, i], "policy.signer_unknown", message));
    });
  };
  sets.forEach((set, i) => {
    const here: YamlPath = ["images", i];
    if (set.match.length === 0) {
      const message = "match is empty, so the set would match nothing; name images";
      faults.push(file.fault([...here, "match"], "policy.match_empty", message));
    }
    set.match.forEach((text, j) => {
      pattern([...here, "match", j], text, faultOfImagePattern);
      if (seen.has(text)) {
        const message = `${JSON.stringify(text)} is matched twice; which set applies would be chance`;
        faults.push(file.fault([...here, "match", j], "policy.match_repeated", message));
      }
      seen.add(text);
    });
    const { provenance, attestations } = set;
    named([...here, "provenance", "signers"], provenance?.signers ?? []);
    named([...here, "signature", "signers"], set.signature?.signers ?? []);
    named([...here, "evidence", "signers"], set.evidence?.signers ?? []);
    for (const [field, faultOf] of PATTERNS) {
      provenance?.[field]?.forEach((text, j) => pattern([...here, "provenance", field, j], text, faultOf));
    }
    const types = new Set<string>();
    attestations?.forEach((required, j) => {
      named([...here, "attestations", j, "signers"], required.signers);
      if (types.has(required.predicateType)) {
        const message = `${required.predicateType} is required twice; name all its signers in one place`;
        faults.push(file.fault([...here, "attestations", j], "policy.attestation_repeated", message));
      }
      types.add(required.predicateType);
    });
  });
  return { sets, faults };
}

const PATTERNS = [
  ["builders", faultOfBuilder],
  ["repositories", faultOfRepository],
  ["refs", faultOfRef],
  ["buildTypes", () => undefined],
] as const;

function faultOfRef(text: string): string | undefined {
  return text.startsWith("refs/") || text === "**"
    ? undefined
    : `the ref ${JSON.stringify(text)} is not full; expected one like refs/heads/main or refs/tags/v*`;
}
