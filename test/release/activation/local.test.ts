import { expect } from "chai";
import { closeSync, openSync, renameSync, symlinkSync, unlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { success } from "../../../src/core/index.ts";
import { openSource, PolicyStore } from "../../../src/release/index.ts";
import { archiveFor, cleanUp, FakeEngines, KEYS, never, privateFolder, signerOf } from "./world.ts";

const CYCLES = 120;

/** What writers do to files that others read; each ends with the whole file in place. */
const WRITERS: Readonly<Record<string, (path: string, bytes: Uint8Array, i: number) => Promise<void>>> = {
  "in place, in halves": async (path, bytes) => {
    const file = openSync(path, "w");
    writeSync(file, bytes.subarray(0, bytes.length >> 1));
    await setImmediate();
    writeSync(file, bytes.subarray(bytes.length >> 1));
    closeSync(file);
  },
  "deleted and written": async (path, bytes) => {
    unlinkSync(path);
    await setImmediate();
    writeFileSync(path, bytes);
  },
  "a link swapped, as Kubernetes does": async (path, bytes, i) => {
    writeFileSync(`${path}.${i}`, bytes);
    symlinkSync(`${path}.${i}`, `${path}.link`);
    renameSync(`${path}.link`, path);
    await setImmediate();
  },
};

describe("T187 a file that is written while it is read", () => {
  after(cleanUp);

  for (const [name, write] of Object.entries(WRITERS)) {
    it(`never makes a torn policy active: ${name}`, async () => {
      const path = join(privateFolder(), "acme.tar.gz");
      const archive = (i: number) =>
        archiveFor({ version: `1.${i}.0`, sequence: i, key: KEYS.release.privateKey });
      writeFileSync(path, archive(1));
      const source = await openSource(path);
      if (!source.ok) throw new Error(source.reason.message);
      const engines = new FakeEngines();
      const sequences: (number | null)[] = [];
      const store = new PolicyStore<null>({
        name: "default",
        source: source.value,
        signers: [signerOf()],
        prepare: () => Promise.resolve(success(null)),
        dispose: () => undefined,
        load: engines.load,
        report: (event) => {
          if (event.kind === "activated") sequences.push(event.sequence);
        },
        refreshMs: 0,
        limits: { leastGapMs: 0 },
      });
      const start = await store.start(never);
      if (!start.ok) throw new Error(start.reason.message);
      for (let i = 2; i <= CYCLES; i++) {
        const asked = store.refresh();
        await write(path, archive(i), i);
        await asked;
        expect(store.status.ready).to.equal(true);
      }
      // What was caught in the middle is got at the next look.
      await store.refresh();
      await store.refresh();
      expect(store.status).to.deep.include({ sequence: CYCLES, lastRefusal: null });
      expect(sequences).to.deep.equal(sequences.toSorted((a, b) => Number(a) - Number(b)));
      await store.close();
      expect(engines.opened).to.equal(engines.closed);
    });
  }
});
