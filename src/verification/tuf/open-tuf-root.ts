import {
  describeThrown,
  failure,
  oneLine,
  success,
  type Failure,
  type JsonValue,
  type Reason,
  type Result,
} from "../../core/index.ts";
import { CLOCK_SKEW } from "../testimony.ts";
import { parseTrustRoot } from "../trust-root.ts";
import { TufCache } from "./cache.ts";
import { refuseTuf, TufFault, type TufCode } from "./fault.ts";
import { Mirror, mirrorBase } from "./mirror.ts";
import { TufRepository } from "./repository.ts";

export interface TufSource {
  /** http(s) address of the repository's metadata; its targets are in `targets/` below. */
  readonly mirror: string;
  /** The root.json from which trust begins, come by some other way than this mirror. */
  readonly initialRoot: Uint8Array;
  /** A trusted root that may serve until the first refresh; `null` where there is none. */
  readonly seed: { readonly root: JsonValue; readonly taken: Date } | null;
}

export interface TufOptions {
  /** A private folder in which the state survives; `null`: in memory only. */
  readonly cacheFolder: string | null;
  /** Whether the mirror is asked at all: `false` never touches the network. */
  readonly refresh: boolean;
  readonly now: Date;
  /** Milliseconds since the mirror last confirmed the root, beyond which it is refused; absent: never. */
  readonly maximumAge?: number;
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
  /** Milliseconds for one file; 5000 where absent. */
  readonly fileTimeoutMs?: number;
}

/** The trusted root that a TUF repository vouches for. */
export interface TufRoot {
  /** trusted_root.json, known to be usable. */
  readonly root: JsonValue;
  /** Whether the mirror gave or confirmed it now, before, or never. */
  readonly source: "mirror" | "cache" | "seed";
  /** Version of the repository's root metadata. */
  readonly version: number;
  /** When the metadata that vouches for it expires: the earliest of all roles'. */
  readonly expires: Date;
  /** Milliseconds since the mirror last confirmed it, or since the seed was taken; infinite where that lies ahead. */
  readonly age: number;
  /** What went wrong meanwhile, the last good root being kept; empty where all is well. */
  readonly notices: readonly Reason<TufCode>[];
}

/**
 * Opens the trusted root of a TUF repository: from the mirror where `refresh` allows it, else from the cache, else from
 * the seed. Whatever the mirror or the cache does wrong (T107, T108, T113, A102 to A108), the last good root is given
 * with a notice that says so. A failure means that there is none: nothing kept, no seed (T109), or older than
 * `maximumAge`.
 */
export async function openTufRoot(source: TufSource, options: TufOptions): Promise<Result<TufRoot, TufCode>> {
  const notices: Reason<TufCode>[] = [];
  const note = (thrown: unknown) => void notices.push(failureOf(thrown).reason);
  try {
    // A wrong address is a fault of the configuration, also where nothing is asked of it.
    mirrorBase(source.mirror);
    const { repository, cache } = await restore(source, options, note);
    if (options.refresh) await refresh(source, options, { repository, cache, note });
    const root = rootOf(repository, source, options, notices);
    if (options.maximumAge !== undefined && root.age > options.maximumAge) {
      const last = notices.at(-1)?.message;
      const why = last === undefined ? "refresh it" : `the last refresh failed: ${last}`;
      return failure("tuf.expired", `the trusted root was last confirmed ${inDays(root.age)}; ${why}`);
    }
    return success(root);
  } catch (thrown) {
    return failureOf(thrown);
  }
}

interface Opened {
  readonly repository: TufRepository;
  readonly cache: TufCache | null;
}

type Note = (thrown: unknown) => void;

