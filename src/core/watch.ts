import { watch, type FSWatcher } from "node:fs";

/** Milliseconds in which several changes count as one: what belongs together is written one after the other. */
const SETTLE_MS = 200;

/**
 * Calls back soon after something changed directly in one of the folders; what it returns ends that. Not every file
 * system tells, and the system may have no more watches to give: who must know looks now and then besides.
 */
export function watchFolders(folders: readonly string[], changed: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  const settle = () => {
    settling ??= setTimeout(() => {
      settling = undefined;
      changed();
    }, SETTLE_MS).unref();
  };
  const watchers = [...new Set(folders)].flatMap((folder) => watchFolder(folder, settle));
  return () => {
    clearTimeout(settling);
    for (const watcher of watchers) watcher.close();
  };
}

function watchFolder(folder: string, changed: () => void): readonly FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    watcher.on("error", () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
