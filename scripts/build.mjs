// Bundles the command line and its workers into dist/, so that `assay` starts fast. Runs as npm's `prepare`,
// on whatever Node.js the machine has: plain JavaScript that old versions read.
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let esbuild;
try {
  esbuild = await import("esbuild");
} catch {
  process.stderr.write(
    "build: esbuild is not installed (npm install without --omit=dev): dist/ is left as it is\n",
  );
  process.exit(0);
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// With a name, beside dist/ instead: `npm run bench` measures what it built itself.
const name = process.argv[2];
const outdir = name === undefined ? "dist" : join("node_modules", ".cache", name);
rmSync(join(root, outdir), { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: root,
  entryPoints: { assay: "src/cli/main.ts", "policy-worker": "src/policy/worker.ts" },
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  minifySyntax: true,
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "linked",
  logLevel: "warning",
  banner: {
    // CommonJS dependencies inside an ES module bundle still call `require`.
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
