import { expect } from "chai";
import { createTlsAuthority } from "../lab/tls.ts";
import {
  allOnLoopback,
  blobAt,
  Harness,
  nameOf,
  outcome,
  REPOSITORY,
  soon,
  withCredential,
} from "./harness.ts";

const USER = { kind: "basic", username: "alice", password: "s3cret" } as const;

describe("createRegistry: redirects", () => {
  const harness = new Harness();
  afterEach(() => harness.close());

  it("T021 A114 follows a blob to another origin without the credential", async () => {
    const lab = await harness.lab({ auth: { kind: "bearer" } });
    const store = await harness.lab();
    const blob = lab.pushBlob(REPOSITORY, "content");
    store.pushBlob("cdn", "content");
    lab.misbehave = ({ kind, headers }) =>
      kind === "blob" && headers["authorization"] !== undefined
        ? { status: 307, headers: { location: `${store.origin}/v2/cdn/blobs/${blob.digest}?signature=x` } }
        : undefined;
    expect(outcome(await blobAt(harness.client(), lab, blob))).to.equal("ok");
    expect(store.requests).to.have.length(1);
    expect(store.requests[0]?.headers).to.not.have.any.keys("authorization", "cookie");
    expect(store.requests[0]?.headers["host"]).to.equal(store.host);
  });

  it("A023 does not send the credential again on the way back", async () => {
    const lab = await harness.lab({ auth: USER });
    const evil = await harness.lab();
    const blob = lab.pushBlob(REPOSITORY, "content");
    const back = `/v2/${REPOSITORY}/blobs/${blob.digest}?back`;
    evil.misbehave = () => ({ status: 302, headers: { location: `${lab.origin}${back}` } });
    lab.misbehave = ({ headers }) =>
      headers["authorization"] === undefined
        ? undefined
        : { status: 302, headers: { location: `${evil.origin}/hop` } };
    const result = await blobAt(harness.client(withCredential(USER)), lab, blob);
    expect(outcome(result)).to.equal("registry.auth_failed");
    const seen = lab.requests.map(({ path, headers }) => [
      path.includes("?back"),
      headers["authorization"] !== undefined,
    ]);
    expect(seen).to.deep.equal([
      [false, false],
      [false, true],
      [true, false],
    ]);
    expect(evil.requests.map(({ headers }) => headers["authorization"])).to.deep.equal([undefined]);
  });

  it("keeps the credential within the origin", async () => {
    const lab = await harness.lab({ auth: USER });
    const blob = lab.pushBlob(REPOSITORY, "content");
    lab.misbehave = ({ path, headers }) =>
      path.includes("?") || headers["authorization"] === undefined
        ? undefined
        : { status: 308, headers: { location: `/v2/${REPOSITORY}/blobs/${blob.digest}?moved` } };
    expect(outcome(await blobAt(harness.client(withCredential(USER)), lab, blob))).to.equal("ok");
    expect(lab.requests.at(-1)?.headers["authorization"]).to.match(/^Basic /);
  });

  it("A114 never answers the challenge of another origin", async () => {
    const lab = await harness.lab();
    const evil = await harness.lab({ auth: { kind: "bearer" } });
    const blob = lab.pushBlob(REPOSITORY, "content");
    lab.misbehave = () => ({ status: 307, headers: { location: `${evil.origin}/v2/${REPOSITORY}/blobs/x` } });
    const result = await blobAt(harness.client(withCredential(USER)), lab, blob);
    expect(outcome(result)).to.equal("registry.auth_failed");
    expect(evil.requests).to.have.length(1);
    expect(evil.tokenRequests).to.have.length(0);
  });

  it("T021 follows five and no more, also in a circle", async () => {
    const lab = await harness.lab();
    const blob = lab.pushBlob(REPOSITORY, "content");
    let hops = 5;
    lab.misbehave = () => (hops-- > 0 ? { status: 307, headers: { location: "?again" } } : undefined);
    expect(outcome(await blobAt(harness.client(), lab, blob))).to.equal("ok");
    const before = lab.requests.length;
    lab.misbehave = () => ({ status: 307, headers: { location: "?again" } });
    expect(outcome(await blobAt(harness.client(), lab, blob))).to.equal("registry.protocol");
    expect(lab.requests.length - before).to.equal(6);
  });

  describe("T021 locations that are not followed", () => {
    const locations: readonly (readonly [string | null, string])[] = [
      [null, "registry.protocol"],
      ["", "registry.protocol"],
      ["http://", "registry.protocol"],
      ["ftp://127.0.0.1:PORT/x", "registry.protocol"],
      ["file:///etc/passwd", "registry.protocol"],
      ["http://user:pass@127.0.0.1:PORT/x", "registry.protocol"],
      ["http://cdn.test:PORT/x", "registry.protocol"],
      [`http://127.0.0.1:PORT/${"x".repeat(9000)}`, "registry.protocol"],
      ["http://169.254.169.254/latest/meta-data", "registry.protocol"],
      ["https://169.254.169.254/latest/meta-data", "registry.not_allowed"],
      ["https://[fe80::1]/", "registry.not_allowed"],
      ["https://2852039166/", "registry.not_allowed"],
    ];
    for (const [location, code] of locations) {
      it(`${String(location).slice(0, 60)}: ${code}`, async () => {
        const canary = await harness.canary();
        const lab = await harness.lab();
        const blob = lab.pushBlob(REPOSITORY, "content");
        const target = location?.replace("PORT", String(canary.port)) ?? null;
        lab.misbehave = ({ number }) => ({
          status: 307,
          headers: { location: target === "" && number > 1 ? null : target },
        });
        const client = harness.client({ lookup: allOnLoopback, limits: { redirects: 1 } });
        expect(outcome(await blobAt(client, lab, blob))).to.equal(code);
        expect(canary.connections).to.equal(0);
      });
    }
  });

  it("T021 A120 does not go from TLS to plain HTTP", async () => {
    const authority = createTlsAuthority();
    const lab = await harness.lab({ tls: authority.server() });
    const canary = await harness.canary();
    const registry = `localhost:${lab.port}`;
    const name = { registry, repository: REPOSITORY };
    const image = lab.pushImage(REPOSITORY);
    const client = harness.client({ registries: { [registry]: { ca: authority.cert } } });
    expect(outcome(await client.manifest(name, image.digest, soon()))).to.equal("ok");
    lab.misbehave = () => ({ status: 307, headers: { location: `http://127.0.0.1:${canary.port}/` } });
    expect(outcome(await client.manifest(name, image.digest, soon()))).to.equal("registry.protocol");
    expect(canary.connections).to.equal(0);
  });

  it("T021 does not come back to plain HTTP by way of TLS", async () => {
    const authority = createTlsAuthority();
    const lab = await harness.lab();
    const secure = await harness.lab({ tls: authority.server() });
    const image = lab.pushImage(REPOSITORY);
    const via = `localhost:${secure.port}`;
    lab.misbehave = ({ path }) =>
      path.endsWith("?back") ? undefined : { status: 307, headers: { location: `https://${via}${path}` } };
    secure.misbehave = ({ path }) => ({ status: 307, headers: { location: `${lab.origin}${path}?back` } });
    const client = harness.client({ registries: { [via]: { ca: authority.cert } } });
    expect(outcome(await client.manifest(nameOf(lab), image.digest, soon()))).to.equal("registry.protocol");
    expect([lab.requests.length, secure.requests.length]).to.deep.equal([1, 1]);
  });

  it("A120 roots given for a registry do not vouch for where it redirects", async () => {
    const authority = createTlsAuthority();
    const lab = await harness.lab({ tls: authority.server() });
    const other = await harness.lab({ tls: authority.server() });
    const registry = `localhost:${lab.port}`;
    const image = lab.pushImage(REPOSITORY);
    other.pushImage(REPOSITORY);
    lab.misbehave = ({ path }) => ({
      status: 307,
      headers: { location: `https://localhost:${other.port}${path}` },
    });
    const ca = authority.cert;
    const one = harness.client({ registries: { [registry]: { ca } } });
    const both = harness.client({ registries: { [registry]: { ca }, [`localhost:${other.port}`]: { ca } } });
    const name = { registry, repository: REPOSITORY };
    expect(outcome(await one.manifest(name, image.digest, soon()))).to.equal("registry.tls");
    expect(outcome(await both.manifest(name, image.digest, soon()))).to.equal("ok");
  });

  it("A055 what a redirect leads to must still be what was asked for", async () => {
    const lab = await harness.lab();
    const evil = await harness.lab();
    const image = lab.pushImage(REPOSITORY);
    const other = evil.pushImage(REPOSITORY, { seed: "other" });
    lab.misbehave = () => ({
      status: 307,
      headers: { location: `${evil.origin}/v2/${REPOSITORY}/manifests/${other.digest}` },
    });
    const result = await harness.client().manifest(nameOf(lab), image.digest, soon());
    expect(outcome(result)).to.equal("registry.digest_mismatch");
  });
});
