import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describeThrown, failure, oneLine, success, type Result } from "../../core/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { AT_FLAG, EVIDENCE_FLAGS } from "../flags.ts";
import { readAnswers } from "../init/answers.ts";
import { writeFiles } from "../init/assemble.ts";
import { CI_NAMES, type PolicyFile } from "../init/types.ts";
import { complain, type Io } from "../io.ts";

export const policyInit: Command = {
  usage: "policy init DIR",
  description: [
    "Writes a policy that works for an organization, with a rule of its own, tests and examples, into a new folder. Asks",
    "on a terminal for what the flags do not say. With --from, proposes a policy from the verified evidence of an image",
    "that is trusted already: it says what it saw and what it generalised, and is to be read before it is relied on.",
  ].join("\n"),
  flags: {
    organization: { value: "NAME", help: "owner of the source repositories: acme, acme/platform" },
    ci: { value: "CI", choices: CI_NAMES, help: "the build system" },
    host: {
      value: "HOST",
      help: "where the source repositories lie, for a GitLab or GitHub of one's own: gitlab.example.com",
    },
    registry: { value: "HOST/PATH", help: "where the images lie: ghcr.io/acme" },
    branch: { value: "BRANCH", help: "releases are built from this branch (default main)" },
    tags: { help: "releases are built from tags v*" },
    "no-rego": { help: "no rule of one's own: such a folder needs no OPA" },
    force: { help: "write into a folder that is not empty, over files of the same names" },
    from: { value: "IMAGE", help: "propose a policy from this image's evidence" },
    key: {
      value: "FILE|DIR",
      repeatable: true,
      help: "the build system's public key in PEM; with --from, keys to verify with",
    },
    "trusted-root": {
      value: "FILE",
      repeatable: true,
      help: "a trusted_root.json: of the Sigstore that certifies the host's pipelines; with --from, to verify with",
    },
    "certificate-authority": {
      value: "FILE",
      repeatable: true,
      help: "with --from: an X.509 authority of one's own in PEM, with its CRLs",
    },
    "notary-store": {
      value: "FILE",
      repeatable: true,
      help: "with --from: a Notary Project trust store (ca) in PEM, with its CRLs",
    },
    ...EVIDENCE_FLAGS,
    ...AT_FLAG,
  },
  examples: [
    "assay policy init ./policy",
    "assay policy init ./policy --organization acme --ci github --registry ghcr.io/acme --tags",
    "assay policy init ./policy --organization acme --ci tekton --registry quay.io/acme --key chains.pub",
    "assay policy init ./policy --organization acme --ci gitlab --host gitlab.example.com --registry registry.example.com/acme",
    "assay policy init ./policy --from ghcr.io/acme/app:1.2.0",
    "assay policy init ./policy --from registry.example.com/acme/app:1 --notary-store store.pem",
  ],
  positionals: { least: 1, most: 1, name: "DIR" },
  run: (args, io) => run(args, io),
};

const ABOUT_NEW = ["organization", "ci", "host", "registry", "branch", "tags"] as const;
const ABOUT_FROM = [
  "certificate-authority",
  "notary-store",
  "evidence",
  "layout",
  "platform",
  "offline",
  "timeout",
  "at",
] as const;

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [folder = ""] = args.positionals;
  const from = args.text("from");
  const odd = (from === undefined ? ABOUT_FROM : ABOUT_NEW).find((flag) => args.has(flag));
  if (odd !== undefined) {
    return complain(
      io,
      `--${odd} goes ${from === undefined ? "with --from alone" : "without --from, which tells it"}`,
    );
  }
  const free = await checkFolder(folder, args.has("force"));
  if (!free.ok) return complain(io, free.reason.message);
  return from === undefined ? fresh(folder, args, io) : proposed(folder, from, args, io);
}

async function fresh(folder: string, args: Arguments, io: Io): Promise<ExitCode> {
  if (args.texts("key").length > 1) return complain(io, "--key is given twice; a build system has one");
  const answers = await readAnswers(args, io);
  if (!answers.ok) return complain(io, answers.reason.message);
  const { newPolicy } = await import("../init/new-policy.ts");
  const made = await newPolicy(answers.value, !args.has("no-rego"));
  if (!made.ok) return complain(io, made.reason.message);
  return write(folder, made.value, args, io);
}

async function proposed(folder: string, image: string, args: Arguments, io: Io): Promise<ExitCode> {
  const { proposePolicy } = await import("../init/from-image.ts");
  const made = await proposePolicy(image, args, io);
  if (!made.ok) {
    const { code, message } = made.reason;
    return code === "usage" ? complain(io, message) : complain(io, `${code}: ${message}`, EXIT.undecided);
  }
  const written = await write(folder, made.value, args, io);
  return written === EXIT.allow && !made.value.allows ? EXIT.deny : written;
}

async function write(
  folder: string,
  made: { readonly files: readonly PolicyFile[]; readonly notes: readonly string[] },
  args: Arguments,
  io: Io,
): Promise<ExitCode> {
  try {
    const there = args.has("force") ? await namesIn(folder) : [];
    await writeFiles(folder, made.files, args.has("force") ? "w" : "wx");
    for (const { path } of made.files.filter((file) => there.includes(file.path))) {
      io.stderr.write(`assay: ${oneLine(join(folder, path))} was overwritten\n`);
    }
  } catch (thrown) {
    return complain(io, `${oneLine(folder)}: cannot be written: ${describeThrown(thrown)}`);
  }
  for (const note of made.notes) io.stderr.write(`assay: ${oneLine(note, 1000)}\n`);
  const names = made.files.map(({ path }) => `  ${oneLine(join(folder, path))}`);
  const next = [`assay policy test ${folder}`, `assay policy check ${folder}`].map(
    (line) => `  ${oneLine(line)}`,
  );
  io.stdout.write([...names, "", "Next:", ...next, ""].join("\n"));
  return EXIT.allow;
}

/** A folder that is new or empty, or one that may be written over. */
async function checkFolder(folder: string, force: boolean): Promise<Result<void, "usage">> {
  try {
    const names = await readdir(folder);
    return names.length === 0 || force
      ? success(undefined)
      : failure("usage", `${oneLine(folder)} is not empty; name a new folder, or write over it with --force`);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return success(undefined);
    return failure("usage", `${oneLine(folder)}: expected a folder: ${describeThrown(thrown)}`);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder, { recursive: true }).catch(() => []);
}
