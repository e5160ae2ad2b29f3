import { failure, oneLine, success, type Result } from "../../core/index.ts";
import { buildPolicy, type ReleaseOptions } from "../../policy/index.ts";
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
    "The folder's examples go along: whoever activates the bundle has them decided first, and keeps the last good one where",
    "they fail. A sequence, higher with every release, keeps an old release from being passed off as the latest.",
  ].join("\n"),
  flags: {
    out: { value: "FILE", help: "where the bundle is written" },
    revision: { value: "R", help: "what decisions name it by: a version or a commit" },
    sequence: { value: "N", help: "the release's number, higher than that of every earlier one" },
    rollback: { value: "REASON", help: "goes back to an earlier version on purpose; needs --sequence" },
    "no-examples": { help: "leave the folder's examples out" },
  },
  examples: [
    "assay policy build ./policy --out acme.tar.gz --revision 3.1.0 --sequence 12",
    'assay policy build ./policy --out acme.tar.gz --revision 3.0.4 --sequence 13 --rollback "3.1.0 denies base images"',
  ],
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
  const release = releaseSettings(args);
  if (!release.ok) return complain(io, release.reason.message);
  const stopProgress = startProgress(io, `building ${oneLine(folder)}`);
  const built = await buildPolicy(folder, { revision, ...release.value }).finally(stopProgress);
  if (!built.ok) return complain(io, faultLines(folder, built.faults));
  const written = await replaceFile(out, built.value.bytes);
  if (!written.ok) return complain(io, written.reason.message);
  io.stdout.write(`${oneLine(out)}  ${built.value.digest}  revision ${revision}\n`);
  return EXIT.allow;
}

function releaseSettings(args: Arguments): Result<ReleaseOptions, "usage"> {
  const number = args.text("sequence");
  const rollback = args.text("rollback");
  if (number !== undefined && !/^[1-9]\d{0,14}$/.test(number)) {
    return failure(
      "usage",
      `--sequence ${oneLine(number, 60)}: expected a whole number from 1, higher than before`,
    );
  }
  if (rollback !== undefined && number === undefined) {
    return failure(
      "usage",
      "--sequence is missing: a rollback is a release later than the one that it takes back",
    );
  }
  if (rollback !== undefined && (rollback === "" || oneLine(rollback) !== rollback)) {
    return failure("usage", "--rollback: expected the reason, one line of at most 500 characters");
  }
  return success({
    examples: !args.has("no-examples"),
    ...(number === undefined ? {} : { sequence: Number(number) }),
    ...(rollback === undefined ? {} : { rollback }),
  });
}
