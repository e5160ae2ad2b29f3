import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { digestOf, failure, success, type JsonValue, type Result } from "../../../src/core/index.ts";
import type { PolicyBundle, PolicyEngine } from "../../../src/policy/index.ts";
import {
  PolicyStore,
  signOpaBundle,
  type BundleSource,
  type DeliveredArchive,
  type Delivery,
  type FetchOptions,
  type KeySigner,
  type SourceCode,
  type StoreClock,
  type StoreEvent,
  type StoreSettings,
} from "../../../src/release/index.ts";
import { archiveOf, bundleEntries } from "../../policy/forge/archive.ts";

export const NOW = new Date("2026-06-01T12:00:00Z");
const ec = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
export const KEYS = { release: ec(), other: ec() } as const;

export function signerOf(changes: Partial<KeySigner> = {}): KeySigner {
  const key = KEYS.release.publicKey;
  return { kind: "key", name: "release", key, keyId: null, scope: null, from: null, to: null, ...changes };
}

export interface Release {
  readonly policy?: string;
  readonly version?: string;
  readonly revision?: string;
  readonly sequence?: JsonValue;
  readonly rollback?: JsonValue;
  readonly roots?: readonly string[];
  /** What the engine answers; also of its examples. */
  readonly allow?: boolean;
  /** Expectations of examples, by `allow`. */
  readonly examples?: readonly boolean[];
  readonly files?: Readonly<Record<string, string | Uint8Array | undefined>>;
  /** `null`: nobody signs. */
  readonly key?: KeyObject | null;
}

const archives = new WeakMap<Release, Uint8Array>();

/** A release's archive, signed where a key is given; the same object gives the same bytes. */
export function archiveFor(release: Release): Uint8Array {
  const known = archives.get(release) ?? make(release);
  archives.set(release, known);
  return known;
}

function make(release: Release): Uint8Array {
  const {
    policy = "acme",
    version = "1.0.0",
    revision = version,
    sequence,
    rollback,
    allow = true,
  } = release;
  const { roots = ["assay", "policy"], examples = [], key = null } = release;
  const assay = {
    ...(sequence === undefined ? {} : { sequence }),
    ...(rollback === undefined ? {} : { rollback }),
    ...(examples.length === 0 ? {} : { examples: examples.length }),
  };
  const manifest = {
    revision,
    roots,
    wasm: [{ entrypoint: "assay/decision", module: "/policy.wasm" }],
    metadata: { assay },
  };
  const files = examples.map((expected, i) => [
    `/examples/00${i + 1}.json`,
    JSON.stringify({
      file: `examples/${i + 1}.yaml`,
      input: { time: NOW.toISOString() },
      expect: { allow: expected, violations: expected ? [] : ["made.up"] },
    }),
  ]);
  const archive = archiveOf(
    bundleEntries({
      "/.manifest": JSON.stringify(manifest),
      "/data.json": JSON.stringify({ policy: { name: policy, version, allow } }),
      ...Object.fromEntries(files),
      ...release.files,
    }),
  );
  if (key === null) return archive;
  const signed = signOpaBundle(archive, { key });
  if (!signed.ok) throw new Error(signed.reason.message);
  return signed.value;
}

export function delivered(archive: Uint8Array, version: string = digestOf(archive)): DeliveredArchive {
  const digest = digestOf(archive);
  return { kind: "archive", archive, digest, version, evidence: [], subjects: [digest] };
}

/** Gives what it is told to, and knows how often it was asked. */
export class FakeSource implements BundleSource {
  readonly name = "https://policies.example/acme.tar.gz";
  readonly asked: (string | null)[] = [];
  retryAfterMs: number | null = null;
  holds = false;
  closed = 0;
  #answer: (options: FetchOptions) => unknown = () => failure("source.unreachable", "nothing is there");

  give(what: Delivery | Release): this {
    const delivery = "kind" in what ? what : delivered(archiveFor(what));
    return this.answer(({ known }) => success(delivery.version === known ? "unchanged" : delivery));
  }

  fail(code: SourceCode = "source.unreachable"): this {
    return this.answer(() => failure(code, "the server answered 500"));
  }

  answer(answer: (options: FetchOptions) => unknown): this {
    this.#answer = answer;
    return this;
  }

