import { expect } from "chai";
import type { Credential, RegistrySettings } from "../../src/registry/index.ts";
import { endpointsOf } from "../../src/registry/endpoint.ts";
import { checkRealm } from "../../src/registry/token.ts";
import { createTlsAuthority } from "../lab/tls.ts";
import { allOnLoopback, Harness, nameOf, outcome, REPOSITORY, soon, withCredential } from "./harness.ts";

const USER: Credential = { kind: "basic", username: "alice", password: "s3cret" };
const IDENTITY: Credential = { kind: "identity-token", token: "id" };

describe("createRegistry: token servers", () => {
  const harness = new Harness();
  afterEach(() => harness.close());

  /** Where a hostile realm may lie; PORT is that of a listener on loopback. */
  const realms = [
    "http://auth.evil.test:PORT/token",
    "https://auth.evil.test:PORT/token",
    "https://127.0.0.1:PORT/token",
    "http://127.0.0.1:PORT/token",
    "http://localhost:PORT/token",
    "https://localhost:PORT/token",
    "https://[::1]:PORT/token",
    "https://[::]:PORT/token",
    "https://0.0.0.0:PORT/token",
    "https://0:PORT/token",
    "https://2130706433:PORT/token",
    "https://0x7f000001:PORT/token",
    "https://0177.0.0.1:PORT/token",
    "https://127.1:PORT/token",
    "https://[::ffff:127.0.0.1]:PORT/token",
    "https://[::ffff:169.254.169.254]/token",
    "http://169.254.169.254/latest/meta-data",
    "https://169.254.169.254/latest/meta-data",
    "https://2852039166/latest/meta-data",
    "https://\u2460\u2465\u2468.254.169.254/",
    "https://[64:ff9b::a9fe:a9fe]/token",
    "https://[64:ff9b:1::a9fe:a9fe]/token",
    "https://[fd00:ec2::254]/token",
    "https://[fe80::1]/token",
    "https://10.0.0.7/token",
    "https://ghcr.io@127.0.0.1:PORT/token",
    "https://user:pass@registry.test/token",
    "ftp://127.0.0.1:PORT/token",
    "file:///etc/passwd",
    "/token",
    "token",
    "",
  ];
  const callers: readonly (readonly [string, RegistrySettings])[] = [
    ["anonymously", {}],
    ["with a password", withCredential(USER)],
    ["with an identity token", withCredential(IDENTITY)],
  ];
  for (const realm of realms) {
    it(`T019 A110 A112 refuses ${JSON.stringify(realm)}`, async () => {
      const canary = await harness.canary();
      const given = realm.replace("PORT", String(canary.port));
      // Non-ASCII bytes travel in headers as latin1.
      const challenge = `Bearer realm="${Buffer.from(given).toString("latin1")}",service="s"`;
      const lab = await harness.lab({ auth: { kind: "bearer", challenge } });
      lab.pushImage(REPOSITORY, { tag: "1" });
      for (const [how, settings] of callers) {
        const client = harness.client({ ...settings, lookup: allOnLoopback, limits: { attempts: 1 } });
        const result = await client.manifest(nameOf(lab), "1", soon());
        expect(outcome(result), how).to.equal("registry.auth_refused");
      }
      expect(canary.connections).to.equal(0);
      expect(lab.requests).to.have.length(callers.length);
    });
  }

  it("A112 refuses a name that is public at first and internal afterwards", async () => {
    const canary = await harness.canary();
    const challenge = `Bearer realm="https://rebinding.test:${canary.port}/token"`;
    const lab = await harness.lab({ auth: { kind: "bearer", challenge } });
    const answers = ["203.0.114.1", "127.0.0.1"];
    const lookup: RegistrySettings["lookup"] = (_, options, callback) => {
      // Both at once, and each alone: nothing is connected to in either case.
      const all = answers.map((address) => ({ address, family: 4 }));
      if (options.all === true) callback(null, all);
      else callback(null, answers[1] ?? "", 4);
    };
    const client = harness.client({ lookup, limits: { attempts: 1 } });
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("registry.auth_refused");
    expect(canary.connections).to.equal(0);
  });

  it("A113 a registry inside may keep its token server at its own host and port, and nowhere else", async () => {
    const canary = await harness.canary();
    for (const address of [undefined, `registry.internal:${canary.port}`]) {
      const lab = await harness.lab({ auth: { kind: "bearer" } });
      lab.pushImage(REPOSITORY, { tag: "1" });
      const registry = `registry.internal:${lab.port}`;
      lab.misbehave = ({ kind, headers }) => {
        if (kind === "token" || headers["authorization"] !== undefined) return undefined;
        return { headers: { "www-authenticate": `Bearer realm="http://${address ?? registry}/token"` } };
      };
      const client = harness.client({
        ...withCredential(USER),
        registries: { [registry]: { plainHTTP: true } },
        lookup: allOnLoopback,
      });
      const result = await client.manifest({ registry, repository: REPOSITORY }, "1", soon());
      expect(outcome(result)).to.equal(address === undefined ? "ok" : "registry.auth_refused");
    }
    expect(canary.connections).to.equal(0);
  });

  it("a configured token server gets the credential, over TLS and with its own roots", async () => {
    const authority = createTlsAuthority();
    const tokens = await harness.lab({ tls: authority.server(), auth: { kind: "bearer" } });
    const host = `localhost:${tokens.port}`;
    const lab = await harness.lab({ auth: { kind: "bearer", realm: `https://${host}/token` } });
    lab.misbehave = ({ headers }) => (headers["authorization"] === undefined ? undefined : { status: 404 });
    const configured = harness.client({
      ...withCredential(USER),
      registries: { [lab.host]: { tokenHosts: [host] }, [host]: { ca: authority.cert } },
    });
    expect(outcome(await configured.manifest(nameOf(lab), "1", soon()))).to.equal("registry.not_found");
    expect(tokens.tokenRequests).to.have.length(1);
    expect(tokens.tokenRequests[0]?.authorization).to.match(/^Basic /);
    // Without the root for the token server, the registry's own settings do not help (A120).
    const rootless = harness.client({
      ...withCredential(USER),
      registries: { [lab.host]: { tokenHosts: [host] } },
    });
    expect(outcome(await rootless.manifest(nameOf(lab), "1", soon()))).to.equal("registry.tls");
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`A111 follows no redirect (${status}) of a token server`, async () => {
      const canary = await harness.canary();
      const lab = await harness.lab({ auth: { kind: "bearer" } });
      lab.misbehave = ({ kind }) =>
        kind === "token" ? { status, headers: { location: `http://127.0.0.1:${canary.port}/` } } : undefined;
      for (const [how, settings] of callers) {
        const result = await harness.client(settings).manifest(nameOf(lab), "1", soon());
        expect(outcome(result), how).to.equal("registry.auth_protocol");
      }
      expect(canary.connections).to.equal(0);
    });
  }
});

