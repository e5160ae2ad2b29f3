import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  at,
  canonicalJson,
  describeThrown,
  digestOf,
  failure,
  hexOf,
  oneLine,
  parseDigest,
  parseStrictJson,
  stringAt,
  success,
  type Digest,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import { BUNDLE_LIMITS } from "../../policy/index.ts";
import type { DeliveredArchive } from "../types.ts";
import { further, NO_HISTORY, type History } from "./admissible.ts";
import { besideJson, keptDelivery, MAX_BESIDE } from "./kept-release.ts";
import { within } from "./clock.ts";
import type { StoreClock } from "./types.ts";
import { openPrivateFolder, readPrivate, replacePrivate } from "./private-files.ts";

const STATE = "state.json";
const MAX_STATE = 64 * 1024;
const MARK = /^sequence-(\d{1,16})\.json$/;
const ARCHIVE = /^([0-9a-f]{64})\.tar\.gz$/;
/** Archives that stay besides those that are referred to: another replica may be about to refer to them. */
const SPARE_ARCHIVES = 4;
/** Milliseconds after which a draft was left behind by a process that ended. */
const OLD_DRAFT_MS = 3_600_000;
/** Milliseconds for anything that is asked of the disk. */
const LONGEST_MS = 30_000;

/** What is remembered of the active policy. */
export interface KeptState {
  readonly history: History;
  /** When it was first active here, and when the source last had it. */
  readonly activated: Date | null;
  readonly confirmed: Date | null;
}

/** One that may be activated, or why it may not. */
export type KeptRelease = Result<DeliveredArchive, "activation.kept_invalid">;

/**
 * The last good bundle on disk, for the start at which its source is down. Files replaced as wholes:
 *
 * - `<sha256>.tar.gz` and `<sha256>.json`: archives, evidence beside them
 * - `sequence-<n>.json`: the highest sequence that was active; one file a number, so that of replicas that share the folder
 *   none can set another back
 * - `state.json`: which archive was active last
 *
 * Nothing of it is believed: an archive counts only once it is verified again.
 */
export class LastGood {
  readonly #folder: string;
  readonly #parent: string;
  readonly #clock: StoreClock;

  constructor(parent: string, name: string, clock: StoreClock) {
    this.#clock = clock;
    this.#parent = parent;
    this.#folder = join(parent, folderName(name));
  }

