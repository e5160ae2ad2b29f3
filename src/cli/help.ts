import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";

/** What `assay --help` prints. */
export function overview(): string {
  const names = Object.keys(COMMANDS);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  return [
    "assay decides whether a container image may be trusted, from evidence alone.",
    "",
    "Usage: assay COMMAND [ARGUMENTS]",
    "",
    "Commands:",
    ...names.map((name) => `  ${name.padEnd(width)}${COMMANDS[name]?.summary ?? ""}`),
    "",
    "  assay COMMAND --help   tells a command's flags, with examples",
    "  assay --version",
    "",
    "Exit codes: 0 allow, 1 deny, 2 usage or configuration error, 3 undecided.",
    "",
  ].join("\n");
}

/** What `assay COMMAND --help` prints. */
export function commandHelp({ usage, description, flags, examples }: Command): string {
  const rows = Object.entries(flags).map(([name, { value, choices, repeatable, help }]) => ({
    left: `  --${name}${value === undefined ? "" : ` ${choices?.join("|") ?? value}`}`,
    right: repeatable === true ? `${help} (repeatable)` : help,
  }));
  const width = Math.min(40, Math.max(...rows.map(({ left }) => left.length)) + 2);
  const flagLines = rows.map(({ left, right }) =>
    left.length < width ? `${left.padEnd(width)}${right}` : `${left}\n${" ".repeat(width)}${right}`,
  );
  return [
    `Usage: assay ${usage}`,
    "",
    description,
    "",
    "Flags:",
    ...flagLines,
    "",
    "Examples:",
    ...examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}
