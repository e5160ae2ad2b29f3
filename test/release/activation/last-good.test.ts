import { expect } from "chai";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { digestOf, hexOf, type JsonValue } from "../../../src/core/index.ts";
import type { DeliveredArchive, IdentitySigner, StoreSettings } from "../../../src/release/index.ts";
import { trustFromData } from "../../../src/verification/index.ts";
import { createSigstore, GITHUB_ISSUER, githubRun, signerWorkflow } from "../../lab/sigstore/index.ts";
import {
  archiveFor,
  cleanUp,
  delivered,
  FakeClock,
  kinds,
  KEYS,
  never,
  NOW,
  privateFolder,
  signerOf,
  until,
  world,
  type Release,
} from "./world.ts";

const signers = [signerOf()];
const FIRST: Release = { version: "1.0.0", sequence: 1, key: KEYS.release.privateKey, examples: [true] };
const NAME = hexOf(digestOf(archiveFor(FIRST)));

/** A folder in which an earlier run has kept its policy. */
async function kept(release = FIRST): Promise<{ readonly lastGood: string; readonly folder: string }> {
  const lastGood = privateFolder();
  const { store, source } = world({ signers, lastGood });
  source.give(release);
  const start = await store.start(never);
  if (!start.ok) throw new Error(start.reason.message);
  await store.close();
  return { lastGood, folder: join(lastGood, "default") };
}

/** A start at which the source is down. */
async function restarted(settings: Partial<StoreSettings<string>>, clock = new FakeClock()) {
  const all = world({ signers, ...settings }, { clock });
  all.source.fail();
  return { ...all, start: await all.store.start(never) };
}

