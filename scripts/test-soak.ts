// npm run test:soak -- [--minutes N]: the service for so long (2 minutes unless told otherwise) with everything around it
// failing in turn, and whether it answers all rightly and holds no more in the end than before (test/soak).
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { countsOfMocha, runSuites } from "./suites.ts";

process.chdir(dirname(import.meta.dirname));

const { values } = parseArgs({ options: { minutes: { type: "string", default: "2" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  process.stderr.write("test:soak: --minutes must be a number above 0\n");
  process.exit(2);
}
const { failed } = await runSuites(
  [
    {
      name: `soak of ${values.minutes} minutes`,
      // Without the configuration file, which leaves this suite out.
      command: ["mocha", "--no-config", "--forbid-only", "test/soak/soak.test.ts"],
      counts: countsOfMocha,
    },
  ],
  { ...process.env, ASSAY_SOAK_MINUTES: String(minutes) },
);
process.exit(failed === 0 ? 0 : 1);
