import { expect } from "chai";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { open as openFile, rename, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { digestOf } from "../../../src/core/index.ts";
import { openSource, type BundleSource } from "../../../src/release/index.ts";
import { archiveOf, bundleEntries } from "../../policy/forge/archive.ts";
import { GOOD } from "../../policy/source/policy-folder.ts";

const archive = (name: string) => archiveOf(bundleEntries({ "/data.json": `{"policy":{"name":"${name}"}}` }));
const [FIRST, SECOND] = [archive("first"), archive("second")];
const evidence = (text: string) => Buffer.from(JSON.stringify({ text }));

describe("openSource: files and folders", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "assay-source-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const at = (name: string) => join(folder, name);
  const open = async (path: string): Promise<BundleSource> => {
    const opened = await openSource(path);
    if (!opened.ok) throw new Error(opened.reason.message);
    return opened.value;
  };
  const ask = (source: BundleSource, known: string | null = null) =>
    source.fetch({ known, signal: AbortSignal.timeout(20_000) });

  describe("a file", () => {
    it("delivers it with the evidence beside it; unchanged while its bytes are the same", async () => {
      writeFileSync(at("acme.tar.gz"), FIRST);
      writeFileSync(at("acme.tar.gz.sigstore.json"), evidence("signature"));
      writeFileSync(
        at("acme.tar.gz.intoto.jsonl"),
        `${evidence("a").toString()}\n\n${evidence("b").toString()}\n`,
      );
      const source = await open(at("acme.tar.gz"));
      const digest = digestOf(FIRST);
      expect(await ask(source)).to.deep.equal({
        ok: true,
        value: {
          kind: "archive",
          archive: FIRST,
          digest,
          version: digest,
          evidence: [evidence("signature"), evidence("a"), evidence("b")],
          subjects: [digest],
        },
      });
      expect(await ask(source, digest)).to.deep.equal({ ok: true, value: "unchanged" });
      writeFileSync(at("new"), SECOND);
      renameSync(at("new"), at("acme.tar.gz"));
      expect(await ask(source, digest)).to.have.nested.property("value.version", digestOf(SECOND));
    });

    const manifestOf = (bytes: Uint8Array) =>
      JSON.stringify({
        schemaVersion: 2,
        config: { mediaType: "application/json", digest: digestOf(Buffer.from("{}")), size: 2 },
        layers: [{ mediaType: "application/gzip", digest: digestOf(bytes), size: bytes.byteLength }],
      });
    for (const { name, manifest, counts } of [
      {
        name: "that names it counts as what evidence may be about",
        manifest: manifestOf(FIRST),
        counts: true,
      },
      { name: "of another bundle counts for nothing", manifest: manifestOf(SECOND), counts: false },
      { name: "that is none counts for nothing", manifest: "no manifest", counts: false },
    ]) {
      it(`an OCI manifest beside it ${name}`, async () => {
        writeFileSync(at("acme.tar.gz"), FIRST);
        writeFileSync(at("acme.tar.gz.manifest.json"), manifest);
        const fetched = await ask(await open(at("acme.tar.gz")));
        const digests = [digestOf(FIRST), digestOf(Buffer.from(manifest))];
        expect(fetched)
          .to.have.nested.property("value.subjects")
          .that.deep.equals(digests.slice(0, counts ? 2 : 1));
        expect(fetched.ok && fetched.value !== "unchanged" && "manifest" in fetched.value).to.equal(counts);
      });
    }

    const spoilings: readonly { name: string; spoil: () => void; code: string; says: RegExp }[] = [
      {
        name: "deleted",
        spoil: () => unlinkSync(at("acme.tar.gz")),
        code: "source.not_found",
        says: /no such policy/,
      },
      {
        name: "a dangling link",
        spoil: () => link("nowhere"),
        code: "source.not_found",
        says: /no such policy/,
      },
      {
        name: "too large",
        spoil: () => truncateSync(at("acme.tar.gz"), 33 * 1024 * 1024),
        code: "source.limit_exceeded",
        says: /larger than 33554432 bytes/,
      },
      {
        name: "cut off",
        spoil: () => truncateSync(at("acme.tar.gz"), FIRST.length >> 1),
        code: "source.invalid",
        says: /no policy bundle: not a gzip archive \(tar\.gz\), or not all of one$/,
      },
      {
        name: "empty",
        spoil: () => truncateSync(at("acme.tar.gz"), 0),
        code: "source.invalid",
        says: /no policy bundle/,
      },
      {
        name: "something else",
        spoil: () => writeFileSync(at("acme.tar.gz"), "<html>"),
        code: "source.invalid",
        says: /no policy bundle/,
      },
      {
        name: "evidence too large",
        spoil: () => {
          writeFileSync(at("acme.tar.gz.sigstore.json"), "");
          truncateSync(at("acme.tar.gz.sigstore.json"), 9 * 1024 * 1024);
        },
        code: "source.limit_exceeded",
        says: /sigstore\.json is larger/,
      },
      {
        name: "too much evidence",
        spoil: () => writeFileSync(at("acme.tar.gz.intoto.jsonl"), "{}\n".repeat(33)),
        code: "source.limit_exceeded",
        says: /more than the 32 Sigstore bundles/,
      },
      {
        name: "evidence that is a folder",
        spoil: () => mkdirSync(at("acme.tar.gz.sigstore.json")),
        code: "source.invalid",
        says: /no regular file/,
      },
    ];
    const link = (to: string) => {
      rmSync(at("acme.tar.gz"));
      symlinkSync(to, at("acme.tar.gz"));
    };
    for (const { name, spoil, code, says } of spoilings) {
      it(`T187 ${name}: refused in one line`, async () => {
        writeFileSync(at("acme.tar.gz"), FIRST);
        spoil();
        const fetched = await ask(await open(at("acme.tar.gz")));
        expect(fetched).to.have.nested.property("reason.code", code);
        expect(fetched)
          .to.have.nested.property("reason.message")
          .that.matches(says)
          .and.does.not.include("\n");
      });
    }

    it("T187 not to be read by this user", async () => {
      writeFileSync(at("acme.tar.gz"), FIRST);
      chmodSync(at("acme.tar.gz"), 0);
      const source = await open(at("acme.tar.gz"));
      // Root may read everything.
      const isRoot = process.geteuid?.() === 0;
      chmodSync(folder, 0o755);
      if (isRoot) process.seteuid?.(65_534);
      const fetched = await ask(source).finally(() => {
        if (isRoot) process.seteuid?.(0);
      });
      expect(fetched).to.have.nested.property("reason.code", "source.unauthorized");
    });

    it("T187 written while it is read: waits for the whole, and gives up on what never ends", async () => {
      const file = at("acme.tar.gz");
      const cut = FIRST.length / 2;
      writeFileSync(file, FIRST.subarray(0, cut));
      const source = await open(file);
      const [fetched] = await Promise.all([
        ask(source),
        sleep(3).then(() => appendFileSync(file, FIRST.subarray(cut))),
      ]);
      expect(fetched).to.have.nested.property("value.digest", digestOf(FIRST));

      let n = 0;
      const write = () => writeFileSync(file, FIRST.subarray(0, 20 + (n++ % 99)));
      write();
      const restless = setInterval(write, 1);
      const lost = await ask(source);
      clearInterval(restless);
      expect(lost).to.have.nested.property("reason.code", "source.changed_while_read");
    });

    it("evidence that is of another file by the time it is read is not paired with this one", async () => {
      // As Kubernetes mounts a ConfigMap: names lead through one link, which is swapped.
      const versions = { first: FIRST, second: SECOND };
      for (const [name, bytes] of Object.entries(versions)) {
        mkdirSync(at(`..${name}`));
        writeFileSync(at(`..${name}/acme.tar.gz`), bytes);
        writeFileSync(at(`..${name}/acme.tar.gz.sigstore.json`), evidence(name));
      }
      symlinkSync("..first", at("..data"));
      for (const name of ["acme.tar.gz", "acme.tar.gz.sigstore.json"])
        symlinkSync(`..data/${name}`, at(name));
      const source = await open(at("acme.tar.gz"));
      let ended = false;
      const swap = async (number: number): Promise<void> => {
        await symlink(number % 2 === 0 ? "..second" : "..first", at("..new"));
        await rename(at("..new"), at("..data"));
        await sleep(4);
        if (!ended) await swap(number + 1);
      };
      const swaps = swap(0);
      const seen = new Set<string>();
      for (let i = 0; i < 40; i++) {
        const fetched = await ask(source);
        if (!fetched.ok) {
          expect(fetched.reason.code).to.equal("source.changed_while_read");
          continue;
        }
        if (fetched.value === "unchanged" || fetched.value.kind === "folder") throw new Error("no archive");
        const name = digestOf(FIRST) === fetched.value.digest ? "first" : "second";
        expect(fetched.value.evidence.map(String)).to.deep.equal([evidence(name).toString()]);
        seen.add(name);
      }
      ended = true;
      await swaps;
      expect([...seen].toSorted()).to.deep.equal(["first", "second"]);
    });

    describe("T187 10,000 reads while somebody writes: never a torn one", () => {
      const WRITER = `
        const { writeFileSync, renameSync } = require("node:fs");
        const { workerData: { path, whole, inPlace }, parentPort } = require("node:worker_threads");
        let stop = false;
        parentPort.on("message", () => (stop = true));
        let i = 0;
        const write = () => {
          for (let n = 0; n < 5; n++, i++) {
            const bytes = whole[i % whole.length];
            if (inPlace) writeFileSync(path, bytes);
            else { writeFileSync(path + ".new", bytes); renameSync(path + ".new", path); }
          }
          if (stop) parentPort.close(); else setTimeout(write, 1);
        };
        write();
        parentPort.postMessage("begun");
      `;
      const whole = Array.from({ length: 7 }, (_, i) => archive(`${i} ${"x".repeat(i * 300)}`));
      const digests = new Set<string>(whole.map((bytes) => digestOf(bytes)));

      for (const { name, inPlace, times, least } of [
        { name: "who renames", inPlace: false, times: 9000, least: 9000 },
        { name: "who writes in place", inPlace: true, times: 1000, least: 1 },
      ]) {
        it(name, async () => {
          const path = at("acme.tar.gz");
          const writer = new Worker(WRITER, { eval: true, workerData: { path, whole, inPlace } });
          await once(writer, "message");
          const source = await open(path);
          const counts = { whole: 0, refused: 0 };
          const reads = async (count: number) => {
            for (let i = 0; i < count; i++) {
              const fetched = await ask(source);
              if (!fetched.ok) {
                expect(fetched.reason.code).to.equal("source.changed_while_read");
                counts.refused++;
                continue;
              }
              if (fetched.value === "unchanged" || fetched.value.kind === "folder")
                throw new Error("no archive");
              if (!digests.has(fetched.value.digest)) throw new Error("a torn archive");
              counts.whole++;
            }
          };
          // Side by side: the pauses of those that wait are long.
          try {
            await Promise.all(Array.from({ length: 50 }, () => reads(times / 50)));
          } finally {
            const ended = once(writer, "exit");
            // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, no window
            writer.postMessage("stop");
            await ended;
          }
          expect(counts.whole + counts.refused).to.equal(times);
          expect(counts.whole).to.be.at.least(least);
        });
      }
    });
  });

  describe("a folder", () => {
    const write = (files: Readonly<Record<string, string>>, root = folder) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(join(root, name, ".."), { recursive: true });
        writeFileSync(join(root, name), text);
      }
    };

    it("delivers the policy that it makes; unchanged while its files are the same", async () => {
      write(GOOD);
      const source = await open(folder);
      const fetched = await ask(source);
      if (!fetched.ok || fetched.value === "unchanged" || fetched.value.kind !== "folder") {
        throw new Error(JSON.stringify(fetched));
      }
      expect(fetched.value.bundle.name).to.equal("acme-images");
      const { version } = fetched.value;
      write({ ".hidden": "no part of it" });
      expect(await ask(source, version)).to.deep.equal({ ok: true, value: "unchanged" });
      write({ "notes.md": "a new file" });
      expect(await ask(source, version))
        .to.have.nested.property("value.version")
        .that.is.not.equal(version);
    });

    it("says in one line what is wrong with it", async () => {
      write({ ...GOOD, "policy.yaml": "name: 7\nversion: x\n" });
      const fetched = await ask(await open(folder));
      expect(fetched).to.have.nested.property("reason.code", "source.invalid");
      expect(fetched)
        .to.have.nested.property("reason.message")
        .that.matches(/policy\.yaml:1:1: .* \(and \d+ more\)$/);
    });

    it("T187 a mounted ConfigMap: reads what its link leads to, and nothing of two versions", async () => {
      write(GOOD, at("..1"));
      write(
        { ...GOOD, "policy.yaml": (GOOD["policy.yaml"] ?? "").replace("name: acme-images", "name: other") },
        at("..2"),
      );
      symlinkSync("..1", at("..data"));
      for (const name of Object.keys(GOOD)) {
        const top = name.split("/")[0] ?? "";
        rmSync(at(top), { force: true });
        symlinkSync(`..data/${top}`, at(top));
      }
      const source = await open(folder);
      const first = await ask(source);
      expect(first).to.have.nested.property("value.bundle.name", "acme-images");
      symlinkSync("..2", at("..new"));
      renameSync(at("..new"), at("..data"));
      expect(await ask(source)).to.have.nested.property("value.bundle.name", "other");
    });

    it("T187 written to while it is compiled: refused", async () => {
      write(GOOD);
      const source = await open(folder);
      let n = 0;
      const restless = setInterval(() => write({ "notes.md": `${n++}` }), 1);
      const fetched = await ask(source);
      clearInterval(restless);
      expect(fetched).to.have.nested.property("reason.code", "source.changed_while_read");
    });

    it("ends at the deadline", async () => {
      write(GOOD);
      const fetched = await (await open(folder)).fetch({ known: null, signal: AbortSignal.abort() });
      expect(fetched).to.have.nested.property("reason.code", "source.unreachable");
    });
  });

  describe("watch", () => {
    const changes = async (path: string, change: () => void | Promise<void>): Promise<boolean> => {
      const source = await open(path);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const unwatch = source.watch?.(() => resolve(true));
      await change();
      const told = await Promise.race([promise, sleep(5000, false)]);
      unwatch?.();
      return told;
    };

    const table: readonly { name: string; prepare: () => void; change: () => void; path: string }[] = [
      {
        name: "a file that is replaced",
        path: "acme.tar.gz",
        prepare: () => writeFileSync(at("acme.tar.gz"), FIRST),
        change: () => {
          writeFileSync(at("new"), SECOND);
          renameSync(at("new"), at("acme.tar.gz"));
        },
      },
      {
        name: "a file that comes",
        path: "acme.tar.gz",
        prepare: () => undefined,
        change: () => writeFileSync(at("acme.tar.gz"), FIRST),
      },
      {
        name: "a file that a link leads to",
        path: "current.tar.gz",
        prepare: () => {
          mkdirSync(at("releases"));
          writeFileSync(at("releases/1.tar.gz"), FIRST);
          symlinkSync("releases/1.tar.gz", at("current.tar.gz"));
        },
        change: () => writeFileSync(at("releases/1.tar.gz"), SECOND),
      },
      {
        name: "a file deep in a folder",
        path: "policy",
        prepare: () => {
          mkdirSync(at("policy/rules/deep"), { recursive: true });
          writeFileSync(at("policy/policy.yaml"), "");
        },
        change: () => writeFileSync(at("policy/rules/deep/own.rego"), "package own"),
      },
    ];
    for (const { name, prepare, change, path } of table) {
      it(`tells of ${name}`, async () => {
        prepare();
        expect(await changes(at(path), change)).to.equal(true);
      });
    }

    it("counts many changes at once as one, and none once it has ended", async () => {
      writeFileSync(at("acme.tar.gz"), FIRST);
      const source = await open(at("acme.tar.gz"));
      let count = 0;
      const unwatch = source.watch?.(() => count++);
      for (let i = 0; i < 20; i++) writeFileSync(at("acme.tar.gz"), SECOND);
      await sleep(350);
      expect(count).to.be.within(1, 2);
      unwatch?.();
      const before = count;
      await (await openFile(at("acme.tar.gz"), "a")).close();
      writeFileSync(at("other"), "");
      await sleep(300);
      expect(count).to.equal(before);
    });
  });
});