describe("T191 the last good policy", () => {
  after(cleanUp);

  it("is kept in private files, and decides where the source is down at the next start", async () => {
    const { lastGood, folder } = await kept();
    expect(readdirSync(folder).toSorted()).to.deep.equal(
      [`${NAME}.json`, `${NAME}.tar.gz`, "sequence-1.json", "state.json"].toSorted(),
    );
    expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).to.deep.equal([
      0o600, 0o600, 0o600, 0o600,
    ]);
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    expect(readFileSync(join(folder, `${NAME}.tar.gz`)).equals(archiveFor(FIRST))).to.equal(true);

    const { start, store, source, clock, events } = await restarted({ lastGood });
    expect(start).to.have.nested.property("value.bundle.revision", "1.0.0");
    expect(start).to.have.nested.property("value.origin", "last-good");
    expect(store.status).to.deep.include({ ready: true, failures: 1, kept: true });
    expect(store.status.lastRefusal).to.have.property("code", "source.unreachable");
    expect(kinds(events)).to.deep.equal(["source_failed", "activated"]);
    // The folder's word on versions is not taken: the source is asked for all of it.
    source.give(FIRST);
    await clock.pass(10_000);
    await until(() => store.status.failures === 0);
    expect(source.asked).to.deep.equal([null, null]);
    expect(kinds(events)).to.deep.equal(["source_failed", "activated", "source_recovered"]);
    expect(store.status).to.deep.include({ failures: 0, lastRefusal: null });
  });

  it("decides where what the source has is refused", async () => {
    const { lastGood } = await kept();
    const { store, source } = world({ signers, lastGood });
    source.give({ ...FIRST, sequence: 2, key: KEYS.other.privateKey });
    expect(await store.start(never)).to.have.nested.property("value.origin", "last-good");
    expect(store.status.lastRefusal).to.have.property("code", "signature.signer_unknown");
  });

  const SPOILINGS: readonly {
    readonly name: string;
    readonly spoil: (folder: string) => void;
    readonly code?: string;
    readonly settings?: Partial<StoreSettings<string>>;
  }[] = [
    { name: "absent", spoil: (folder) => rmSync(folder, { recursive: true }), code: "none" },
    {
      name: "without its archive",
      spoil: (folder) => rmSync(join(folder, `${NAME}.tar.gz`)),
      code: "activation.kept_invalid",
    },
    {
      name: "another archive under its name",
      spoil: (folder) =>
        writeFileSync(join(folder, `${NAME}.tar.gz`), archiveFor({ ...FIRST, allow: false })),
      code: "activation.kept_invalid",
    },
    {
      name: "an empty archive",
      spoil: (folder) => writeFileSync(join(folder, `${NAME}.tar.gz`), ""),
      code: "activation.kept_invalid",
    },
    {
      name: "a link",
      spoil: (folder) => {
        renameSync(join(folder, `${NAME}.tar.gz`), join(folder, "x"));
        symlinkSync("x", join(folder, `${NAME}.tar.gz`));
      },
      code: "activation.kept_invalid",
    },
    {
      name: "a folder",
      spoil: (folder) => {
        rmSync(join(folder, `${NAME}.json`));
        mkdirSync(join(folder, `${NAME}.json`));
      },
      code: "activation.kept_invalid",
    },
    {
      name: "evidence that is no JSON",
      spoil: (folder) => writeFileSync(join(folder, `${NAME}.json`), "{"),
      code: "activation.kept_invalid",
    },
    {
      name: "evidence that is no Base64",
      spoil: (folder) => writeFileSync(join(folder, `${NAME}.json`), '{"evidence":["?"]}'),
      code: "activation.kept_invalid",
    },
    {
      name: "a manifest of another bundle",
      spoil: (folder) =>
        writeFileSync(
          join(folder, `${NAME}.json`),
          JSON.stringify({ evidence: [], manifest: Buffer.from(ociManifest("another")).toString("base64") }),
        ),
      code: "activation.kept_invalid",
    },
    {
      name: "a tampered archive that the state names",
      spoil: (folder) => replaceBy(folder, archiveFor({ ...FIRST, key: null, allow: true, examples: [] })),
      code: "signature.missing",
    },
    {
      name: "an archive by another signer that the state names",
      spoil: (folder) => replaceBy(folder, archiveFor({ ...FIRST, key: KEYS.other.privateKey })),
      code: "signature.signer_unknown",
    },
    {
      name: "a signer that the configuration names no more",
      spoil: () => undefined,
      settings: { signers: [signerOf({ name: "new", key: KEYS.other.publicKey })] },
      code: "signature.signer_unknown",
    },
    {
      name: "T192: a signer whose time is over",
      spoil: () => undefined,
      settings: { signers: [signerOf({ to: new Date("2026-01-01") })] },
      code: "signature.expired",
    },
    {
      name: "trust that cannot be made any more",
      spoil: () => undefined,
      settings: { prepare: () => Promise.reject(new Error("no trust")) },
      code: "activation.prepare_failed",
    },
    {
      name: "a state that names nothing",
      spoil: (folder) => {
        writeFileSync(join(folder, "state.json"), "{}");
        writeFileSync(join(folder, "sequence-1.json"), "[]");
      },
      code: "none",
    },
    {
      name: "a higher sequence in the folder",
      spoil: (folder) => writeFileSync(join(folder, "sequence-9.json"), "?"),
      code: "activation.sequence_not_higher",
    },
  ];
  for (const { name, spoil, code, settings = {} } of SPOILINGS) {
    it(`is not used, and nothing is ready: ${name}`, async () => {
      const { lastGood, folder } = await kept();
      spoil(folder);
      const { start, store, events, engines, open } = await restarted({ lastGood, ...settings });
      expect(start).to.have.nested.property("reason.code", "source.unreachable");
      expect(store.status).to.deep.include({ ready: false, digest: null });
      expect(store.acquire()).to.equal(undefined);
      const refusals = events.flatMap((event) => (event.kind === "refused" ? [event.reason.code] : []));
      expect(new Set(refusals)).to.deep.equal(new Set(code === "none" ? [] : [code]));
      expect([engines.opened - engines.closed, open.size]).to.deep.equal([0, 0]);
    });
  }

  it("is not used, and the source is not asked, where its folder is open to others", async () => {
    const { lastGood, folder } = await kept();
    chmodSync(folder, 0o777);
    const { start, source } = await restarted({ lastGood });
    expect(start).to.have.nested.property("reason.code", "activation.kept_invalid");
    expect(start)
      .to.have.nested.property("reason.message")
      .that.match(/chmod 700/);
    expect(source.asked).to.deep.equal([]);
  });

  it("is found by the highest sequence's mark where the state is damaged", async () => {
    const { lastGood, folder } = await kept();
    writeFileSync(join(folder, "state.json"), "{");
    const { start } = await restarted({ lastGood });
    expect(start).to.have.nested.property("value.bundle.revision", "1.0.0");
  });

  it("becomes ready later where nothing was kept", async () => {
    const { store, source, clock, start } = await restarted({ lastGood: privateFolder(), refreshMs: 10_000 });
    expect(start.ok).to.equal(false);
    source.give(FIRST);
    await clock.pass(10_000);
    await store.refresh();
    expect(store.status).to.deep.include({ ready: true, kept: true });
  });

  it("keeps few archives, the highest mark alone, and no draft of old", async () => {
    const { lastGood, folder } = await kept();
    writeFileSync(join(folder, "state.json.0.tmp"), "");
    const { store, source } = world({ signers, lastGood });
    source.give(FIRST);
    await store.start(never);
    for (let sequence = 2; sequence <= 9; sequence++) {
      source.give({ ...FIRST, sequence, version: `1.${sequence}.0` });
      expect(await store.refresh()).to.have.property("kind", "activated");
    }
    const names = readdirSync(folder);
    expect(names.filter((name) => name.endsWith(".tar.gz"))).to.have.length(5);
    expect(names.filter((name) => name.startsWith("sequence-"))).to.deep.equal(["sequence-9.json"]);
    expect(names).to.have.length(12 + 1);
  });

  it("tells that it is not kept, once, and keeps it as soon as it can", async () => {
    const { lastGood, folder } = await kept();
    const { store, source, events } = world({ signers, lastGood });
    source.give(FIRST);
    await store.start(never);
    chmodSync(folder, 0o722);
    source.give({ ...FIRST, sequence: 2 });
    expect(await store.refresh()).to.have.property("kind", "activated");
    await store.refresh();
    expect(kinds(events).filter((kind) => kind === "not_kept")).to.have.length(1);
    expect(store.status.kept).to.equal(false);
    chmodSync(folder, 0o700);
    await store.refresh();
    expect(store.status.kept).to.equal(true);
    expect(readdirSync(folder)).to.include("sequence-2.json");
  });

  it("counts evidence about a manifest only with the manifest of this very bundle", async () => {
    const { keptDelivery, besideJson } = await import("../../../src/release/activation/kept-release.ts");
    const archive = archiveFor(FIRST);
    const manifest = Buffer.from(ociManifest(digestOf(archive)));
    const evidence = [Buffer.from("{}")];
    const whole = {
      ...delivered(archive),
      evidence,
      manifest,
      subjects: [digestOf(archive), digestOf(manifest)],
    };
    expect(keptDelivery(archive, besideJson(whole))).to.deep.equal({ ...whole, version: digestOf(archive) });
    expect(keptDelivery(archive, besideJson({ ...delivered(archive), evidence })).subjects).to.deep.equal([
      digestOf(archive),
    ]);
    expect(() => keptDelivery(archiveFor({ ...FIRST, allow: false }), besideJson(whole))).to.throw(
      /another bundle/,
    );
  });

  it("is verified again by evidence about its manifest, and no other archive passes under that", async () => {
    const signed = new Date(NOW.getTime() - 86_400_000);
    const sigstore = createSigstore({ name: "policies", clock: () => signed });
    const trust = trustFromData({ roots: { policies: sigstore.trustedRoot as JsonValue } });
    if (!trust.ok) throw new Error(trust.reason.message);
    const ci: IdentitySigner = {
      kind: "identity",
      name: "ci",
      issuer: GITHUB_ISSUER,
      identity: signerWorkflow(githubRun()),
      trust: trust.value,
    };
    const archive = archiveFor({ ...FIRST, key: null });
    const manifest = Buffer.from(ociManifest(digestOf(archive)));
    const release: DeliveredArchive = {
      ...delivered(archive),
      evidence: [Buffer.from(JSON.stringify(sigstore.sign({ message: manifest })))],
      subjects: [digestOf(archive), digestOf(manifest)],
      manifest,
    };
    const lastGood = privateFolder();
    const first = world({ signers: [ci], lastGood });
    first.source.give(release);
    const start = await first.store.start(never);
    if (!start.ok) throw new Error(start.reason.message);
    expect(start.value.signedBy[0]).to.deep.include({ signer: "ci", form: "sigstore" });
    expect(first.store.status).to.deep.include({ released: signed, activated: NOW });
    await first.store.close();
    const again = await restarted({ signers: [ci], lastGood });
    expect(again.start).to.have.nested.property("value.origin", "last-good");
    await again.store.close();

    const other = archiveFor({ ...FIRST, key: null, allow: false });
    const folder = join(lastGood, "default");
    const beside = readFileSync(join(folder, `${hexOf(digestOf(archive))}.json`));
    replaceBy(folder, other);
    writeFileSync(join(folder, `${hexOf(digestOf(other))}.json`), beside);
    const tampered = await restarted({ signers: [ci], lastGood });
    expect(tampered.start).to.have.property("ok", false);
    expect(tampered.events.at(-1)).to.have.nested.property("reason.code", "activation.kept_invalid");
    expect(tampered.events.at(-1))
      .to.have.nested.property("reason.message")
      .that.match(/manifest is of another bundle/);
  });
});

function replaceBy(folder: string, archive: Uint8Array): void {
  const digest = digestOf(archive);
  writeFileSync(join(folder, `${hexOf(digest)}.tar.gz`), archive);
  writeFileSync(join(folder, `${hexOf(digest)}.json`), '{"evidence":[],"manifest":null,"schemaVersion":1}');
  for (const name of ["state.json", "sequence-1.json"]) {
    const state = JSON.parse(readFileSync(join(folder, name), "utf8")) as object;
    writeFileSync(join(folder, name), JSON.stringify({ ...state, digest }));
  }
}

function ociManifest(layer: string): string {
  const descriptor = (mediaType: string, digest: string) => ({ mediaType, digest, size: 2 });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor("application/vnd.oci.image.config.v1+json", digestOf(Buffer.from("{}"))),
    layers: [
      descriptor(
        "application/vnd.oci.image.layer.v1.tar+gzip",
        layer.startsWith("sha256:") ? layer : digestOf(Buffer.from(layer)),
      ),
    ],
  });
}
