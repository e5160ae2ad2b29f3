import { expect } from "chai";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { openImageSources, serviceCredentials } from "../../src/cli/setup-pull-secrets.ts";
import { createRegistry, type ContentSource } from "../../src/registry/index.ts";
import {
  createLog,
  DEFAULT_CACHE_CONFIG,
  type ListenerSettings,
  type ServiceConfig,
} from "../../src/server/index.ts";
import { requestFor } from "../decision/world.ts";

const PULL: NonNullable<ServiceConfig["pullSecrets"]> = {
  api: { server: new URL("https://api.test"), ca: "/nowhere", token: "/nowhere" },
  surfaces: new Set(["admission"]),
  namespaces: ["*"],
};

describe("openImageSources", () => {
  const registry = createRegistry();
  after(() => registry.close());
  const open = (pullSecrets: ServiceConfig["pullSecrets"], listeners: readonly ListenerSettings[] = []) => {
    const lines: string[] = [];
    const scopes: (string | undefined)[] = [];
    const sources = openImageSources(
      { pullSecrets, listeners },
      {
        registry,
        remembering: (source, scope) => {
          scopes.push(scope);
          return source;
        },
        ownCredentials: () => Promise.resolve({ ok: true, value: undefined }),
        log: createLog((line) => lines.push(line)),
      },
    );
    const warned = lines.map((line) => (JSON.parse(line) as { listener?: string }).listener);
    return { sources, scopes, warned };
  };

  it("without configuration everything is asked with the service's own credentials", async () => {
    const { sources, scopes, warned } = open(null);
    const asked: ContentSource[] = [];
    const request = requestFor("ghcr.io/acme/app:1", { surface: "admission", namespace: "team-a" });
    const answer = await sources.ask(
      request,
      AbortSignal.timeout(1_000),
      (source) => {
        asked.push(source);
        return Promise.resolve("answer");
      },
      { reasonOf: () => ({ code: "registry.auth_failed", message: "" }), because: ({ code }) => code },
    );
    expect([answer, asked, scopes, warned]).to.deep.equal(["answer", [registry], [undefined], []]);
  });

  it("A126 with it, an API server that cannot be asked leaves the image open", async () => {
    const request = requestFor("ghcr.io/acme/app:1", { surface: "admission", namespace: "team-a" });
    const answer = await open(PULL).sources.ask(
      request,
      AbortSignal.timeout(1_000),
      () => Promise.reject(new Error("must not be asked")),
      { reasonOf: () => null, because: ({ code }) => code },
    );
    expect(answer).to.equal("credentials.unavailable");
  });

  it("warns of listeners on which anybody in the network may say of what namespace a pod is", () => {
    const tls = { cert: "c", key: "k", clientCA: null };
    const place = { host: "0.0.0.0", port: 1 };
    const { warned } = open(PULL, [
      { name: "gatekeeper", ...place, tls: { ...tls, clientCA: "ca" } },
      { name: "kyverno", ...place, tls, auth: { tokens: ["t"], jwt: null, tokenReview: null } },
      { name: "admission", ...place, tls },
      { name: "api", host: "127.0.0.1", port: 1, tls: null },
      { name: "metrics", ...place, tls: null },
    ]);
    expect(warned).to.deep.equal(["admission"]);
  });
});

describe("serviceCredentials", () => {
  it("T028 runs helpers without the secrets that the configuration names", async () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-helper-"));
    const secrets = ["CACHE", "CACHE_USER", "CACHE_PASSWORD", "LOG_TOKEN", "TRACE_TOKEN"];
    const before = { ...process.env };
    try {
      mkdirSync(join(folder, "bin"));
      const helper = join(folder, "bin", "docker-credential-env");
      const seen = ["CLOUD", ...secrets].map((name) => `$ASSAY_TEST_${name}`).join("");
      writeFileSync(helper, `#!/bin/sh\nprintf '{"Username":"u","Secret":"%s"}' "${seen}"\n`);
      chmodSync(helper, 0o755);
      writeFileSync(join(folder, "config.json"), JSON.stringify({ credsStore: "env" }));
      for (const name of secrets) process.env[`ASSAY_TEST_${name}`] = "s3cret";
      process.env["ASSAY_TEST_CLOUD"] = "role";
      process.env["DOCKER_CONFIG"] = folder;
      process.env["PATH"] = `${join(folder, "bin")}${delimiter}${before["PATH"] ?? ""}`;
      const url = new URL("https://collector.test");
      const source = serviceCredentials({
        cache: {
          ...DEFAULT_CACHE_CONFIG,
          shared: {
            host: "cache.test",
            port: 6379,
            database: 0,
            tls: true,
            ca: null,
            timeout: 100,
            secretEnv: "ASSAY_TEST_CACHE",
            usernameEnv: "ASSAY_TEST_CACHE_USER",
            passwordEnv: "ASSAY_TEST_CACHE_PASSWORD",
          },
        },
        decisionLog: { to: { kind: "http", url, ca: null, tokenEnv: "ASSAY_TEST_LOG_TOKEN" }, mask: [] },
        traces: { url, ca: null, tokenEnv: "ASSAY_TEST_TRACE_TOKEN", sample: 1, serviceName: "assay" },
      });
      const found = await source("ghcr.io", { signal: AbortSignal.timeout(5_000), fresh: false });
      expect(found.ok && found.value).to.deep.equal({ kind: "basic", username: "u", password: "role" });
    } finally {
      for (const name of Object.keys(process.env)) {
        if (!(name in before)) Reflect.deleteProperty(process.env, name);
      }
      Object.assign(process.env, before);
      rmSync(folder, { recursive: true });
    }
  });
});
