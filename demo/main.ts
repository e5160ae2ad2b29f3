/**
 * `npm run demo`: the whole way in one command. A registry with seven images and a private Sigstore start in memory,
 * the service starts on loopback with mutual TLS; Gatekeeper's question and the command line's are asked about every
 * image, and each decision is printed with its reasons. Nothing leaves this machine.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { buildWorld, type DemoImage } from "./images.ts";
import { launcher } from "./launcher.ts";
import { startService, type ProviderResponse } from "./service.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-demo-"));
const world = await buildWorld();
try {
  const policy = writePolicy();
  const service = await startService(folder, policy);
  const answers = await service.validate(world.images.map((image) => image.reference));
  await service.stop();
  printAnswers(answers);
  heading("The same images, asked on the command line: assay verify IMAGE --policy demo/policy");
  for (const image of world.images) await verify(image, policy);
  const wrong = world.images.filter((image) => allowOf(answers, image) !== (image.expected === "allow"));
  process.stdout.write(
    `\n${world.images.length - wrong.length} of ${world.images.length} images were judged as they should be.\n`,
  );
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  await world.registry.close();
  rmSync(folder, { recursive: true, force: true });
}

/** demo/policy with the demo Sigstore's trust root beside it: a policy folder like any other. */
function writePolicy(): string {
  const target = join(folder, "policy");
  cpSync(fileURLToPath(new URL("policy", import.meta.url)), target, { recursive: true });
  mkdirSync(join(target, "trust"), { recursive: true });
  writeFileSync(join(target, "trust", "demo.json"), JSON.stringify(world.trustedRoot));
  return target;
}

function printAnswers(answers: ProviderResponse): void {
  heading("What the service answers Gatekeeper: POST /v1/gatekeeper/validate, seven keys in one request");
  if (answers.response.systemError !== undefined && answers.response.systemError !== "") {
    process.stdout.write(`systemError: ${answers.response.systemError}\n`);
  }
  for (const image of world.images) {
    const item = answers.response.items?.find((candidate) => candidate.key === image.reference);
    const allowed = item?.value?.allow === true;
    process.stdout.write(
      `\n${allowed ? mark("allow") : mark("deny")}  ${image.reference}\n       ${image.story}\n`,
    );
    for (const reason of item?.value?.reasons ?? []) process.stdout.write(`       - ${reason}\n`);
  }
}

function allowOf(answers: ProviderResponse, image: DemoImage): boolean | undefined {
  return answers.response.items?.find((item) => item.key === image.reference)?.value?.allow;
}

async function verify(image: DemoImage, policy: string): Promise<void> {
  process.stdout.write("\n");
  const child = spawn(process.execPath, [launcher, "verify", image.reference, "--policy", policy], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== (image.expected === "allow" ? 0 : 1)) {
    process.stdout.write(`exit code ${code}, expected ${image.expected}\n`);
    process.exitCode = 1;
  }
}

function mark(outcome: "allow" | "deny"): string {
  return styleText(outcome === "allow" ? "green" : "red", outcome.padEnd(5), { stream: process.stdout });
}

function heading(text: string): void {
  process.stdout.write(`\n${styleText("bold", text, { stream: process.stdout })}\n`);
}
