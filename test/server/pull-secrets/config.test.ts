import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../../src/server/index.ts";

describe("pullSecrets of the configuration", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-config-"));
  });
  after(() => rm(folder, { recursive: true }));
  const read = async (pullSecrets?: unknown) => {
    const file = join(folder, "assay.yaml");
    const text = {
      listeners: { api: { address: "127.0.0.1:0" } },
      policies: [{ source: "policy" }],
      ...(pullSecrets !== undefined && { pullSecrets }),
    };
    await writeFile(file, JSON.stringify(text));
    return readConfig(file);
  };

  it("is absent: nobody's are read", async () => {
    const config = await read();
    expect(config.ok && config.value.pullSecrets).to.equal(null);
  });

  it("is empty: those of all namespaces, on the API server's word, by the service account's own right", async () => {
    const config = await read({});
    const account = "/var/run/secrets/kubernetes.io/serviceaccount";
    expect(config.ok && config.value.pullSecrets).to.deep.equal({
      api: {
        server: new URL("https://kubernetes.default.svc"),
        ca: `${account}/ca.crt`,
        token: `${account}/token`,
      },
      surfaces: new Set(["admission"]),
      namespaces: ["*"],
    });
  });

  it("says for whom and how", async () => {
    const config = await read({
      surfaces: ["gatekeeper", "http"],
      namespaces: ["team-*", "prod"],
      server: "https://api.test:6443",
      ca: "ca.crt",
      token: "token",
    });
    expect(config.ok && config.value.pullSecrets).to.deep.equal({
      api: {
        server: new URL("https://api.test:6443"),
        ca: join(folder, "ca.crt"),
        token: join(folder, "token"),
      },
      surfaces: new Set(["gatekeeper", "http"]),
      namespaces: ["team-*", "prod"],
    });
  });

  for (const [name, pullSecrets, says] of [
    ["a surface that is none", { surfaces: ["cli"] }, /pullSecrets\.surfaces/],
    ["no surface", { surfaces: [] }, /pullSecrets\.surfaces/],
    ["no namespace", { namespaces: [] }, /pullSecrets\.namespaces/],
    ["a namespace that is none", { namespaces: ["a/b"] }, /pullSecrets\.namespaces/],
    ["an API server without TLS", { server: "http://api.test" }, /pullSecrets\.server/],
    ["a key that is none", { secrets: [] }, /pullSecrets\.secrets: unknown key/],
    ["a list", [], /pullSecrets/],
  ] as const) {
    it(`T254 ${name} is a fault`, async () => {
      const config = await read(pullSecrets);
      expect(config.ok ? "read" : config.reason.message).to.match(says);
    });
  }
});
