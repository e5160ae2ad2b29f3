import {
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** A text for each path. */
export type FolderTexts = Readonly<Record<string, string>>;

/** A folder that a kubelet mounts for a ConfigMap. */
export interface MountedFolder {
  /** Other texts for the same paths, all at once. */
  put(files: FolderTexts): void;
}

/** Its files are links through `..data`, which is a link itself, and swapped. */
export function mountFolder(path: string, files: FolderTexts): MountedFolder {
  let version = 0;
  const put = (texts: FolderTexts): void => {
    const before = `..${String(version)}`;
    version += 1;
    const next = `..${String(version)}`;
    for (const [file, text] of Object.entries(texts)) {
      const target = join(path, next, file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    symlinkSync(next, join(path, "..data_tmp"));
    renameSync(join(path, "..data_tmp"), join(path, "..data"));
    rmSync(join(path, before), { recursive: true, force: true });
  };
  mkdirSync(path, { recursive: true });
  put(files);
  for (const name of new Set(Object.keys(files).map((file) => file.split("/")[0] ?? ""))) {
    symlinkSync(join("..data", name), join(path, name));
  }
  return { put };
}

/** What a folder's files hold. */
export function textsOf(folder: string): FolderTexts {
  const files = globSync("**/*", { cwd: folder }).filter((file) => statSync(join(folder, file)).isFile());
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}
