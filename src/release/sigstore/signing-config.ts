import {
  arrayAt,
  isObject,
  parseStrictJson,
  stringAt,
  success,
  member,
  objectAt,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import { failedSigning, refuseSigning, type SigningCode } from "./fault.ts";
import { serviceUrl } from "./service.ts";

/** The services that certify, log and stamp a signature. */
export interface SigningServices {
  /** `null`: none, so only keys can sign. */
  readonly fulcio: URL | null;
  readonly rekor: readonly { readonly url: URL; readonly version: 1 | 2 }[];
  /** Addresses that timestamp requests are posted to. */
  readonly timestampAuthorities: readonly URL[];
}

/** The public-good instance, as its signing config names it for logs of version 1. */
export const PUBLIC_GOOD_SERVICES: SigningServices = {
  fulcio: new URL("https://fulcio.sigstore.dev"),
  rekor: [{ url: new URL("https://rekor.sigstore.dev"), version: 1 }],
  timestampAuthorities: [],
};

export const NO_SERVICES: SigningServices = { fulcio: null, rekor: [], timestampAuthorities: [] };

const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
const MAX_SERVICES = 32;

/** Services named one by one. */
export interface NamedServices {
  readonly fulcioUrl?: string | undefined;
  readonly rekorUrl?: string | undefined;
  readonly rekorVersion?: 1 | 2 | undefined;
  readonly timestampUrl?: string | undefined;
}

export function servicesNamed(named: NamedServices): Result<SigningServices, SigningCode> {
  try {
    const { fulcioUrl, rekorUrl, rekorVersion = 1, timestampUrl } = named;
    return success({
      fulcio: fulcioUrl === undefined ? null : serviceUrl(fulcioUrl),
      rekor: rekorUrl === undefined ? [] : [{ url: serviceUrl(rekorUrl), version: rekorVersion }],
      timestampAuthorities: timestampUrl === undefined ? [] : [serviceUrl(timestampUrl)],
    });
  } catch (thrown) {
    return failedSigning(thrown);
  }
}

/**
 * The services that a signing config names for `now` (protobuf-specs, sigstore_trustroot.proto, SigningConfig v0.2): of
 * each operator the highest known API version, and of those as many as the selector says.
 */
export function readSigningConfig(bytes: Uint8Array, now: Date): Result<SigningServices, SigningCode> {
  try {
    const parsed = parseStrictJson(bytes);
    const config = parsed.ok ? parsed.value : undefined;
    if (!isObject(config) || stringAt(config, "mediaType") !== MEDIA_TYPE) {
      return refuseSigning(
        "signing.config_invalid",
        `not a signing config: expected JSON with mediaType ${MEDIA_TYPE}`,
      );
    }
    const [fulcio] = valid(config, "caUrls", [1], now);
    const logs = selected(config, "rekorTlogUrls", "rekorTlogConfig", [2, 1], now);
    const stamps = selected(config, "tsaUrls", "tsaConfig", [1], now);
    return success({
      fulcio: fulcio?.url ?? null,
      rekor: logs.map(({ url, version }) => ({ url, version: version === 2 ? 2 : 1 })),
      timestampAuthorities: stamps.map(({ url }) => url),
    });
  } catch (thrown) {
    return failedSigning(thrown);
  }
}

interface Service {
  readonly url: URL;
  readonly version: number;
  readonly operator: string;
  readonly start: number;
}

/** Those that are valid and of a known version, the newest versions first; one of each operator. */
function valid(config: JsonValue, list: string, versions: readonly number[], now: Date): readonly Service[] {
  const entries = arrayAt(config, list) ?? [];
  if (entries.length > MAX_SERVICES) {
    return refuseSigning(
      "signing.config_invalid",
      `the signing config has ${entries.length} ${list}; at most ${MAX_SERVICES} are read`,
    );
  }
  const services = entries.flatMap((entry): readonly Service[] => {
    const version = member(entry, "majorApiVersion");
    const start = moment(stringAt(entry, "validFor", "start")) ?? 0;
    const end = moment(stringAt(entry, "validFor", "end")) ?? Infinity;
    if (typeof version !== "number" || !versions.includes(version)) return [];
    if (now.getTime() < start || now.getTime() > end) return [];
    return [
      {
        url: serviceUrl(stringAt(entry, "url") ?? ""),
        version,
        operator: stringAt(entry, "operator") ?? "",
        start,
      },
    ];
  });
  const ordered = services.toSorted((a, b) => b.version - a.version || b.start - a.start);
  return ordered.filter(
    ({ operator }, index) => ordered.findIndex((other) => other.operator === operator) === index,
  );
}

function selected(
  config: JsonValue,
  list: string,
  selection: string,
  versions: readonly number[],
  now: Date,
): readonly Service[] {
  const services = valid(config, list, versions, now);
  const how = objectAt(config, selection);
  const selector = stringAt(how, "selector") ?? "SERVICE_SELECTOR_UNDEFINED";
  const wanted = { ANY: 1, ALL: services.length, EXACT: exactCount(how) }[selector];
  if (wanted === undefined) {
    if ((arrayAt(config, list) ?? []).length === 0) return [];
    return refuseSigning(
      "signing.config_invalid",
      `the signing config's ${selection} selects by ${selector}; expected ANY, ALL or EXACT`,
    );
  }
  if (services.length < wanted || services.length === 0) {
    return refuseSigning(
      "signing.config_invalid",
      `the signing config has ${services.length} usable ${list} of different operators; ${Math.max(1, wanted)} are demanded`,
    );
  }
  return services.slice(0, wanted);
}

function exactCount(how: JsonValue | undefined): number {
  const count = member(how, "count");
  return typeof count === "number" && Number.isInteger(count) && count > 0 ? count : 1;
}

function moment(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time)
    ? refuseSigning("signing.config_invalid", `the signing config has a time ${text}`)
    : time;
}
