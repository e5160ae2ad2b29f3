// npm run test:interop -- [mocha flag…]: the suites against real clients and servers (test/interop), each of which
// provisions what it needs, one after another. A suite whose clients cannot be had says so and is skipped; with
// --forbid-pending, as in .ci/run, it fails.
import { globSync } from "node:fs";
import { dirname } from "node:path";
import { countsOfMocha, runSuites, type Suite } from "./suites.ts";

process.chdir(dirname(import.meta.dirname));

const files = globSync("test/interop/**/*.test.ts").toSorted();

const suites: readonly Suite[] = files.map((file) => ({
  name: file,
  // Without the configuration file, which leaves these suites out.
  command: ["mocha", "--no-config", "--forbid-only", "--timeout", "120000", ...process.argv.slice(2), file],
  counts: countsOfMocha,
}));
const { failed } = await runSuites(suites, process.env);
process.exit(failed === 0 ? 0 : 1);
