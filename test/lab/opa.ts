import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const VERSION = "1.22.2";

/** The OPA executable that the tests compare with: from PATH where it is the pinned version, else from the cache. */
export const opa: string | undefined = ["opa", cached()].find((candidate) => isPinned(candidate));

function cached(): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cache, "assay", "tools", `opa-${VERSION}`, "opa");
}

function isPinned(executable: string): boolean {
  if (executable !== "opa" && !existsSync(executable)) return false;
  try {
    const words = execFileSync(executable, ["version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return words.startsWith(`Version: ${VERSION}\n`);
  } catch {
    return false;
  }
}

/** Runs OPA with the zone that a container has; what it prints. */
export function runOpa(executable: string, args: readonly string[], cwd?: string): string {
  return execFileSync(executable, args, {
    encoding: "utf8",
    cwd,
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, TZ: "UTC" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
