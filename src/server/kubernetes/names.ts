/** A DNS subdomain (RFC 1123), which the names of Secrets and service accounts are. */
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

const LONGEST = 253;

/** Whether an object may have this name; no other text becomes part of a URL. */
export function isObjectName(text: string): boolean {
  return text.length <= LONGEST && SUBDOMAIN.test(text);
}
