import { digestOf, oneLine, success, type Digest, type Result } from "../../../core/index.ts";
import { createHttpClient, retryAfterMs, type HttpAnswer, type HttpClient } from "../../../registry/index.ts";
import type { BundleSource, Delivery, FetchOptions, SourceCode } from "../../types.ts";
import { allEvidence, EVIDENCE_SUFFIXES, evidenceDocuments } from "../evidence-files.ts";
import { guarded, SourceFault } from "../fault.ts";
import { SOURCE_LIMITS } from "../limits.ts";
import { DEFAULT_TIMEOUT_MS, type SourceSettings } from "../settings.ts";
import { readProof, type Proof } from "./credentials.ts";
import { get } from "./get.ts";
import type { Origin } from "./origin.ts";

/** What a server that holds questions calls its answers (OPA, "Bundles", "HTTP Long Polling"). */
const BUNDLES = "application/vnd.openpolicyagent.bundles";
const ACCEPT = `${BUNDLES}, application/gzip, application/octet-stream;q=0.9, */*;q=0.5`;
/** Milliseconds without progress, beside what the server may hold the question. */
const STALL_MS = 10_000;
/** Milliseconds below which a server that says nothing is new has not held the question. */
const HELD_MS = 1_000;
/** What lies beside a bundle may be missing, or be shown to nobody: object stores answer 403 for what is not there. */
const ABSENT: ReadonlySet<number> = new Set([403, 404, 410]);

interface Asking {
  readonly proof: Proof;
  readonly signal: AbortSignal;
  readonly stallMs: number;
}

/**
 * A bundle at an HTTP(S) URL, asked for as OPA does: conditionally by ETag, and where the settings say so with the wish
 * that the server holds the question until there is something new. The version is the archive's digest; the ETag is
 * only ever sent for the very archive that came with it, so that a server's 304 is believed of no other (T186).
 */
export class HttpSource implements BundleSource {
  readonly name: string;
  readonly #origin: Origin;
  readonly #settings: SourceSettings;
  readonly #client: HttpClient = createHttpClient();
  #etag: { readonly of: Digest; readonly value: string } | null = null;
  #bundlesServer = false;
  #holds = false;
  #retryAfterMs: number | null = null;

  constructor(origin: Origin, settings: SourceSettings) {
    this.name = origin.name;
    this.#origin = origin;
    this.#settings = settings;
  }

  get retryAfterMs(): number | null {
    return this.#retryAfterMs;
  }

  get holds(): boolean {
    return this.#holds;
  }

  fetch(options: FetchOptions): Promise<Result<Delivery | "unchanged", SourceCode>> {
    this.#retryAfterMs = null;
    this.#holds = false;
    return guarded(this.name, options.signal, async () => {
      const etag = this.#etag !== null && this.#etag.of === options.known ? this.#etag.value : undefined;
      const wait = etag === undefined ? 0 : (this.#settings.longPollSeconds ?? 0);
      const timeoutMs = (this.#settings.timeoutMs ?? DEFAULT_TIMEOUT_MS) + wait * 1000;
      const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
      const proof = await readProof(this.#settings.credentials ?? {}, signal);
      const asking = { proof, signal, stallMs: STALL_MS + wait * 1000 };
      const asked = performance.now();
      const answer = await this.#ask(asking, { etag, wait, progress: options.progress });
      const delivered = await this.#read(answer, etag, options.known, asking);
      const held = delivered !== "unchanged" || performance.now() - asked >= HELD_MS;
      this.#holds = held && this.#bundlesServer && (this.#settings.longPollSeconds ?? 0) > 0;
      return success(delivered);
    });
  }

  close(): void {
    this.#client.close();
  }

  #ask(
    asking: Asking,
    { etag, wait, progress }: { etag: string | undefined; wait: number; progress: FetchOptions["progress"] },
  ): Promise<HttpAnswer> {
    return get(this.#client, {
      ...asking,
      url: this.#origin.url,
      origin: this.#origin,
      headers: {
        accept: ACCEPT,
        prefer: wait > 0 ? `modes=snapshot;wait=${wait}` : "modes=snapshot",
        ...(etag !== undefined && { "if-none-match": etag }),
      },
      limit: SOURCE_LIMITS.archiveBytes,
      progress,
    });
  }

  async #read(
    answer: HttpAnswer,
    etag: string | undefined,
    known: string | null,
    asking: Asking,
  ): Promise<Delivery | "unchanged"> {
    if (answer.status === 304) {
      if (etag !== undefined) return "unchanged";
      throw new SourceFault(
        "source.invalid",
        "answered 304 (not modified) to a question without a condition",
      );
    }
    if (answer.status !== 200) throw this.#refused(answer);
    const archive = archiveOf(answer);
    const digest = digestOf(archive);
    this.#bundlesServer = essenceOf(answer) === BUNDLES;
    this.#etag = etagOf(answer, digest);
    if (digest === known) return "unchanged";
    const evidence = await this.#evidence(asking);
    return { kind: "archive", archive, digest, version: digest, evidence, subjects: [digest] };
  }

