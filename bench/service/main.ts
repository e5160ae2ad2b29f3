// npm run bench:service -- [--quick] [--json FILE] [section…]: what the service answers, how fast and at what cost, beside a
// handler that answers a constant and whichever rivals are on the machine (rivals.ts). Ratios of one run hold; absolute
// figures move with the machine.
import { writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { table } from "../measure.ts";
import { buildAssay } from "./assay.ts";
import { headingsOf, shown, type Section } from "./report.ts";
import { createSetting, type Setting } from "./setting.ts";

interface Extent {
  readonly quick: boolean;
}

const sections: Readonly<Record<string, (setting: Setting, extent: Extent) => Promise<readonly Section[]>>> =
  {
    warm: async (setting, { quick }) =>
      (await import("./warm.ts")).warm(
        setting,
        quick ? { rounds: 1, durationMs: 400 } : { rounds: 3, durationMs: 700 },
      ),
    cold: async (setting, { quick }) => (await import("./cold.ts")).cold(setting, { rounds: quick ? 1 : 3 }),
    batch: async (setting, { quick }) =>
      (await import("./batch.ts")).batch(setting, { rounds: quick ? 1 : 3 }),
    memory: async (setting, { quick }) =>
      (await import("./memory.ts")).memory(setting, { images: quick ? 500 : 10_000 }),
  };

const { values, positionals } = parseArgs({
  options: { quick: { type: "boolean", default: false }, json: { type: "string" } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !Object.hasOwn(sections, name));
if (unknown.length > 0) {
  process.stderr.write(
    `bench:service: there is no ${unknown.join(", ")}: known are ${Object.keys(sections).join(", ")}\n`,
  );
  process.exit(2);
}

const machine = {
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  cores: cpus().length,
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  load: loadavg()[0] ?? 0,
};
process.stdout.write(
  `Node.js ${machine.node}, ${String(machine.cores)} × ${machine.cpu}, load average ${machine.load.toFixed(1)} at the start\n`,
);
await buildAssay();
// Ten thousand images take minutes: only where they are asked for.
const names = positionals.length === 0 ? ["warm", "cold", "batch"] : positionals;
const all: Section[] = [];
for (const name of names) {
  const setting = await createSetting();
  try {
    for (const section of (await sections[name]?.(setting, { quick: values.quick })) ?? []) {
      all.push(section);
      print(section);
    }
  } finally {
    await setting.close();
  }
}
const endLoad = loadavg()[0] ?? 0;
process.stdout.write(`load average ${endLoad.toFixed(1)} at the end\n`);
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ ...machine, endLoad, sections: all }, null, 2)}\n`);
}
process.exit(0);

function print(section: Section): void {
  const headings = headingsOf(section);
  process.stdout.write(`\n# ${section.title}\n\n`);
  table(
    ["", ...headings],
    section.rows.map(({ name, figures }) => [name, ...headings.map((heading) => shown(figures[heading]))]),
  );
  if (section.goals.length === 0) return;
  process.stdout.write("\n");
  table(
    ["", "goal", "found", ""],
    section.goals.map(({ goal, limit, found, reached }) => [
      goal,
      limit,
      found,
      reached ? "reached" : "MISSED",
    ]),
  );
}
