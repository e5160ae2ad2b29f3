import type { Command } from "../command.ts";
import { complain } from "../io.ts";

export const policyBuild: Command = {
  usage: "policy build DIR --out FILE --revision R",
  description:
    "Compiles a policy folder into a policy bundle, the same bytes for the same folder and revision.",
  flags: {
    out: { value: "FILE", help: "where the bundle is written" },
    revision: { value: "R", help: "the revision that decisions name, as a version or commit" },
  },
  examples: ["assay policy build ./policy --out acme.tar.gz --revision 3.1.0"],
  positionals: { least: 1, most: 1, name: "DIR" },
  run: async (_args, io) => complain(io, "todo"),
};
