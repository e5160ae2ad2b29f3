// Compiles rego/ into bundles/default.tar.gz. The same sources give the same bytes; a test compares.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { buildDefaultBundle, DEFAULT_REVISION, defaultBundlePath } from "../src/policy/source/index.ts";

const built = await buildDefaultBundle({ revision: DEFAULT_REVISION });
if (built.ok) {
  mkdirSync(dirname(defaultBundlePath()), { recursive: true });
  writeFileSync(defaultBundlePath(), built.value.bytes);
  process.stderr.write(
    `${defaultBundlePath()}: ${built.value.bytes.byteLength} bytes, ${built.value.digest}\n`,
  );
} else {
  for (const fault of built.faults) {
    process.stderr.write(`${fault.file}:${fault.line ?? ""}: ${fault.code}: ${fault.message}\n`);
  }
  process.exitCode = 2;
}
