import { inspectBundle } from "../../policy/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { AT_FLAG, POLICY_SIGNER_FLAGS } from "../flags.ts";
import { complain, type Io } from "../io.ts";
import { policyDemand } from "../policy-demand.ts";
import { showPolicy } from "../show-policy.ts";
import { inspectionText } from "../render/inspection.ts";
import { painter } from "../render/paint.ts";
import { timeSetting } from "../settings.ts";

export const policyInspect: Command = {
  usage: "policy inspect BUNDLE|DIR|URL",
  description: [
    "Tells what a policy bundle, or the bundle that a policy folder makes, holds: its sets of images with their rules and",
    "demands, signers, trust roots and their age, exceptions and their end, the builtins that it calls, sizes, and which",
    "parts of the input its rules can read.",
  ].join("\n"),
  flags: {
    output: { value: "FORMAT", choices: ["text", "json"], help: "how to say it" },
    ...POLICY_SIGNER_FLAGS,
    ...AT_FLAG,
  },
  examples: [
    "assay policy inspect acme.tar.gz",
    "assay policy inspect ./policy --output json",
    "assay policy inspect oci://registry.example/policies/acme:stable --policy-key release.pub",
  ],
  positionals: { least: 1, most: 1, name: "BUNDLE" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const at = timeSetting(args);
  if (!at.ok) return complain(io, at.reason.message);
  const demand = policyDemand(args, POLICY_SIGNER_FLAGS, "policy-");
  if (!demand.ok) return complain(io, demand.reason.message);
  const shown = await showPolicy(args.positionals[0] ?? "", demand.value, io);
  if (!shown.ok) return complain(io, shown.reason.message);
  const inspection = await inspectBundle(shown.value.bundle, at.value ?? io.clock());
  if (!inspection.ok) return complain(io, `${inspection.reason.code}: ${inspection.reason.message}`);
  io.stdout.write(
    args.text("output") === "json"
      ? `${JSON.stringify(inspection.value, null, 2)}\n`
      : inspectionText(inspection.value, painter(io)),
  );
  return EXIT.allow;
}
