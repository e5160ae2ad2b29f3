// node scripts/threat-coverage.ts: writes docs/threats.md, which test names which threat.
// With --missing it only lists the threats that neither a test nor docs/threats-not-tested.csv names.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);
const page = join(root, "docs", "threats.md");
const notTestedFile = join(root, "docs", "threats-not-tested.csv");

/** The rows of the threat list that concern what is built so far; each needs a test or a reason. */
const areas: readonly { readonly title: string; readonly first: string; readonly last: string }[] = [
  { title: "Published advisories of other verifiers and libraries", first: "A001", last: "A147" },
  { title: "References", first: "T001", last: "T010" },
  { title: "From tag to digest", first: "T011", last: "T018" },
  { title: "Registry authentication and transport", first: "T019", last: "T032" },
  { title: "Finding evidence", first: "T033", last: "T045" },
  { title: "Manifests and blobs", first: "T046", last: "T057" },
  { title: "Envelopes, statements, bundles", first: "T058", last: "T081" },
  { title: "Identity", first: "T082", last: "T095" },
  { title: "Time and logs", first: "T096", last: "T106" },
  { title: "Trust roots", first: "T107", last: "T115" },
  { title: "What provenance says", first: "T116", last: "T134" },
  { title: "SBOMs, vulnerabilities, VEX", first: "T135", last: "T144" },
  { title: "Rego", first: "T151", last: "T172" },
  { title: "Policy bundles", first: "T173", last: "T194" },
  { title: "The service", first: "T195", last: "T259" },
];

interface Mention {
  readonly id: string;
  readonly file: string;
  readonly title: string;
}

/** Every threat id that the title of a test names. */
export function mentions(): readonly Mention[] {
  const files = globSync(["test/**/*.test.ts", "rego/**/*_test.rego"], {
    cwd: root,
    // Its ids are made up.
    exclude: ["test/scripts/threat-coverage.test.ts"],
  }).toSorted();
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return file.endsWith(".rego") ? inRego(text, file) : inTypeScript(text, file);
  });
}

/** Titles are string literals that name an id as a word of its own: `it("T034 …")`, `{ name: "A016 T100 …" }`. */
export function inTypeScript(text: string, file: string): readonly Mention[] {
  const code = text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gmu, "");
  const literals = [...code.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\\n]|\\.)*)`/gu)];
  return literals.flatMap((literal) => {
    const title = (literal[1] ?? literal[2] ?? "")
      .replaceAll(/\$\{[^}]*\}/gu, "…")
      .replaceAll(/\\(.)/gu, "$1");
    // Encoded data has no spaces; a title that is nothing but ids is one too.
    if (!/\s/u.test(title) && !/^[AT]\d{3}$/u.test(title)) return [];
    return idsIn(title).map((id) => ({ id, file, title }));
  });
}

/** A Rego test names a threat in its name (`test_t034_…`) or in a comment above it. */
export function inRego(text: string, file: string): readonly Mention[] {
  const found: Mention[] = [];
  let above: string[] = [];
  for (const line of text.split("\n")) {
    const name = /^(test_\w+)/u.exec(line)?.[1];
    if (line.startsWith("#")) above = [...above, ...idsIn(line)];
    else if (name === undefined) above = [];
    else {
      const own = [...name.matchAll(/_([at]\d{3})(?=_|$)/gu)].map((id) => (id[1] ?? "").toUpperCase());
      const title = name.replace(/^test_/u, "").replaceAll("_", " ");
      for (const id of new Set([...above, ...own])) found.push({ id, file, title });
      above = [];
    }
  }
  return found;
}

function idsIn(text: string): string[] {
  return [...new Set(text.match(/\b[AT]\d{3}\b/gu))];
}

/** Why a threat has no test: lines `id,reason`. */
function notTested(): ReadonlyMap<string, string> {
  const lines = readFileSync(notTestedFile, "utf8").trim().split("\n").slice(1);
  return new Map(
    lines.map((line) => {
      const comma = line.indexOf(",");
      return [line.slice(0, comma), line.slice(comma + 1)];
    }),
  );
}

function idsOf(area: (typeof areas)[number]): string[] {
  const [first, last] = [Number(area.first.slice(1)), Number(area.last.slice(1))];
  const letter = area.first.slice(0, 1);
  return Array.from(
    { length: last - first + 1 },
    (_, index) => letter + String(first + index).padStart(3, "0"),
  );
}

/** Ids that have neither a test nor a reason. */
export function missing(): readonly string[] {
  const named = new Set(mentions().map((each) => each.id));
  const reasons = notTested();
  return areas.flatMap(idsOf).filter((id) => !named.has(id) && !reasons.has(id));
}

/** Reasons given for threats that a test does name. */
export function needless(): readonly string[] {
  const named = new Set(mentions().map((each) => each.id));
  return [...notTested().keys()].filter((id) => named.has(id));
}

/** The whole of docs/threats.md. */
export function render(): string {
  const found = Map.groupBy(mentions(), (each) => each.id);
  const reasons = notTested();
  const known = new Set(areas.flatMap(idsOf));
  const others = [...found.keys()].filter((id) => !known.has(id)).toSorted();
  const all = [...known, ...others];
  const tested = all.filter((id) => found.has(id)).length;
  return [
    "# Threats",
    "",
    "<!-- Written by scripts/threat-coverage.ts: run it instead of editing this page. -->",
    "",
    "What tries to break assay, and the test that shows it does not. The ids are those of the project's threat list:",
    "`A…` is a published advisory, or an upstream fix of its kind, turned into a case; `T…` an attack or a fault.",
    "A test names the ids that it covers in its title. What has no test has its reason in",
    "[threats-not-tested.csv](threats-not-tested.csv).",
    "",
    `${String(tested)} of ${String(all.length)} rows are named by a test.`,
    "",
    ...areas.flatMap((area) => section(area.title, idsOf(area))),
    ...(others.length === 0 ? [] : section("Further rows, as far as they are tested already", others)),
  ].join("\n");

  function section(title: string, ids: readonly string[]): string[] {
    return [`## ${title}`, "", "| id | shown by | where |", "|---|---|---|", ...ids.map(row), ""];
  }

  function row(id: string): string {
    const tests = found.get(id);
    if (tests === undefined)
      return `| ${id} | *not tested:* ${cell(reasons.get(id) ?? "**no reason given**")} | |`;
    const titles = tests.slice(0, 3).map((test) => cell(withoutIds(test.title)));
    const more = tests.length > 3 ? `<br>and ${String(tests.length - 3)} more` : "";
    const files = [...new Set(tests.map((test) => test.file))].map(
      (file) => `[${shortened(file)}](../${file})`,
    );
    return `| ${id} | ${titles.join("<br>")}${more} | ${files.join("<br>")} |`;
  }
}

function withoutIds(title: string): string {
  return title.replaceAll(/(?:\b[AT]\d{3}\b[\s,/:·–-]*)+/gu, "").trim() || "(the test's whole table)";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function shortened(file: string): string {
  return file.replace(/^test\//u, "").replace(/\.test\.ts$/u, "");
}

if (import.meta.main) {
  const open = missing();
  if (process.argv.includes("--missing")) {
    process.stdout.write(`${open.join(" ")}\n`);
  } else {
    writeFileSync(page, render());
    if (open.length > 0) {
      process.stderr.write(`no test and no reason in docs/threats-not-tested.csv: ${open.join(" ")}\n`);
      process.exitCode = 1;
    }
  }
}
