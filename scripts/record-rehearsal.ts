// node scripts/record-rehearsal.ts: signs what `assay serve` judges before it says that it is ready, and writes down what a
// registry answers about it (src/cli/serving/rehearsal/recorded.json). The keys are thrown away.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRegistry } from "../src/registry/index.ts";
import { trustFromData } from "../src/verification/index.ts";
import { gather } from "../src/decision/index.ts";
import { attachBundle } from "../test/lab/images.ts";
import { startLabRegistry } from "../test/lab/registry.ts";
import { createSigstore, provenanceV1, spdxStatement } from "../test/lab/sigstore/index.ts";

const REPOSITORY = "rehearsal/image";
const root = join(import.meta.dirname, "..");

const lab = await startLabRegistry();
const sigstore = createSigstore();
const image = lab.pushImage(REPOSITORY, { tag: "1", seed: REPOSITORY });
const subjects = [{ name: REPOSITORY, digest: image.digest }];
for (const statement of [provenanceV1({ subjects }), spdxStatement(subjects)]) {
  attachBundle(lab, REPOSITORY, image.descriptor, sigstore.sign({ statement }));
}

const data = { roots: { rehearsal: sigstore.trustedRoot } };
const trust = trustFromData(JSON.parse(JSON.stringify(data)));
if (!trust.ok) throw new Error(trust.reason.message);
const paths = new Set<string>();
lab.misbehave = ({ path }) => void paths.add(path);
const registry = createRegistry({});
const time = new Date();
const gathered = await gather(
  {
    reference: `${lab.host}/${REPOSITORY}:1`,
    surface: "cli",
    namespace: null,
    parameters: {},
    platform: null,
  },
  { registry, layouts: [], files: [], trust: trust.value, clock: () => time },
  { signal: AbortSignal.timeout(10_000), time },
);
if (!gathered.ok) throw new Error(gathered.reason.message);
const open = gathered.value.input.evidence.filter(({ status }) => status !== "verified");
if (open.length > 0 || gathered.value.input.evidence.length !== 2) throw new Error(JSON.stringify(open));

const answers: Record<string, { readonly type: string; readonly body: string }> = {};
for (const path of [...paths].sort()) {
  const response = await fetch(`http://${lab.host}${path}`, { headers: { accept: "*/*" } });
  if (response.status !== 200) continue;
  const type = response.headers.get("content-type") ?? "application/octet-stream";
  answers[path.replace(`/v2/${REPOSITORY}/`, "")] = { type, body: await response.text() };
}
registry.close();
await lab.close();
const recorded = { time: time.toISOString(), tag: "1", trust: data, answers };
await writeFile(
  join(root, "src", "cli", "serving", "rehearsal", "recorded.json"),
  `${JSON.stringify(recorded, null, 2)}\n`,
);
