import { expect } from "chai";
import { createServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { createTlsAuthority } from "../lab/tls.ts";
import { allOnLoopback, Harness, outcome, REPOSITORY, soon } from "./harness.ts";

const HOUR = 3_600_000;
const authority = createTlsAuthority();
const stranger = createTlsAuthority("somebody else");

describe("createRegistry: TLS", () => {
  const harness = new Harness();
  afterEach(() => harness.close());

  const table = [
    { name: "a certificate of the configured root", tls: authority.server(), ca: authority.cert, code: "ok" },
    { name: "an unknown root", tls: authority.server(), ca: undefined, code: "registry.tls" },
    {
      name: "another root than the configured one",
      tls: stranger.server(),
      ca: authority.cert,
      code: "registry.tls",
    },
    {
      name: "another host's certificate",
      tls: authority.server({ name: "evil.test" }),
      ca: authority.cert,
      code: "registry.tls",
    },
    {
      name: "an expired certificate",
      tls: authority.server({
        notBefore: new Date(Date.now() - 2 * HOUR),
        notAfter: new Date(Date.now() - HOUR),
      }),
      ca: authority.cert,
      code: "registry.tls",
    },
    {
      name: "a certificate of the future",
      tls: authority.server({
        notBefore: new Date(Date.now() + HOUR),
        notAfter: new Date(Date.now() + 2 * HOUR),
      }),
      ca: authority.cert,
      code: "registry.tls",
    },
    {
      name: "a certificate for clients only",
      tls: authority.server({ usages: ["1.3.6.1.5.5.7.3.2"] }),
      ca: authority.cert,
      code: "registry.tls",
    },
  ];
  for (const { name, tls, ca, code } of table) {
    it(`T032 ${name}: ${code}`, async () => {
      const lab = await harness.lab({ tls });
      lab.pushImage(REPOSITORY, { tag: "1" });
      const registry = `localhost:${lab.port}`;
      const settings = ca === undefined ? { plainHTTP: false } : { ca };
      const client = harness.client({ registries: { [registry]: settings } });
      const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      try {
        // The environment cannot switch verification off.
        process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
        const result = await client.manifest({ registry, repository: REPOSITORY }, "1", soon());
        expect(outcome(result)).to.equal(code);
        expect(lab.requests).to.have.length(code === "ok" ? 1 : 0);
      } finally {
        if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
        else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
      }
    });
  }

  it("a root that is none is a failure", async () => {
    const lab = await harness.lab({ tls: authority.server() });
    const registry = `localhost:${lab.port}`;
    const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (const ca of [pem, "nonsense", ""]) {
      const client = harness.client({ registries: { [registry]: { ca } } });
      const result = await client.manifest({ registry, repository: REPOSITORY }, "1", soon());
      expect(outcome(result), ca).to.equal("registry.tls");
    }
    expect(lab.requests).to.have.length(0);
  });

  it("T032 TLS 1.1 is not spoken", async () => {
    const server = createServer({
      ...authority.server(),
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    server.on("tlsClientError", () => undefined);
    await new Promise<void>((done) => {
      server.listen(0, "127.0.0.1", done);
    });
    try {
      const registry = `localhost:${(server.address() as AddressInfo).port}`;
      const client = harness.client({ registries: { [registry]: { ca: authority.cert } } });
      const result = await client.manifest({ registry, repository: REPOSITORY }, "1", soon());
      expect(outcome(result)).to.equal("registry.tls");
    } finally {
      server.close();
    }
  });

  it("T032 plain HTTP is spoken with exactly the host and port that allow it", async () => {
    const lab = await harness.lab();
    lab.pushImage(REPOSITORY, { tag: "1" });
    const here = `registry.test:${lab.port}`;
    const ask = async (settings: Parameters<typeof harness.client>[0]) => {
      const client = harness.client({ ...settings, lookup: allOnLoopback, limits: { attempts: 1 } });
      return outcome(await client.manifest({ registry: here, repository: REPOSITORY }, "1", soon()));
    };
    expect(await ask({ registries: { [here]: { plainHTTP: true } } })).to.equal("ok");
    expect(lab.requests).to.have.length(1);
    for (const other of [
      "registry.test",
      `REGISTRY.test:${lab.port}`,
      `x.registry.test:${lab.port}`,
      "__proto__",
    ]) {
      expect(await ask({ registries: { [other]: { plainHTTP: true } } }), other).to.match(
        /registry\.(tls|unavailable)/,
      );
    }
    expect(lab.requests).to.have.length(1);
  });
});
