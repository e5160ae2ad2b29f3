import { Authority } from "../authority.ts";
import { Certificate } from "../certificate.ts";
import { parseTimestampToken, type TimestampToken } from "../cms.ts";
import { Refusal, refuse } from "../refusal.ts";
import { CLOCK_SKEW } from "../testimony.ts";
import { proveTimestamp } from "../timestamp.ts";
import { requireNotRevoked } from "./revocation.ts";
import type { NotaryStore } from "./store.ts";

const ALWAYS = { start: -Infinity, end: Infinity };

/** When a signature was made at the latest, proven; milliseconds since 1970. */
export interface StampedTime {
  readonly time: number;
  /** `time` less and more what the authority says it may be wrong by. */
  readonly earliest: number;
  readonly latest: number;
  /** Name of the store whose authority stamped. */
  readonly trustRoot: string;
}

/**
 * The time that an authority of the `tsa` stores has stamped on the signature; `undefined` for the token of a stranger,
 * which anybody may have put there: it neither counts nor spoils. One that leads to a trusted authority must be right
 * in every respect, `time.invalid` otherwise.
 */
export function stampedTime(
  der: Buffer,
  signature: Buffer,
  stores: readonly NotaryStore[],
  now: number,
): StampedTime | undefined {
  const authorities = stores.filter(({ type }) => type === "tsa");
  if (authorities.length === 0) return undefined;
  const token = parseTimestampToken(der);
  const embedded = token.certificates.flatMap(readIntermediate);
  for (const store of authorities) {
    const proven = proveTimestamp(token, [signature], authoritiesOf(store, embedded));
    if (proven === undefined) continue;
    requireNotRevoked([proven.certificate, ...proven.path], store, now);
    return { ...within(token, [proven.certificate, ...proven.path], now), trustRoot: store.name };
  }
  return undefined;
}

/** Each certificate of the store is an anchor; those in the token, none of them a root, only lead there. */
function authoritiesOf(store: NotaryStore, embedded: readonly Certificate[]): readonly Authority[] {
  return store.certificates
    .filter((anchor) => embedded.some((below) => below.namesIssuer(anchor)))
    .map((anchor) => {
      const leading = embedded.filter(({ der }) => !der.equals(anchor.der));
      return new Authority(store.name, [...leading, anchor], ALWAYS, "timeStamping");
    });
}

/** What a stranger's token carries along need not be anything that we can read. */
function readIntermediate(der: Buffer): readonly Certificate[] {
  try {
    const certificate = new Certificate(der, "time.invalid");
    return certificate.issuer.equals(certificate.subject) ? [] : [certificate];
  } catch (thrown) {
    if (thrown instanceof Refusal) return [];
    throw thrown;
  }
}

function within(
  { time, accuracy }: TimestampToken,
  chain: readonly Certificate[],
  now: number,
): Omit<StampedTime, "trustRoot"> {
  const stamped = { time, earliest: time - accuracy, latest: time + accuracy };
  if (time > now + CLOCK_SKEW) {
    refuse("time.invalid", `a timestamp of ${new Date(time).toISOString()}, which is in the future`);
  }
  if (!chain.every((link) => link.validAt(stamped.earliest) && link.validAt(stamped.latest))) {
    refuse("time.invalid", "the timestamp may have been made outside its authority's validity");
  }
  return stamped;
}
