// npm run test:soak -- [--minutes N] [--swaps N]: the service for so long (2 minutes unless told otherwise) with everything
// around it failing in turn, then so many policies (100), good and bad, put in place under load; whether it answers all
// rightly and holds no more in the end than before (test/soak).
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { countsOfMocha, runSuites, type Suite } from "./suites.ts";

process.chdir(dirname(import.meta.dirname));

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "2" }, swaps: { type: "string", default: "100" } },
});
if (!(Number(values.minutes) > 0) || !(Number(values.swaps) > 0)) {
  process.stderr.write("test:soak: --minutes and --swaps must be numbers above 0\n");
  process.exit(2);
}
const soak = (file: string): Suite["command"] => [
  "mocha",
  "--no-config",
  "--forbid-only",
  `test/soak/${file}`,
];
const { failed } = await runSuites(
  [
    {
      name: `soak of ${values.minutes} minutes`,
      // Without the configuration file, which leaves these suites out.
      command: soak("soak.test.ts"),
      counts: countsOfMocha,
    },
    { name: `soak of ${values.swaps} swaps`, command: soak("swaps.test.ts"), counts: countsOfMocha },
  ],
  { ...process.env, ASSAY_SOAK_MINUTES: values.minutes, ASSAY_SOAK_SWAPS: values.swaps },
);
process.exit(failed === 0 ? 0 : 1);
