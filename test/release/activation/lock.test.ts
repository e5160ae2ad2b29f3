import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readBundle } from "../../../src/policy/index.ts";
import {
  formatLock,
  lockOf,
  parseLock,
  verifyRelease,
  type PolicyLock,
  type SignedBy,
} from "../../../src/release/index.ts";
import { assay } from "../../cli/harness.ts";
import {
  archiveFor,
  cleanUp,
  delivered,
  FakeSource,
  KEYS,
  never,
  NOW,
  privateFolder,
  signerOf,
  world,
  type Release,
} from "./world.ts";

const SOURCE = new FakeSource().name;
const RELEASE: Release = { version: "3.1.0", sequence: 12, key: KEYS.release.privateKey };
const OTHER: Release = { version: "3.2.0", sequence: 13, key: KEYS.release.privateKey };
const signers = [signerOf()];

async function goodLock(source = SOURCE): Promise<PolicyLock> {
  const archive = archiveFor(RELEASE);
  const bundle = readBundle(archive);
  const signedBy = await verifyRelease(delivered(archive), signers, NOW);
  if (!bundle.ok || !signedBy.ok) throw new Error("not signed");
  return lockOf(source, bundle.value, signedBy.value);
}

const schema: object = JSON.parse(
  readFileSync(new URL("../../../schemas/policy-lock.schema.json", import.meta.url), "utf8"),
);
const validate = new Ajv2020({ strict: false }).compile(schema);

