import { describeThrown, failure, oneLine, success, type Result } from "../../core/index.ts";
import type { BundleCode } from "../types.ts";
import { BundleFault } from "./fault.ts";
import { gunzipOne } from "./gunzip.ts";
import { BUNDLE_LIMITS } from "./limits.ts";
import { readTarFiles, type TarFile } from "./tar.ts";

/** A file of a bundle's archive, unread. */
export type BundleFile = Pick<TarFile, "name" | "entryName" | "bytes">;

/** Where OPA's signature of a bundle lies. */
export const SIGNATURES_FILE = ".signatures.json";

/**
 * The files of a bundle's archive, none of them parsed: what verifies a signature looks at them before anything else
 * does. Refused are archives that two readers could understand in two ways, and those that are too large (threats
 * T174, T182, T183, T184).
 */
export function bundleFiles(archive: Uint8Array): Result<readonly BundleFile[], BundleCode> {
  try {
    return success(unpack(archive));
  } catch (thrown) {
    const code = thrown instanceof BundleFault ? thrown.code : "bundle.invalid";
    return failure(code, describeThrown(thrown));
  }
}

/** As `bundleFiles`; throws `BundleFault`. */
export function unpack(archive: Uint8Array): readonly TarFile[] {
  return unpackTar(inflate(archive));
}

/** The tar inside of an archive, whose size is bounded before and behind. */
export function inflate(archive: Uint8Array): Buffer {
  if (archive.byteLength > BUNDLE_LIMITS.archiveBytes) {
    throw new BundleFault(
      "bundle.limit_exceeded",
      `the archive has ${archive.byteLength} bytes; at most ${BUNDLE_LIMITS.archiveBytes} are read`,
    );
  }
  return gunzipOne(archive);
}

export function unpackTar(tar: Buffer): readonly TarFile[] {
  const files = readTarFiles(tar);
  checkNames(files.map(({ name }) => name));
  return files;
}

interface Refusal {
  readonly pattern: RegExp;
  /** The one name of that form that there may be. */
  readonly except?: string;
  readonly why: string;
}

/** OPA looks for some files by the end of their name, and a reader that looks for the whole name overlooks them. */
const REFUSED: readonly Refusal[] = [
  { pattern: /(?:^|\/)patch\.json$/, why: "a delta bundle; only whole bundles are read" },
  {
    pattern: /(?:^|\/)data\.(?:json|ya?ml)$/,
    except: "data.json",
    why: "data outside of /data.json; opa build puts all of it there",
  },
  { pattern: /\.manifest$/, except: ".manifest", why: "a second manifest" },
  { pattern: /signatures\.json$/, except: SIGNATURES_FILE, why: "a second list of signatures" },
  {
    pattern: /(?:^|\/)\._[^/]*$/,
    why: "what the tar of macOS adds; build with COPYFILE_DISABLE=1",
  },
];

function checkNames(names: readonly string[]): void {
  const folded = new Map<string, string>();
  for (const name of names) {
    // Names that some file system or reader takes for one are one.
    const key = name.normalize("NFC").toLowerCase();
    const refusal = REFUSED.find(({ pattern, except }) => pattern.test(key) && name !== except);
    if (refusal !== undefined) {
      throw new BundleFault("bundle.invalid", `the archive has ${oneLine(name, 100)}: ${refusal.why}`);
    }
    const other = folded.get(key);
    if (other !== undefined) {
      throw new BundleFault(
        "bundle.invalid",
        `the archive has ${oneLine(other, 100)} and ${oneLine(name, 100)}, which differ in case alone`,
      );
    }
    folded.set(key, name);
  }
}
