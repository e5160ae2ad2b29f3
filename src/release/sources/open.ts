import { failure, oneLine, success, type Result } from "../../core/index.ts";
import type { BundleSource, SourceCode } from "../types.ts";
import { readOrigin } from "./http/origin.ts";
import { HttpSource } from "./http/source.ts";
import { LocalSource } from "./local.ts";
import { readAddress } from "./oci/address.ts";
import { OciSource } from "./oci/source.ts";
import type { SourceSettings } from "./settings.ts";

/**
 * Where a policy comes from: `FILE`, `FOLDER`, `https://…`, `http://…` (loopback, or where the settings say so) or
 * `oci://HOST/REPOSITORY[:TAG][@DIGEST]`. Nothing is asked yet: what is not there now may come. Codes:
 * `source.unsupported`, `source.invalid`.
 */
export async function openSource(
  source: string,
  settings: SourceSettings = {},
): Promise<Result<BundleSource, SourceCode>> {
  const scheme = schemeOf(source);
  if (source === "") return failure("source.invalid", "no policy is named");
  if (scheme === undefined) return success(new LocalSource(source));
  if (scheme === "https" || scheme === "http") {
    const origin = readOrigin(source, settings);
    return origin.ok ? success(new HttpSource(origin.value, settings)) : origin;
  }
  if (scheme === "oci") {
    const address = readAddress(source);
    return address.ok ? success(new OciSource(address.value, settings)) : address;
  }
  return failure(
    "source.unsupported",
    `${oneLine(source, 200)}: policies come from files, folders, https:// and oci://, not from ${scheme}://`,
  );
}

/** The scheme of a URL in lowercase; `undefined` for a path. */
export function schemeOf(source: string): string | undefined {
  return /^(?<scheme>[a-z][a-z0-9+.-]*):\/\//i.exec(source)?.groups?.["scheme"]?.toLowerCase();
}