describe("policy.lock", () => {
  after(cleanUp);

  it("pins source, digest, signers and sequence, in the same bytes every time, as its schema says", async () => {
    const lock = await goodLock();
    const text = formatLock(lock, "/anywhere");
    expect(formatLock(lock, "/anywhere")).to.equal(text);
    expect(text).to.match(
      /^# .*\nschemaVersion: 1\nsource: https:\/\/policies\.example\/acme\.tar\.gz\ndigest: sha256:/,
    );
    expect(parseLock(text, "/elsewhere")).to.deep.equal({ ok: true, value: lock });
    expect(validate(parse(text)), JSON.stringify(validate.errors)).to.equal(true);
    expect(parseLock(JSON.stringify(parse(text)), "/")).to.deep.equal({ ok: true, value: lock });
  });

  it("names paths relative to its folder", async () => {
    const text = formatLock(await goodLock("/srv/policies/acme.tar.gz"), "/srv/locks");
    expect(text).to.include("source: ../policies/acme.tar.gz\n");
    expect(parseLock(text, "/opt/locks")).to.have.nested.property(
      "value.source",
      "/opt/policies/acme.tar.gz",
    );
  });

  const INVALID: readonly { readonly name: string; readonly change: Record<string, unknown> | string }[] = [
    { name: "no YAML", change: "{" },
    { name: "a list", change: "[]" },
    { name: "a member that pins nothing", change: { note: "x" } },
    { name: "another version", change: { schemaVersion: 2 } },
    { name: "no source", change: { source: undefined } },
    { name: "an empty source", change: { source: "" } },
    { name: "a digest cut short", change: { digest: "sha256:abc" } },
    { name: "no digest", change: { digest: undefined } },
    { name: "no revision", change: { revision: undefined } },
    { name: "no sequence", change: { sequence: undefined } },
    { name: "a sequence of zero", change: { sequence: 0 } },
    { name: "no signers", change: { signers: undefined } },
    { name: "a signer without identity", change: { signers: [{ form: "opa" }] } },
    { name: "a signer of another form", change: { signers: [{ form: "pgp", identity: "x" }] } },
    { name: "a signer with more", change: { signers: [{ form: "opa", identity: "x", key: "y" }] } },
    {
      name: "a signer whose issuer is a number",
      change: { signers: [{ form: "opa", identity: "x", issuer: 1 }] },
    },
    {
      name: "a hundred and one signers",
      change: { signers: Array.from({ length: 101 }, () => ({ form: "opa", identity: "x" })) },
    },
  ];
  for (const { name, change } of INVALID) {
    it(`is refused, by the schema too: ${name}`, async () => {
      const good: object = parse(formatLock(await goodLock(), "/"));
      const text = typeof change === "string" ? change : JSON.stringify({ ...good, ...change });
      expect(parseLock(text, "/")).to.have.nested.property("reason.code", "lock.invalid");
      if (typeof change !== "string") expect(validate(JSON.parse(text))).to.equal(false);
    });
  }

  describe("obeyed by a store", () => {
    const DIFFERENT: readonly {
      readonly name: string;
      readonly change?: (lock: PolicyLock) => PolicyLock;
      readonly release?: Release;
      readonly says: RegExp;
    }[] = [
      {
        name: "T185: another bundle at the same place",
        release: OTHER,
        says: /the digest is sha256:\w+; policy\.lock pins sha256:/,
      },
      {
        name: "another source",
        change: (lock) => ({ ...lock, source: "https://policies.example/other.tar.gz" }),
        says: /the source is .*acme.*pins .*other/,
      },
      {
        name: "another signer",
        change: (lock) => ({ ...lock, signers: [{ form: "opa", identity: "someone", issuer: null }] }),
        says: /who signed is .* pins someone \(opa\)/,
      },
      {
        name: "a signature of another form",
        change: (lock) => ({ ...lock, signers: lock.signers.map((one) => ({ ...one, form: "sigstore" })) }),
        says: /pins .* \(sigstore\)/,
      },
      {
        name: "an issuer besides",
        change: (lock) => ({
          ...lock,
          signers: lock.signers.map((one) => ({ ...one, issuer: "https://ci" })),
        }),
        says: /pins .* of https:\/\/ci/,
      },
      {
        name: "another sequence",
        change: (lock) => ({ ...lock, sequence: 11 }),
        says: /the sequence is 12; policy\.lock pins 11/,
      },
      {
        name: "a sequence where none is pinned",
        change: (lock) => ({ ...lock, sequence: null }),
        says: /pins none/,
      },
    ];
    for (const { name, change = (lock: PolicyLock) => lock, release = RELEASE, says } of DIFFERENT) {
      it(`refuses ${name}`, async () => {
        const { store, source, engines } = world({ signers, lock: change(await goodLock()) });
        source.give(release);
        const start = await store.start(never);
        expect(start).to.have.nested.property("reason.code", "activation.lock_mismatch");
        expect(start).to.have.nested.property("reason.message").that.match(says);
        expect(engines.opened).to.equal(0);
      });
    }

    it("takes what it pins, and keeps it when the source moves on", async () => {
      const { store, source } = world({ signers, lock: await goodLock() });
      source.give(RELEASE);
      expect(await store.start(never)).to.have.property("ok", true);
      source.give(OTHER);
      expect(await store.refresh()).to.have.nested.property("reason.code", "activation.lock_mismatch");
      expect(store.current?.bundle.revision).to.equal("3.1.0");
    });

    it("needs no signer where none is pinned", async () => {
      const unsigned: Release = { version: "1.0.0" };
      const bundle = readBundle(archiveFor(unsigned));
      if (!bundle.ok) throw new Error(bundle.reason.message);
      const none: readonly SignedBy[] = [];
      const { store, source } = world({ lock: lockOf(SOURCE, bundle.value, none) });
      source.give(unsigned);
      expect(await store.start(never)).to.have.property("ok", true);
    });
  });

  describe("assay policy lock", () => {
    it("writes what a store then obeys", async () => {
      const folder = privateFolder();
      const [bundle, key, out] = ["acme.tar.gz", "release.pub", "policy.lock"].map((name) =>
        join(folder, name),
      );
      if (bundle === undefined || key === undefined || out === undefined) throw new Error("no path");
      writeFileSync(bundle, archiveFor(RELEASE));
      writeFileSync(key, KEYS.release.publicKey.export({ type: "spki", format: "pem" }));
      const ran = await assay(["policy", "lock", bundle, "--key", key, "--out", out]);
      expect(ran.stderr).to.equal("");
      expect(ran.code).to.equal(0);
      expect(ran.stdout).to.match(
        /policy\.lock {2}sha256:\w+ {2}revision 3\.1\.0 {2}sequence 12 {2}signed by \S+\n$/,
      );
      const text = readFileSync(out, "utf8");
      expect(text).to.include("\nsource: acme.tar.gz\n");
      const lock = parseLock(text, folder);
      if (!lock.ok) throw new Error(lock.reason.message);
      expect({ ...lock.value, source: SOURCE }).to.deep.equal(await goodLock());
    });

    it("refuses what is signed by nobody that is named, a folder, and nowhere to write to", async () => {
      const folder = privateFolder();
      const bundle = join(folder, "acme.tar.gz");
      writeFileSync(bundle, archiveFor(RELEASE));
      const out = join(folder, "policy.lock");
      expect(await assay(["policy", "lock", bundle, "--out", out]))
        .to.include({ code: 1 })
        .and.property("stderr")
        .match(/signature\.unexpected/);
      expect(await assay(["policy", "lock", join(folder, "none"), "--out", out])).to.include({ code: 2 });
      expect(await assay(["policy", "lock", bundle]))
        .to.include({ code: 2 })
        .and.property("stderr")
        .match(/--out is missing/);
    });
  });
});
