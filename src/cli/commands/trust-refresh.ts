import { homedir } from "node:os";
import { join } from "node:path";
import { oneLine, success, type Result } from "../../core/index.ts";
import { openTufRoot, publicGoodTuf, type TufSource } from "../../verification/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { readInputFile, replaceFile } from "../files.ts";
import { complain, type Io } from "../io.ts";
import { startProgress } from "../progress.ts";

const LARGEST_ROOT = 512_000;

export const trustRefresh: Command = {
  usage: "trust refresh --out FILE",
  description: [
    "Fetches a Sigstore's trusted_root.json by TUF, for --trusted-root or a policy's trust/ folder. The file is replaced",
    "only by what the mirror gives now and its keys have signed. Exit code 0: it was; 3: it was not, and stays as it is.",
  ].join("\n"),
  flags: {
    out: { value: "FILE", help: "where trusted_root.json is written" },
    mirror: { value: "URL", help: "a TUF repository in place of the public Sigstore's; needs --root" },
    root: { value: "FILE", help: "the root.json from which trust in that repository begins" },
    cache: { value: "DIR", help: "where its state is kept (default: ~/.cache/assay/tuf)" },
  },
  examples: [
    "assay trust refresh --out policy/trust/public-good.json",
    "assay trust refresh --mirror https://tuf.example.com --root root.json --out trusted_root.json",
  ],
  positionals: { least: 0, most: 0, name: "" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const out = args.text("out");
  if (out === undefined) return complain(io, "--out is missing: assay trust refresh --out FILE");
  if (args.has("mirror") !== args.has("root")) {
    return complain(io, "--mirror and --root go together: a repository, and the root.json it is trusted by");
  }
  const source = await openSource(args.text("mirror"), args.text("root"));
  if (!source.ok) return complain(io, source.reason.message);
  const cacheFolder = args.text("cache") ?? defaultCache(io);
  const now = io.clock();
  const stopProgress = startProgress(io, `asking ${oneLine(source.value.mirror)}`);
  const opened = await openTufRoot(source.value, { cacheFolder, refresh: true, now }).finally(stopProgress);
  if (!opened.ok) return complain(io, `${opened.reason.code}: ${opened.reason.message}`, EXIT.undecided);
  const { root, version, expires, notices, ...from } = opened.value;
  for (const { code, message } of notices) complain(io, `${code}: ${message}`);
  // An older root must not take the place of what an earlier run may have written.
  if (from.source !== "mirror") return complain(io, `${oneLine(out)} stays as it is`, EXIT.undecided);
  const written = await replaceFile(out, Buffer.from(`${JSON.stringify(root, null, 2)}\n`));
  if (!written.ok) return complain(io, written.reason.message);
  io.stdout.write(`${oneLine(out)}  root version ${version}  expires ${expires.toISOString()}\n`);
  return EXIT.allow;
}

async function openSource(mirror: string | undefined, root: string | undefined): Promise<Result<TufSource>> {
  if (mirror === undefined || root === undefined) return success(publicGoodTuf());
  const initialRoot = await readInputFile(root, LARGEST_ROOT);
  return initialRoot.ok ? success({ mirror, initialRoot: initialRoot.value, seed: null }) : initialRoot;
}

function defaultCache({ env }: Io): string {
  return join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "assay", "tuf");
}
