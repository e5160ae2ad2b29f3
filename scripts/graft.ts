import { graft } from "../test/verification/graft.ts";

// usage: node scripts/graft.ts [COUNT [SEED]]: grafts valid bundles into each other; see test/verification/graft.ts.
const [count = "100000", seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
const { cases, verified, refusals } = graft(Number(count), Number(seed));
const refused = Object.entries(refusals).toSorted(([, one], [, other]) => other - one);
for (const [code, times] of refused) process.stdout.write(`${code.padEnd(28)} ${String(times)}\n`);
process.stdout.write(
  `seed ${seed}: ${String(cases)} grafts, ${String(verified)} proved what they had proven, none more\n`,
);
