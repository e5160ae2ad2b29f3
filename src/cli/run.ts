import { describeThrown, oneLine } from "../core/index.ts";
import { parseArguments } from "./arguments.ts";
import { COMMANDS, type CommandEntry } from "./commands.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { commandHelp, overview } from "./help.ts";
import { complain, type Io } from "./io.ts";
import { nearest } from "./suggest.ts";
import packageJson from "../../package.json" with { type: "json" };

/** The whole command line. Whatever is thrown inside ends as one line and `undecided`, never as an allowance. */
export async function runAssay(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(args, io);
  } catch (thrown) {
    return complain(io, `a fault of assay itself: ${describeThrown(thrown)}`, EXIT.undecided);
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<ExitCode> {
  const [first, ...others] = args;
  if (first === undefined) {
    io.stderr.write(overview());
    return EXIT.usage;
  }
  if (first === "--version") {
    io.stdout.write(`assay ${packageJson.version}\n`);
    return EXIT.allow;
  }
  if (first === "--help" || first === "-h" || (first === "help" && others.length === 0)) {
    io.stdout.write(overview());
    return EXIT.allow;
  }
  const wanted = first === "help" ? [...others, "--help"] : args;
  const found = findCommand(wanted);
  return found === undefined ? unknownCommand(wanted, io) : call(found.entry, found.rest, io);
}

/** A command's name has one word or two. */
function findCommand(args: readonly string[]) {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(" ");
    const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (entry !== undefined) return { entry, rest: args.slice(words) };
  }
  return undefined;
}

function unknownCommand(args: readonly string[], io: Io): ExitCode {
  const names = Object.keys(COMMANDS);
  const [first = ""] = args;
  const group = names.filter((name) => name.startsWith(`${first} `));
  if (group.length > 0) return complain(io, `${first} is followed by another word: ${group.join(", ")}`);
  const meant = nearest(first, names) ?? nearest(args.slice(0, 2).join(" "), names);
  const hint = meant === undefined ? "assay --help lists the known ones" : `did you mean ${meant}?`;
  return complain(io, `unknown command ${oneLine(first, 60)}: ${hint}`);
}

async function call(entry: CommandEntry, args: readonly string[], io: Io): Promise<ExitCode> {
  const command = await entry.load();
  const end = args.indexOf("--");
  if (
    (end === -1 ? args : args.slice(0, end)).some((argument) => argument === "--help" || argument === "-h")
  ) {
    io.stdout.write(commandHelp(command));
    return EXIT.allow;
  }
  const parsed = parseArguments(args, command.flags);
  if (!parsed.ok) return complain(io, parsed.reason.message);
  const { least, most, name } = command.positionals;
  const { positionals } = parsed.value;
  if (positionals.length < least) return complain(io, `${name} is missing: assay ${command.usage}`);
  if (positionals.length > most) {
    return complain(
      io,
      `unexpected argument ${oneLine(positionals[most] ?? "", 60)}: assay ${command.usage}`,
    );
  }
  return command.run(parsed.value, io);
}
