import { arrayAt, member, parseStrictJson, stringAt, type Digest, type JsonValue } from "../core/index.ts";
import { parseDescriptor } from "./descriptor.ts";
import type { Endpoint } from "./endpoint.ts";
import { parseUrl } from "./endpoint.ts";
import { RegistryFault } from "./fault.ts";
import type { ContentFetcher } from "./fetch.ts";
import { readLinks } from "./link.ts";
import { OCI_INDEX } from "./manifest.ts";
import { fallbackTag } from "./names.ts";
import type { RegistryLimits } from "./settings.ts";
import type { HttpAnswer } from "./transport.ts";
import type { ContentOptions, Descriptor, ReferrersList } from "./types.ts";

interface Asked extends ContentOptions {
  readonly endpoint: Endpoint;
  readonly repository: string;
  readonly digest: Digest;
}

/** Statuses by which registries that know no referrers API refuse the path; all others leave the question open. */
const NO_API: ReadonlySet<number> = new Set([400, 404, 405, 406]);

/**
 * Lists the referrers of a digest by the API of distribution-spec 1.1, or, where the registry has none, by the
 * fallback tag (T033). Filters are never asked of the registry (T038). A list that is cut at a limit says so (A118,
 * A119, T040); a page that fails fails the list.
 */
export async function listReferrers(
  fetcher: ContentFetcher,
  limits: RegistryLimits,
  asked: Asked,
): Promise<ReferrersList> {
  const path = `/v2/${asked.repository}/referrers/${asked.digest}`;
  const first = await fetcher.get({ ...asked, path, accept: OCI_INDEX, limit: limits.referrersBytes });
  if (NO_API.has(first.status)) return listFallback(fetcher, limits, asked);
  const list = new Collected(asked.digest, limits.referrersDescriptors);
  const visited = new Set([path]);
  let bytes = 0;
  for (let answer = first; ;) {
    bytes += answer.body.byteLength;
    list.add(readPage(answer, asked.endpoint));
    const next = nextPage(answer, path, asked.endpoint);
    if (next === undefined) return list.result("api");
    if (visited.has(next) || visited.size >= limits.referrersPages || list.truncated) return list.cut("api");
    if (bytes >= limits.referrersBytes) return list.cut("api");
    visited.add(next);
    answer = await fetcher.get({
      ...asked,
      path: next,
      accept: OCI_INDEX,
      limit: limits.referrersBytes - bytes,
    });
  }
}

async function listFallback(
  fetcher: ContentFetcher,
  limits: RegistryLimits,
  asked: Asked,
): Promise<ReferrersList> {
  const path = `/v2/${asked.repository}/manifests/${fallbackTag(asked.digest)}`;
  const answer = await fetcher.get({ ...asked, path, accept: OCI_INDEX, limit: limits.referrersBytes });
  if (answer.status === 404) return { descriptors: [], via: "none", truncated: false };
  const list = new Collected(asked.digest, limits.referrersDescriptors);
  list.add(readPage(answer, asked.endpoint));
  return list.result("fallback-tag");
}

/** The entries of one page; anything but an OCI index is a fault, never an empty list (T036). */
function readPage(answer: HttpAnswer, endpoint: Endpoint): readonly JsonValue[] {
  if (answer.status !== 200) {
    const message = `${endpoint.registry} answers the question for referrers with status ${answer.status}`;
    throw new RegistryFault("registry.protocol", message);
  }
  const type = answer.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  const parsed =
    type === OCI_INDEX
      ? parseStrictJson(answer.body, { bytes: answer.body.byteLength, depth: 20 })
      : undefined;
  const document = parsed?.ok === true ? parsed.value : undefined;
  const own = stringAt(document, "mediaType") ?? OCI_INDEX;
  // `"manifests": null` is how writers in Go say an empty list.
  const entries = member(document, "manifests") === null ? [] : arrayAt(document, "manifests");
  if (entries === undefined || own !== OCI_INDEX) {
    throw new RegistryFault(
      "registry.protocol",
      `${endpoint.registry} answers the question for referrers with something that is no OCI index`,
    );
  }
  return entries;
}

/** Path and query of the next page; it may only lead to the same origin and list (A117). */
function nextPage(answer: HttpAnswer, path: string, endpoint: Endpoint): string | undefined {
  const header = answer.headers["link"];
  if (header === undefined) return undefined;
  const links = readLinks(Array.isArray(header) ? header.join(",") : header);
  const target = links?.find(({ relation }) => relation === "next")?.target;
  if (links !== undefined && target === undefined) return undefined;
  const url = target === undefined ? undefined : parseUrl(target, new URL(path, endpoint.url));
  if (url === undefined || url.origin !== endpoint.url.origin || url.pathname !== path) {
    throw new RegistryFault(
      "registry.protocol",
      `${endpoint.registry} gives a link to a next page of referrers that leads elsewhere`,
    );
  }
  return `${url.pathname}${url.search}`;
}

/** Distinct descriptors other than the subject itself (T039), up to a limit. */
class Collected {
  readonly #found = new Map<Digest, Descriptor>();
  readonly #subject: Digest;
  readonly #limit: number;
  truncated = false;

  constructor(subject: Digest, limit: number) {
    this.#subject = subject;
    this.#limit = limit;
  }

  /** An entry that cannot be read cannot be fetched either, but it was there: the list is not whole. */
  add(entries: readonly JsonValue[]): void {
    for (const entry of entries) {
      if (this.#found.size >= this.#limit) {
        this.truncated = true;
        return;
      }
      const descriptor = parseDescriptor(entry);
      if (descriptor === undefined) this.truncated = true;
      else if (descriptor.digest !== this.#subject && !this.#found.has(descriptor.digest)) {
        this.#found.set(descriptor.digest, descriptor);
      }
    }
  }

  result(via: ReferrersList["via"]): ReferrersList {
    return { descriptors: [...this.#found.values()], via, truncated: this.truncated };
  }

  cut(via: ReferrersList["via"]): ReferrersList {
    return { ...this.result(via), truncated: true };
  }
}
