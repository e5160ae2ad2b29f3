import { dirname } from "node:path";
import { watchFolders } from "../core/index.ts";

/** Milliseconds between two looks at the files, where nothing told of a change. */
const LOOK_MS = 30_000;

/**
 * Calls `look` soon after something changed in the files' folders, and every 30 seconds besides: not every file system tells,
 * and Kubernetes swaps a link beside the files. What it returns ends that.
 */
export function watchFiles(files: readonly string[], look: () => void): () => void {
  const unwatch = watchFolders(
    files.map((file) => dirname(file)),
    look,
  );
  const timer = setInterval(look, LOOK_MS).unref();
  return () => {
    clearInterval(timer);
    unwatch();
  };
}
