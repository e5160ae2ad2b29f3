import { stat } from "node:fs/promises";
import { join } from "node:path";
import { failure, oneLine, success, type Result } from "../../core/index.ts";
import {
  diffPolicies,
  readExamples,
  type ComparedPolicy,
  type Example,
  type PolicyDiff,
} from "../../policy/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { complain, type Io } from "../io.ts";
import { POLICY_SIGNER_FLAGS } from "../flags.ts";
import { policyDemand } from "../policy-demand.ts";
import { faultLines, type PolicyWithSources } from "../policy.ts";
import { startProgress } from "../progress.ts";
import { showPolicy } from "../show-policy.ts";
import { painter } from "../render/paint.ts";
import { DIFF_OUTPUTS, renderDiff } from "../render/policy-diff.ts";

const FAIL_ON = ["looser", "decisions", "any", "version"] as const;

export const policyDiff: Command = {
  usage: "policy diff OLD NEW",
  description: [
    "Says in words what became stricter or looser from one policy to another: rules, data, signers, builders, trust,",
    "exceptions; and which of the examples they decide otherwise. OLD and NEW are bundles, policy folders or URLs; examples",
    "are those of NEW, else of OLD, or of --examples. A policy folder is not signed: --policy-key and the like hold bundles only.",
    "Tells the step of the version that this asks for: major where an image that was allowed may be denied (or nobody can",
    "tell), minor where more is allowed or something new denies nothing, patch where nothing is decided otherwise; and whether",
    "the versions that policy.yaml of both state are that far apart. Ends with 0 whatever changed, unless --fail-on says",
    "otherwise: then with 1. --output markdown is an entry for a changelog.",
  ].join("\n"),
  flags: {
    examples: { value: "DIR", help: "a policy folder, or a folder of examples, to compare decisions by" },
    "fail-on": {
      value: "WHAT",
      choices: FAIL_ON,
      help: "end with 1 where something became looser, a decision changed, anything did, or NEW's version is too low",
    },
    output: { value: "FORMAT", choices: DIFF_OUTPUTS, help: "how to say it" },
    ...POLICY_SIGNER_FLAGS,
  },
  examples: [
    "assay policy diff acme-3.1.0.tar.gz ./policy",
    "assay policy diff old.tar.gz new.tar.gz --examples ./policy/examples --fail-on looser",
    "assay policy diff oci://registry.example/policies/acme:stable ./policy --policy-key release.pub --fail-on version",
    "assay policy diff old.tar.gz new.tar.gz --output markdown >> CHANGELOG.md",
  ],
  positionals: { least: 2, most: 2, name: "OLD and NEW" },
  run: (args, io) => run(args, io),
};

/** A released policy is mostly compared with the folder that is to be released. */
const FOLDERS = { unsignedFolders: true } as const;

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [old = "", now = ""] = args.positionals;
  const demand = policyDemand(args, POLICY_SIGNER_FLAGS, "policy-");
  if (!demand.ok) return complain(io, demand.reason.message);
  const stopProgress = startProgress(io, "comparing");
  try {
    const from = await showPolicy(old, demand.value, io, FOLDERS);
    if (!from.ok) return complain(io, from.reason.message);
    const to = await showPolicy(now, demand.value, io, FOLDERS);
    if (!to.ok) return complain(io, to.reason.message);
    const examples = await examplesFor(args.text("examples"), [now, old]);
    if (!examples.ok) return complain(io, examples.reason.message);
    const diff = await diffPolicies(withRego(from.value), withRego(to.value), examples.value, io.clock());
    if (!diff.ok) return complain(io, `${diff.reason.code}: ${diff.reason.message}`);
    io.stdout.write(renderDiff(diff.value, args.text("output") ?? "text", painter(io)));
    return fails(diff.value, args.text("fail-on")) ? EXIT.deny : EXIT.allow;
  } finally {
    stopProgress();
  }
}

function withRego({ bundle, rego }: PolicyWithSources): ComparedPolicy {
  return { bundle, rego: rego() };
}

function fails({ changes, decisions, version }: PolicyDiff, failOn: string | undefined): boolean {
  if (failOn === "version") return version.verdict !== "enough" && version.verdict !== "rollback";
  const changed = decisions?.changed ?? [];
  if (failOn === "any") return changes.length + changed.length > 0;
  if (failOn === "decisions") return changed.length > 0;
  return failOn === "looser" && [...changes, ...changed].some(({ direction }) => direction === "looser");
}

/** The examples of the folder that is named, else of the first policy that has some. */
async function examplesFor(
  named: string | undefined,
  policies: readonly string[],
): Promise<Result<readonly Example[]>> {
  if (named !== undefined) {
    if (!(await isFolder(named)))
      return failure("usage", `--examples ${oneLine(named)}: there is no such folder`);
    const examples = await read(named, (await isFolder(join(named, "examples"))) ? "examples" : ".");
    return examples.ok && examples.value.length === 0
      ? failure("usage", `--examples ${oneLine(named)}: there is no example in it`)
      : examples;
  }
  for (const policy of policies) {
    if (await isFolder(join(policy, "examples"))) return read(policy, "examples");
  }
  return success([]);
}

async function read(folder: string, subfolder: string): Promise<Result<readonly Example[]>> {
  const { examples, faults } = await readExamples(folder, subfolder);
  return faults.length === 0
    ? success(examples)
    : failure("policy.example_invalid", faultLines(folder, faults));
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
