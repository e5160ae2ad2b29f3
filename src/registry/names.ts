import { parseDigest, type Digest } from "../core/index.ts";

/** Components of the distribution reference grammar (distribution/reference, grammar in reference.go). */
const DOMAIN_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const HOST = new RegExp(
  String.raw`^(?:${DOMAIN_LABEL}(?:\.${DOMAIN_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$`,
);
const PATH_COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${PATH_COMPONENT}(?:/${PATH_COMPONENT})*$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** Characters of registry and repository together, as distribution bounds them. */
export const MAX_NAME_LENGTH = 255;

/** Whether a text may stand for a registry: host, or host and port, ASCII, no scheme and no path. */
export function isRegistryHost(text: string): boolean {
  if (text.length > MAX_NAME_LENGTH || !HOST.test(text)) return false;
  const port = /:(?<port>[0-9]+)$/.exec(text.replace(/^\[.*\]/, ""))?.groups?.["port"];
  return port === undefined || (port.length <= 5 && Number(port) >= 1 && Number(port) <= 65535);
}

export function isRepositoryName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && REPOSITORY.test(text);
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** The digest where the reference is one; `undefined` for a tag. */
export function referenceDigest(reference: string): Digest | undefined {
  return parseDigest(reference);
}

/**
 * The tag under which clients of registries without the referrers API keep the list of a digest's referrers
 * (distribution-spec, "Referrers Tag Schema").
 */
export function fallbackTag(digest: Digest): string {
  const colon = digest.indexOf(":");
  return `${digest.slice(0, Math.min(colon, 32))}-${digest.slice(colon + 1, colon + 65)}`;
}
