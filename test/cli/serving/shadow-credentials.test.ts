import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type PoliciesWorld } from "../../../src/cli/serving/open-store.ts";
import type { PolicySettings } from "../../../src/server/index.ts";
import { BundleServer } from "../../release/sources/bundle-server.ts";
import { PLAIN_POLICY } from "../../server/harness.ts";

describe("credentials of a policy's source", () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-shadow-"));
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "s3cret");
  const servers: BundleServer[] = [];
  const server = async () => {
    const started = await BundleServer.start();
    servers.push(started);
    return started;
  };
  after(async () => {
    await Promise.all(servers.map((one) => one.close()));
    rmSync(folder, { recursive: true });
  });

  /** Of a store nothing is used but its source. */
  const world = { registries: {}, clock: () => new Date(), trust: {} } as unknown as PoliciesWorld;

  async function tokensAt(asked: BundleServer, settings: PolicySettings, source: string) {
    const opened = await openStore(settings, { source, signers: [] }, world, {});
    if (!opened.ok) throw new Error(opened.reason.message);
    await opened.value.start(new AbortController().signal);
    await opened.value.close();
    return asked.asked.map(({ headers }) => headers["authorization"]);
  }

  it("T186 go to its own server, also for a shadow, and to no other", async () => {
    const [own, other] = [await server(), await server()];
    const source = `http://127.0.0.1:${own.port}/acme.tar.gz`;
    const credentials = { tokenFile, clientCert: null, clientKey: null, ca: null };
    const settings: PolicySettings = { ...PLAIN_POLICY, refresh: 0, source, credentials };
    expect(await tokensAt(own, settings, source)).to.deep.equal(["Bearer s3cret"]);
    const beside = `http://127.0.0.1:${own.port}/next.tar.gz`;
    expect(await tokensAt(own, settings, beside)).to.deep.equal(["Bearer s3cret", "Bearer s3cret"]);
    const elsewhere = `http://127.0.0.1:${other.port}/next.tar.gz`;
    expect(await tokensAt(other, settings, elsewhere)).to.deep.equal([undefined]);
  });
});
