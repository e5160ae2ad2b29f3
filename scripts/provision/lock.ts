import { open, readFile, rm, stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

const POLL_MS = 200;

/**
 * Runs `use` while no other process on this machine runs it under the same lock file. A lock whose holder is gone,
 * or that is older than `staleMs`, is taken over; that takeover can race, which only costs a build done twice:
 * what is guarded ends in an atomic rename.
 */
export async function withLock<T>(file: string, staleMs: number, use: () => Promise<T>): Promise<T> {
  while (!(await take(file))) {
    if (await isStale(file, staleMs)) await rm(file, { force: true });
    else await wait(POLL_MS);
  }
  try {
    return await use();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

async function isStale(file: string, staleMs: number): Promise<boolean> {
  try {
    const age = Date.now() - (await stat(file)).mtimeMs;
    const holder = Number(await readFile(file, "utf8"));
    // Between creation and writing the file is empty: give its holder a moment.
    return age > staleMs || (age > 5 * POLL_MS && !isAlive(holder));
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return codeOf(thrown) === "EPERM";
  }
}

function codeOf(thrown: unknown): unknown {
  return typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
}