  async fetch(options: FetchOptions): Promise<Result<Delivery | "unchanged", SourceCode>> {
    this.asked.push(options.known);
    return (await this.#answer(options)) as Result<Delivery | "unchanged", SourceCode>;
  }

  close(): void {
    this.closed++;
  }
}

/** Time that passes only when it is told to. */
export class FakeClock implements StoreClock {
  #elapsed = 1000;
  #offset = NOW.getTime() - 1000;
  #timers = new Map<number, { readonly at: number; readonly call: () => void }>();
  #last = 0;

  now(): Date {
    return new Date(this.#elapsed + this.#offset);
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, call: () => void): () => void {
    const id = ++this.#last;
    this.#timers.set(id, { at: this.#elapsed + milliseconds, call });
    return () => this.#timers.delete(id);
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Sets the wall's clock, and only that. */
  setBack(milliseconds: number): void {
    this.#offset -= milliseconds;
  }

  /** Time passes while something else keeps the thread busy: no timer fires. */
  jump(milliseconds: number): void {
    this.#elapsed += milliseconds;
  }

  /** Lets time pass, timer by timer. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await settle();
    for (;;) {
      const [first] = [...this.#timers].toSorted(([, a], [, b]) => a.at - b.at);
      if (first === undefined || first[1].at > end) break;
      this.#timers.delete(first[0]);
      this.#elapsed = Math.max(this.#elapsed, first[1].at);
      first[1].call();
      await settle();
    }
    this.#elapsed = end;
  }
}

/** All that can happen without time or disk has happened. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate();
}

/** Engines without a module, counted. */
export class FakeEngines {
  opened = 0;
  closed = 0;

  readonly load = (bundle: PolicyBundle): Promise<Result<PolicyEngine, never>> => {
    this.opened++;
    const policy = bundle.data["policy"] as { readonly allow?: boolean };
    let open = true;
    const engine: PolicyEngine = {
      bundle,
      evaluate: () =>
        Promise.resolve(
          open
            ? success({
                allow: policy.allow === true,
                violations: policy.allow === true ? [] : [{ code: "made.up", message: "no", evidence: [] }],
                warnings: [],
                exceptions: [],
                passed: [],
              })
            : failure("policy.closed", "closed"),
        ),
      close: () => {
        if (open) this.closed++;
        open = false;
        return Promise.resolve();
      },
    };
    return Promise.resolve(success(engine));
  };
}

export interface World {
  readonly store: PolicyStore<string>;
  readonly source: FakeSource;
  readonly clock: FakeClock;
  readonly engines: FakeEngines;
  readonly events: StoreEvent[];
  /** Of what was prepared: what is not disposed of yet. */
  readonly open: Set<string>;
  /** May be changed while the store runs. */
  readonly settings: { -readonly [Name in keyof StoreSettings<string>]: StoreSettings<string>[Name] };
}

const worlds: PolicyStore<string>[] = [];
const folders: string[] = [];

/** A store with everything around it made up. */
export function world(settings: Partial<StoreSettings<string>> = {}, around: Partial<World> = {}): World {
  const source = around.source ?? new FakeSource();
  const clock = around.clock ?? new FakeClock();
  const engines = around.engines ?? new FakeEngines();
  const events: StoreEvent[] = [];
  const open = new Set<string>();
  let count = 0;
  const all: StoreSettings<string> = {
    name: "default",
    source,
    signers: [],
    prepare: ({ revision }) => {
      const prepared = `${revision} ${++count}`;
      open.add(prepared);
      return Promise.resolve(success(prepared));
    },
    dispose: (prepared) => {
      if (!open.delete(prepared)) throw new Error(`${prepared} was disposed of twice`);
    },
    report: (event) => events.push(event),
    clock,
    random: () => 1,
    load: engines.load,
    limits: { leastGapMs: 0 },
    ...settings,
  };
  const store = new PolicyStore(all);
  worlds.push(store);
  return { store, source, clock, engines, events, open, settings: all };
}

export function privateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-activation-"));
  folders.push(folder);
  return folder;
}

/** To be called after the tests of a file. */
export async function cleanUp(): Promise<void> {
  await Promise.all(worlds.splice(0).map((store) => store.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function kinds(events: readonly StoreEvent[]): readonly string[] {
  return events.map(({ kind }) => kind);
}

export const never = new AbortController().signal;

/** Waits for the disk, not for time. */
export async function until(done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000; turn++) {
    if (done()) return;
    await setImmediate();
  }
  throw new Error("it does not come to pass");
}
