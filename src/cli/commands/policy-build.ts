import { oneLine } from "../../core/index.ts";
import { buildPolicy } from "../../policy/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { replaceFile } from "../files.ts";
import { complain, type Io } from "../io.ts";
import { faultLines } from "../policy.ts";
import { startProgress } from "../progress.ts";

export const policyBuild: Command = {
  usage: "policy build DIR --out FILE --revision R",
  description: [
    "Compiles a policy folder into a policy bundle: the same bytes for the same folder and revision. What is wrong with",
    "the folder is said with file, line and column, a line each. Needs OPA (assay says which version, and where it looked).",
  ].join("\n"),
  flags: {
    out: { value: "FILE", help: "where the bundle is written" },
    revision: { value: "R", help: "what decisions name it by: a version or a commit" },
  },
  examples: ["assay policy build ./policy --out acme.tar.gz --revision 3.1.0"],
  positionals: { least: 1, most: 1, name: "DIR" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [folder = ""] = args.positionals;
  const out = args.text("out");
  if (out === undefined)
    return complain(io, "--out is missing: assay policy build DIR --out FILE --revision R");
  const revision = args.text("revision");
  if (revision === undefined) {
    return complain(io, "--revision is missing: assay policy build DIR --out FILE --revision R");
  }
  if (revision.length > 200 || oneLine(revision) !== revision) {
    return complain(io, "--revision: expected at most 200 characters of one line");
  }
  const stopProgress = startProgress(io, `building ${oneLine(folder)}`);
  const built = await buildPolicy(folder, { revision }).finally(stopProgress);
  if (!built.ok) return complain(io, faultLines(folder, built.faults));
  const written = await replaceFile(out, built.value.bytes);
  if (!written.ok) return complain(io, written.reason.message);
  io.stdout.write(`${oneLine(out)}  ${built.value.digest}  revision ${revision}\n`);
  return EXIT.allow;
}