describe("checkRealm", () => {
  const check = (registry: string, realm: string, credential?: Credential): string => {
    const [endpoint] = endpointsOf({}, registry);
    if (endpoint === undefined) throw new Error("no endpoint");
    const challenge = { scheme: "bearer", parameters: new Map([["realm", realm]]) };
    try {
      return checkRealm({}, endpoint, challenge, credential).reach;
    } catch (thrown) {
      return (thrown as { code: string }).code;
    }
  };

  it("knows Docker Hub's token server, for Docker Hub alone", () => {
    expect(check("docker.io", "https://auth.docker.io/token", USER)).to.equal("public");
    expect(check("docker.io", "https://auth.docker.io:444/token", USER)).to.equal("registry.auth_refused");
    expect(check("docker.io", "https://auth.docker.io.evil.test/token", USER)).to.equal(
      "registry.auth_refused",
    );
    expect(check("registry.gitlab.com", "https://gitlab.com/jwt/auth", USER)).to.equal("public");
    expect(check("registry.gitlab.com.evil.test", "https://gitlab.com/jwt/auth", USER)).to.equal(
      "registry.auth_refused",
    );
    expect(check("ghcr.io", "https://auth.docker.io/token", USER)).to.equal("registry.auth_refused");
  });

  it("lets anybody ask public hosts anonymously", () => {
    expect(check("registry.example.com", "https://auth.example.com/token")).to.equal("public");
    expect(check("registry.example.com", "https://auth.example.com/token", USER)).to.equal(
      "registry.auth_refused",
    );
    expect(check("registry.example.com", "http://auth.example.com/token")).to.equal("registry.auth_refused");
    expect(check("ghcr.io", "https://ghcr.io/token", USER)).to.equal("internal");
    expect(check("ghcr.io", "http://ghcr.io/token", USER)).to.equal("registry.auth_refused");
    expect(check("ghcr.io", "https://ghcr.io:8443/token", USER)).to.equal("registry.auth_refused");
  });
});

describe("createRegistry: addresses of registries", () => {
  const harness = new Harness();
  afterEach(() => harness.close());

  const hosts = [
    "169.254.169.254",
    "169.254.169.254:80",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "0.0.0.0:5000",
    "2852039166:5000",
    "0xa9fea9fe:5000",
    "0x7f.1",
    "127.1:5000",
  ];
  for (const registry of hosts) {
    it(`T004 A110 never connects to ${registry}`, async () => {
      const plain = { [registry]: { plainHTTP: true } };
      const client = harness.client({ registries: plain, limits: { attempts: 1 } });
      const result = await client.manifest({ registry, repository: "x" }, "1", soon());
      expect(outcome(result)).to.equal("registry.not_allowed");
    });
  }

  it("A112 never connects where a name leads to a metadata service", async () => {
    const lookup: RegistrySettings["lookup"] = (_, options, callback) => {
      const address = "169.254.169.254";
      if (options.all === true) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    };
    const client = harness.client({ lookup });
    const result = await client.manifest({ registry: "registry.test", repository: "x" }, "1", soon());
    expect(outcome(result)).to.equal("registry.not_allowed");
  });

  it("does not speak plain HTTP to a localhost that is not loopback", async () => {
    const lookup: RegistrySettings["lookup"] = (_, options, callback) => {
      if (options.all === true) callback(null, [{ address: "10.1.2.3", family: 4 }]);
      else callback(null, "10.1.2.3", 4);
    };
    const client = harness.client({ lookup });
    const result = await client.manifest({ registry: "localhost:5000", repository: "x" }, "1", soon());
    expect(outcome(result)).to.equal("registry.not_allowed");
  });
});