  /** What lies beside the bundle, asked for once the bundle has changed. */
  async #evidence(asking: Asking): Promise<readonly Uint8Array[]> {
    const parts = await Promise.all(
      EVIDENCE_SUFFIXES.map(async (suffix) => {
        const url = new URL(this.#origin.url);
        url.pathname += suffix;
        const answer = await get(this.#client, {
          ...asking,
          url,
          origin: this.#origin,
          headers: { accept: "application/json, */*;q=0.5" },
          limit: SOURCE_LIMITS.evidenceBytes,
        });
        const name = oneLine(url.pathname);
        if (ABSENT.has(answer.status)) return [];
        if (answer.status !== 200) throw this.#refused(answer, `${name}: `);
        if (essenceOf(answer) === "text/html" || !/^\s*\{/.test(beginning(answer.body))) {
          throw new SourceFault("source.invalid", `${name}: ${typed(answer)}, no Sigstore bundle`);
        }
        return evidenceDocuments(answer.body, name);
      }),
    );
    return allEvidence(parts, this.name);
  }

  #refused({ status, headers }: HttpAnswer, what = ""): SourceFault {
    const said = `${what}the server answered with status ${status}`;
    if (status === 404 || status === 410) return new SourceFault("source.not_found", said);
    if (status === 401 || status === 403 || status === 407)
      return new SourceFault("source.unauthorized", said);
    if (status === 408 || status === 425 || status === 429 || status >= 500) {
      this.#retryAfterMs = retryAfterMs(headers["retry-after"]) ?? null;
      return new SourceFault("source.unreachable", said);
    }
    return new SourceFault("source.invalid", `${said}; expected 200 with a whole bundle`);
  }
}

function archiveOf(answer: HttpAnswer): Uint8Array {
  const { body } = answer;
  if (essenceOf(answer) === "text/html" || body[0] !== 0x1f || body[1] !== 0x8b) {
    throw new SourceFault(
      "source.invalid",
      `${typed(answer)}, no bundle: a bundle is a gzip archive (tar.gz)`,
    );
  }
  return body;
}

/** None where it is no entity tag (RFC 9110 §8.8.3), or one too long to be sent back. */
function etagOf({ headers: { etag } }: HttpAnswer, of: Digest): { of: Digest; value: string } | null {
  return etag !== undefined && etag.length <= 512 && /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(etag)
    ? { of, value: etag }
    : null;
}

function essenceOf({ headers }: HttpAnswer): string {
  return headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
}

function typed(answer: HttpAnswer): string {
  const essence = essenceOf(answer);
  return essence === "" ? "the server sent something else" : `the server sent ${oneLine(essence, 60)}`;
}

function beginning(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 256)).toString("latin1");
}
