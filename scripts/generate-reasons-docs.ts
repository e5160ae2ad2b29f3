import { writeFileSync } from "node:fs";
import { EVIDENCE_REASONS } from "../src/evidence/index.ts";
import { NORMALIZATION_REASONS } from "../src/normalization/index.ts";
import { PULL_SECRET_REASONS } from "../src/server/index.ts";
import { REGISTRY_REASONS } from "../src/registry/index.ts";
import { ACTIVATION_REASONS, SOURCE_REASONS } from "../src/release/index.ts";
import { REASONS as VERIFICATION_REASONS } from "../src/verification/index.ts";

const SECTIONS = [
  {
    title: "Verification",
    about: "`evidence[].reason.code` of what is `failed` or `unsigned`.",
    reasons: VERIFICATION_REASONS,
  },
  {
    title: "Evidence",
    about: "`evidence[].reason.code` of what is `skipped`, and `completeness.reasons[].code`.",
    reasons: EVIDENCE_REASONS,
  },
  {
    title: "Registry",
    about:
      "Of what is `unreachable`, in `completeness.reasons[]`, and the `reason` of a decision that is `undecided`.",
    reasons: REGISTRY_REASONS,
  },
  {
    title: "Pull secrets",
    about: "The `reason` of a decision that is `undecided`, where the service reads pull secrets.",
    reasons: PULL_SECRET_REASONS,
  },
  {
    title: "Policies",
    about:
      "Why a delivered policy is not activated: in logs, metrics and `/readyz`. Other codes there are of its source " +
      "(see below), its signature (`signature.…`) and its archive (`bundle.…`).",
    reasons: ACTIVATION_REASONS,
  },
  {
    title: "Policy sources",
    about:
      "Why no policy was delivered, by file, folder, HTTP(S) or registry: see [policy-sources.md](policy-sources.md).",
    reasons: SOURCE_REASONS,
  },
  { title: "Normalization", about: "In `completeness.reasons[]`.", reasons: NORMALIZATION_REASONS },
] as const;

/** docs/reasons.md, made from the codes in the source: `node scripts/generate-reasons-docs.ts`. */
export function reasonsDocs(): string {
  return [
    "<!-- Made from src/*/reasons.ts by scripts/generate-reasons-docs.ts: do not edit. -->",
    "",
    "# Reason codes",
    "",
    "Why something does not count, in words that programs can match. A code is never renamed and never reused; the",
    "message beside it is for people and may change. Codes of violations are the names of rules: see",
    "[policy.md](policy.md).",
    ...SECTIONS.flatMap(({ title, about, reasons }) => [
      "",
      `## ${title}`,
      "",
      about,
      "",
      "| code | meaning |",
      "| --- | --- |",
      ...Object.entries(reasons).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    ]),
    "",
  ].join("\n");
}

if (import.meta.main) writeFileSync(new URL("../docs/reasons.md", import.meta.url), reasonsDocs());