/** The repository as it was left; as it began, where nothing was kept or what was kept cannot be proven. */
async function restore(
  { mirror, initialRoot }: TufSource,
  { cacheFolder }: TufOptions,
  note: Note,
): Promise<Opened> {
  const begin = (): TufRepository => new TufRepository(initialRoot, requireUsable);
  const cache = cacheFolder === null ? null : new TufCache(cacheFolder, mirrorBase(mirror), initialRoot);
  const beginning = begin();
  try {
    const kept = await cache?.read();
    if (kept === undefined) return { repository: beginning, cache };
    const repository = begin();
    repository.restore(kept);
    return { repository, cache };
  } catch (thrown) {
    const { message } = failureOf(thrown).reason;
    note(new TufFault("tuf.cache", `what was kept of the repository is left aside: ${message}`));
    return { repository: beginning, cache };
  }
}

/** Keeps what was proven, also where the mirror failed half way: newer root metadata is never forgotten (A107). */
async function refresh(
  { mirror, seed }: TufSource,
  options: TufOptions,
  { repository, cache, note }: Opened & { readonly note: Note },
): Promise<void> {
  try {
    requireClock(options.now, [seed?.taken, repository.publication?.confirmed]);
    await repository.update(new Mirror(mirror, options), options.now);
  } catch (thrown) {
    note(thrown);
  }
  try {
    await cache?.write(repository.files);
  } catch (thrown) {
    note(thrown);
  }
}

/** To a clock that is behind, metadata that expired long ago looks fresh: a mirror could play it back (T105). */
function requireClock(now: Date, known: readonly (Date | undefined)[]): void {
  for (const moment of known) {
    if (moment !== undefined && since(moment, now) === Number.POSITIVE_INFINITY) {
      refuseTuf("tuf.clock", `the clock says ${now.toISOString()}, before ${moment.toISOString()}; set it`);
    }
  }
}

function rootOf(
  { publication, root }: TufRepository,
  { seed }: TufSource,
  { now }: TufOptions,
  notices: readonly Reason<TufCode>[],
): TufRoot {
  const { version } = root;
  if (publication !== null) {
    const { timestamp, snapshot, targets, target, confirmed } = publication;
    const expires = earliest([root, timestamp.says, snapshot.says, targets.says]);
    const source = confirmed === now ? "mirror" : "cache";
    return {
      root: target.says,
      source,
      version,
      expires,
      age: since(confirmed, now),
      notices: [...notices, ...expiry(expires, now)],
    };
  }
  if (seed !== null) {
    requireUsable(seed.root);
    const { expires } = root;
    return {
      root: seed.root,
      source: "seed",
      version,
      expires,
      age: since(seed.taken, now),
      notices: [...notices, ...expiry(expires, now)],
    };
  }
  const why = notices.at(-1)?.message ?? "refresh it once with the network, or give its trusted_root.json";
  return refuseTuf("tuf.unavailable", `no trusted root is known yet: ${why}`);
}

function earliest(metadata: readonly { readonly expires: Date }[]): Date {
  return new Date(Math.min(...metadata.map(({ expires }) => expires.getTime())));
}

function expiry(expires: Date, now: Date): readonly Reason<TufCode>[] {
  const message = `the metadata that vouches for the trusted root expired at ${expires.toISOString()}; refresh it`;
  return expires <= now ? [{ code: "tuf.expired", message }] : [];
}

function inDays(age: number): string {
  return Number.isFinite(age) ? `${Math.floor(age / 86_400_000)} days ago` : "in the future";
}

/** A time that lies ahead is no confirmation: nothing may seem young because a clock was set back. */
function since(moment: Date, now: Date): number {
  const age = now.getTime() - moment.getTime();
  return age >= -CLOCK_SKEW ? Math.max(0, age) : Number.POSITIVE_INFINITY;
}

/** Signed and yet unusable is refused like any other fault, before it takes the place of a good one (T110). */
function requireUsable(root: JsonValue): void {
  try {
    parseTrustRoot(root);
  } catch (thrown) {
    refuseTuf("tuf.target", `the trusted root cannot be used: ${describeThrown(thrown)}`);
  }
}

function failureOf(thrown: unknown): Failure<TufCode> {
  return thrown instanceof TufFault
    ? failure(thrown.code, oneLine(thrown.message))
    : failure("internal", `the trusted root cannot be opened: ${describeThrown(thrown)}`);
}
