// npm run provision -- [tool…]: makes the project's pinned build tools available and prints the path of each.
// Without names, those that `npm test` needs; the clients of test/interop by name.
import { clients, provision, type Tool, tools } from "./provision/index.ts";

const known: Readonly<Record<string, Tool>> = { ...tools, ...clients };
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(tools);

for (const name of names) {
  const tool = Object.hasOwn(known, name) ? known[name] : undefined;
  if (tool === undefined) {
    process.stderr.write(
      `provision: there is no tool ${JSON.stringify(name)}: known are ${Object.keys(known).join(", ")}\n`,
    );
    process.exit(2);
  }
  const found = await provision(tool, { progress: (line) => process.stderr.write(`provision: ${line}\n`) });
  if (!found.ok) {
    process.stderr.write(`provision: ${found.reason.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`${found.value}\n`);
}
