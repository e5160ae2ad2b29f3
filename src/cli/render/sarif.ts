import { oneLine } from "../../core/index.ts";
import type { Decision } from "../../decision/index.ts";
import packageJson from "../../../package.json" with { type: "json" };

/** SARIF 2.1.0: a result per violation and warning, and one for each image that was not decided. */
export function sarif(decisions: readonly Decision[]): string {
  const results = decisions.flatMap(resultsOf);
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].map((id) => ({ id }));
  const log = {
    version: "2.1.0",
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    runs: [
      {
        tool: { driver: { name: "assay", version: packageJson.version, rules } },
        invocations: [{ executionSuccessful: decisions.every(({ outcome }) => outcome !== "undecided") }],
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultsOf({ image, violations, warnings, outcome, reason }: Decision) {
  const name = oneLine(image.reference);
  const result = (ruleId: string, level: "error" | "warning", message: string, solution: string | null) => ({
    ruleId: oneLine(ruleId),
    level,
    message: {
      text: [message, ...(solution === null ? [] : [solution])].map((text) => oneLine(text)).join(" "),
    },
    locations: [{ logicalLocations: [{ fullyQualifiedName: name, kind: "resource" }] }],
    partialFingerprints: { image: image.digest ?? name },
  });
  const open = { code: "deny", message: "the policy does not allow the image" };
  const unsaid = outcome === "undecided" ? (reason ?? open) : violations.length === 0 ? open : undefined;
  return [
    ...violations.map(({ code, message, solution }) => result(code, "error", message, solution)),
    ...(outcome === "allow" || unsaid === undefined
      ? []
      : [result(unsaid.code, "error", unsaid.message, null)]),
    ...warnings.map(({ code, message, solution }) => result(code, "warning", message, solution)),
  ];
}