  /** What was active before; codes: `activation.kept_invalid`, where the folder cannot be used. */
  async state(): Promise<Result<KeptState, "activation.kept_invalid">> {
    return this.#guarded(async () => {
      const names = await this.#names();
      const mark = await this.#highestMark(names);
      const state = parsed(await this.#readSmall(STATE));
      return {
        history: further(historyOf(state), mark),
        activated: dateAt(state, "activated"),
        confirmed: dateAt(state, "confirmed"),
      };
    });
  }

  /** What may be activated where the source is down, the last active one first. Codes: as `state`. */
  async releases(): Promise<Result<readonly KeptRelease[], "activation.kept_invalid">> {
    return this.#guarded(async () => {
      const mark = await this.#highestMark(await this.#names());
      const state = historyOf(parsed(await this.#readSmall(STATE)));
      const digests = new Set([state.digest, mark.digest].filter((digest) => digest !== null));
      const releases: KeptRelease[] = [];
      for (const digest of digests) releases.push(await this.#guarded(() => this.#release(digest)));
      return releases;
    });
  }

  /** Keeps what is about to be active. Codes: as `state`. */
  async keep(delivery: DeliveredArchive, state: KeptState): Promise<Result<void, "activation.kept_invalid">> {
    return this.#guarded(async () => {
      await this.#open();
      const beside = besideJson(delivery);
      if (beside.byteLength > MAX_BESIDE) throw new Error(`the evidence has more than ${MAX_BESIDE} bytes`);
      const name = hexOf(delivery.digest);
      await this.#replace(`${name}.tar.gz`, delivery.archive);
      await this.#replace(`${name}.json`, beside);
      const { sequence } = state.history;
      if (sequence !== null) {
        await this.#replace(
          `sequence-${sequence}.json`,
          Buffer.from(canonicalJson(historyJson(state.history))),
        );
      }
      await this.#replace(STATE, Buffer.from(canonicalJson(stateJson(state))));
      await this.#clean(name);
    });
  }

  /** Remembers when the source last had what is active. Codes: as `state`. */
  async confirm(state: KeptState): Promise<Result<void, "activation.kept_invalid">> {
    return this.#guarded(() => this.#replace(STATE, Buffer.from(canonicalJson(stateJson(state)))));
  }

  async #open(): Promise<void> {
    await openPrivateFolder(this.#folder);
  }

  async #names(): Promise<readonly string[]> {
    await this.#open();
    return readdir(this.#folder);
  }

  async #release(digest: Digest): Promise<DeliveredArchive> {
    const name = hexOf(digest);
    const archive = await readPrivate(join(this.#folder, `${name}.tar.gz`), BUNDLE_LIMITS.archiveBytes);
    const beside = await readPrivate(join(this.#folder, `${name}.json`), MAX_BESIDE);
    if (archive === undefined || beside === undefined) throw new Error(`${name}.tar.gz or .json is missing`);
    if (digestOf(archive) !== digest) throw new Error(`${name}.tar.gz is not what was kept under that name`);
    return keptDelivery(archive, beside);
  }

  /** The number counts even where what the file holds is damaged. */
  async #highestMark(names: readonly string[]): Promise<History> {
    const numbers = names.flatMap((name) => MARK.exec(name)?.[1] ?? []).map(Number);
    const sequence = Math.max(0, ...numbers.filter(Number.isSafeInteger));
    if (sequence === 0) return NO_HISTORY;
    const mark = historyOf(parsed(await this.#readSmall(`sequence-${sequence}.json`)));
    return { ...mark, sequence };
  }

  async #readSmall(name: string): Promise<Buffer | undefined> {
    return readPrivate(join(this.#folder, name), MAX_STATE);
  }

  #replace(name: string, bytes: Uint8Array): Promise<void> {
    return replacePrivate(join(this.#folder, name), bytes);
  }

  /** Lower marks, archives that nobody refers to but the newest few, drafts left behind. */
  async #clean(current: string): Promise<void> {
    const names = await this.#names();
    const { sequence, digest } = await this.#highestMark(names);
    const lower = names.filter((name) => Number(MARK.exec(name)?.[1] ?? Infinity) < (sequence ?? 0));
    const referred = new Set([current, ...(digest === null ? [] : [hexOf(digest)])]);
    const archives = await this.#byAge(
      names.filter((name) => !referred.has(ARCHIVE.exec(name)?.[1] ?? current)),
    );
    const surplus = archives
      .slice(SPARE_ARCHIVES)
      .flatMap(({ name }) => [name, name.replace(/\.tar\.gz$/, ".json")]);
    const drafts = (await this.#byAge(names.filter((name) => name.endsWith(".tmp")))).filter(
      ({ age }) => age > OLD_DRAFT_MS,
    );
    for (const name of [...lower, ...surplus, ...drafts.map((draft) => draft.name)]) {
      await rm(join(this.#folder, name), { force: true });
    }
  }

  /** The newest first. */
  async #byAge(
    names: readonly string[],
  ): Promise<readonly { readonly name: string; readonly age: number }[]> {
    const aged: { name: string; age: number }[] = [];
    for (const name of names) {
      const found = await stat(join(this.#folder, name)).catch(() => undefined);
      if (found !== undefined) aged.push({ name, age: Date.now() - found.mtimeMs });
    }
    return aged.toSorted((a, b) => a.age - b.age);
  }

  async #guarded<T>(work: () => Promise<T>): Promise<Result<T, "activation.kept_invalid">> {
    try {
      const done = await within(
        work().then((value) => ({ value })),
        LONGEST_MS,
        this.#clock,
      );
      if (done === undefined) throw new Error(`its disk gave no answer within ${LONGEST_MS} ms`);
      return success(done.value);
    } catch (thrown) {
      return failure(
        "activation.kept_invalid",
        oneLine(`the last good policy in ${this.#parent}: ${describeThrown(thrown)}`),
      );
    }
  }
}

/** A name of the configuration as a folder's; never a path. */
function folderName(name: string): string {
  return /^[a-z0-9][a-z0-9._-]{0,60}$/.test(name) ? name : `policy-${hexOf(digestOf(Buffer.from(name)))}`;
}

/** Damaged files tell nothing; numbers of sequences are in names. */
function parsed(bytes: Uint8Array | undefined): JsonValue {
  const value = bytes === undefined ? undefined : parseStrictJson(bytes, { bytes: MAX_STATE, depth: 4 });
  return value?.ok === true ? value.value : null;
}

function historyOf(value: JsonValue): History {
  const sequence = at(value, "sequence");
  return {
    policy: stringAt(value, "policy") ?? null,
    sequence:
      typeof sequence === "number" && Number.isSafeInteger(sequence) && sequence > 0 ? sequence : null,
    digest: parseDigest(stringAt(value, "digest") ?? "") ?? null,
    version: stringAt(value, "version") ?? null,
  };
}

function historyJson({ policy, sequence, digest, version }: History): JsonObject {
  return { schemaVersion: 1, policy, sequence, digest, version };
}

function stateJson({ history, activated, confirmed }: KeptState): JsonObject {
  return {
    ...historyJson(history),
    activated: activated?.toISOString() ?? null,
    confirmed: confirmed?.toISOString() ?? null,
  };
}

function dateAt(value: JsonValue, name: string): Date | null {
  const time = new Date(stringAt(value, name) ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? null : time;
}
