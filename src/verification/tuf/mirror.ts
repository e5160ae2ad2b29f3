import { describeThrown, oneLine } from "../../core/index.ts";
import { refuseTuf, TufFault } from "./fault.ts";

/** Milliseconds for one file, its body included, and for all of a refresh. */
const FILE_TIMEOUT_MS = 5_000;
const TOTAL_TIMEOUT_MS = 30_000;

/** Reads files of one TUF mirror: no redirects, no credentials (A109), bounded in size and time (T108). */
export class Mirror {
  readonly #base: string;
  readonly #fetch: typeof fetch;
  readonly #deadline: AbortSignal;
  readonly #fileTimeoutMs: number;

  constructor(
    url: string,
    options: {
      readonly fetch?: typeof fetch;
      readonly fileTimeoutMs?: number;
      readonly signal?: AbortSignal;
    } = {},
  ) {
    this.#base = mirrorBase(url);
    this.#fetch = options.fetch ?? fetch;
    this.#fileTimeoutMs = options.fileTimeoutMs ?? FILE_TIMEOUT_MS;
    const total = AbortSignal.timeout(TOTAL_TIMEOUT_MS);
    this.#deadline = options.signal === undefined ? total : AbortSignal.any([total, options.signal]);
  }

  /** The file, or `undefined` where the mirror has none (404, and 403 as object stores say it). */
  async find(path: string, limit: number): Promise<Buffer | undefined> {
    const signal = AbortSignal.any([this.#deadline, AbortSignal.timeout(this.#fileTimeoutMs)]);
    try {
      const answer = await this.#fetch(this.#base + path, {
        redirect: "error",
        credentials: "omit",
        headers: { "user-agent": "assay", accept: "application/json, */*" },
        signal,
      });
      if (answer.status === 404 || answer.status === 403) {
        await answer.body?.cancel();
        return undefined;
      }
      if (answer.status === 200) return await readBody(answer, path, limit);
      await answer.body?.cancel();
      return refuseTuf("tuf.unavailable", `the mirror answers ${path} with status ${answer.status}`);
    } catch (thrown) {
      if (thrown instanceof TufFault) throw thrown;
      const why = signal.aborted ? "it took too long" : causeOf(thrown);
      return refuseTuf("tuf.unavailable", `the mirror does not give ${path}: ${why}`);
    }
  }

  async get(path: string, limit: number): Promise<Buffer> {
    return (
      (await this.find(path, limit)) ??
      refuseTuf("tuf.unavailable", `the mirror has no ${oneLine(path, 200)}`)
    );
  }
}

function causeOf(thrown: unknown): string {
  return describeThrown(thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown);
}

async function readBody(answer: Response, path: string, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw cancels the body.
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) refuseTuf("tuf.too_large", `the mirror's ${path} has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The mirror's address, ending with a slash: http or https, without credentials, query and fragment. */
export function mirrorBase(text: string): string {
  const url = URL.parse(text);
  const plain = url !== null && url.username + url.password + url.search + url.hash === "";
  if (!plain || !["http:", "https:"].includes(url.protocol)) {
    return refuseTuf("tuf.invalid", `${oneLine(text, 200)} is not the http(s) address of a mirror`);
  }
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}
