import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describeThrown, failure, type Result, success } from "../../src/core/index.ts";
import type { ReleaseAsset } from "./tools.ts";

export type DownloadCode =
  "download.refused" | "download.failed" | "download.too_large" | "download.checksum_mismatch";

export interface DownloadLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

const MAX_REDIRECTS = 5;

/** Carries its code out of the stream's inside. */
class DownloadError extends Error {
  readonly code: DownloadCode;
  constructor(code: DownloadCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Fetches a published binary into `file` and makes it executable, after its checksum was found to be the pinned
 * one. Where it fails, nothing stays behind. Redirects are followed, at most 5, never from HTTPS to plain HTTP.
 */
export async function download(
  asset: ReleaseAsset,
  file: string,
  limits: DownloadLimits,
): Promise<Result<string, DownloadCode>> {
  const signal = AbortSignal.timeout(limits.timeoutMs);
  try {
    const found = await save(await open(new URL(asset.url), signal), file, limits.maxBytes, signal);
    if (found !== asset.sha256) {
      throw new DownloadError(
        "download.checksum_mismatch",
        `${asset.url} has sha256 ${found}, expected ${asset.sha256}`,
      );
    }
    await chmod(file, 0o755);
    return success(file);
  } catch (thrown) {
    await rm(file, { force: true });
    if (thrown instanceof DownloadError) return failure(thrown.code, thrown.message);
    return failure(
      "download.failed",
      `${asset.url}: ${describeThrown(signal.aborted ? signal.reason : thrown)}`,
    );
  }
}

async function open(start: URL, signal: AbortSignal): Promise<Response> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await fetch(url, { redirect: "manual", signal });
    if (response.status === 200) return response;
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      throw new DownloadError("download.failed", `${start.href} answers ${String(response.status)}`);
    }
    const next = new URL(location, url);
    if (next.protocol !== "https:" && next.protocol !== url.protocol) {
      throw new DownloadError(
        "download.refused",
        `${start.href} redirects to ${next.protocol}, expected https:`,
      );
    }
    url = next;
  }
  throw new DownloadError(
    "download.refused",
    `${start.href} redirects more than ${String(MAX_REDIRECTS)} times`,
  );
}

/** Writes the body and returns its sha256 in hex. */
async function save(
  response: Response,
  file: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<string> {
  if (response.body === null) throw new DownloadError("download.failed", `${response.url} has no body`);
  const hash = createHash("sha256");
  let size = 0;
  const measured = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > maxBytes) {
        done(
          new DownloadError(
            "download.too_large",
            `${response.url} is larger than the ${String(maxBytes)} bytes allowed`,
          ),
        );
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const body = Readable.fromWeb(response.body);
  await pipeline(body, measured, createWriteStream(file, { flags: "wx", mode: 0o600 }), { signal });
  return hash.digest("hex");
}
