/** Words at the start of a line that begin no rule. */
const NO_RULE = new Set([
  "package",
  "import",
  "else",
  "default",
  "with",
  "not",
  "some",
  "every",
  "if",
  "in",
  "contains",
]);

const NAME = "[A-Za-z_][A-Za-z0-9_]*";
const PACKAGE = new RegExp(`^\\s*package\\s+(${NAME}(?:\\.${NAME}|\\["[^"\\\\]+"\\])*)`, "m");
const HEAD = new RegExp(`^(?:default\\s+)?(${NAME}(?:\\.${NAME})*)`, "gm");

/**
 * The paths of the rules in a Rego file as far as its text shows them, some more than once: the package, and what
 * begins a line. It serves to find data that collides; inside the module rules take precedence in any case.
 */
export function* rulePaths(rego: string): Generator<string> {
  const code = rego.replaceAll(/#.*$/gm, "");
  const path = PACKAGE.exec(code)?.[1];
  if (path === undefined) return;
  const segments = [...path.matchAll(new RegExp(`\\["([^"\\\\]+)"\\]|${NAME}`, "g"))].map(
    ([name, quoted]) => quoted ?? name,
  );
  for (const [, head = ""] of code.matchAll(HEAD)) {
    const names = head.split(".");
    if (!NO_RULE.has(names[0] ?? "")) yield [...segments, ...names].join("/");
  }
}
