import { expect } from "chai";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { arrayAt, at, objectAt, stringAt, type JsonObject } from "../../src/core/index.ts";
import { loadPolicyFolder } from "../../src/policy/index.ts";
import { readConfig, type ServiceConfig } from "../../src/server/index.ts";
import { createTlsAuthority } from "../lab/tls.ts";
import { Chart, layOut, one, podOf, POLICY, type Others, type Values } from "./chart.ts";
import { provisionClients, type Clients } from "./clients.ts";

/** Of the token that a pod has where the chart says so. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";
const OCI = "oci://registry.example/policies/acme:stable";

describe("the Helm chart's assay.yaml", () => {
  const ca = createTlsAuthority("any").cert;
  let clients: Clients;
  let chart: Chart;

  before(async function () {
    clients = await provisionClients(this, ["helm"]);
    chart = new Chart(clients, { policy: { files: POLICY }, gatekeeper: { clientCA: ca } });
  });
  after(() => clients?.close());

  interface Read {
    readonly config: ServiceConfig;
    /** Where /etc/assay is. */
    readonly etc: string;
    readonly objects: readonly JsonObject[];
  }

  /** What the service reads of the rendered chart; every file that it names is there, and every folder is writable. */
  async function read(change: Values, others: Others = {}): Promise<Read> {
    const objects = await chart.objects(change);
    const etc = mkdtempSync(join(clients.folder, "etc-"));
    const writable = layOut(objects, etc, others);
    const config = await readConfig(join(etc, "assay.yaml"));
    if (!config.ok) throw new Error(config.reason.message);
    for (const path of pathsIn(config.value)) {
      if (path.startsWith(etc)) expect(existsSync(path), path).to.equal(true);
      else if (!path.startsWith(ACCOUNT)) {
        expect(
          writable.some((folder) => path.startsWith(`${folder}/`)),
          path,
        ).to.equal(true);
      }
    }
    return { config: config.value, etc, objects };
  }
  it("has listeners, budgets and a policy folder that assay takes", async () => {
    const files = { ...POLICY, "trust/extra.pem": ca };
    const { config, etc } = await read({
      policy: { files },
      webhook: { enabled: true },
      config: {
        budgets: { gatekeeper: "2s" },
        registries: { "registry.internal:5000": { plainHTTP: true } },
      },
    });
    expect(config.listeners.map(({ name, port, tls }) => [name, port, tls?.clientCA ?? null])).to.deep.equal([
      ["gatekeeper", 8443, join(etc, "gatekeeper", "ca.crt")],
      ["kyverno", 8444, null],
      ["admission", 8445, null],
      ["metrics", 9090, null],
    ]);
    expect(config.budgets.gatekeeper).to.equal(2000);
    expect(config.policies.map(({ source, lastGood }) => [source, lastGood])).to.deep.equal([
      [join(etc, "policies", "default"), null],
    ]);
    expect(readFileSync(join(etc, "policies", "default", "trust", "extra.pem"), "utf8")).to.equal(ca);
    const policy = await loadPolicyFolder(join(etc, "policies", "default"));
    expect(policy.ok ? [] : policy.faults).to.deep.equal([]);
  });

  it("has several policies: from values, a ConfigMap and elsewhere, each with its signers, one with a shadow", async () => {
    const { config, etc } = await read(
      {
        policy: {},
        mounts: { release: { data: { "release.pub": "key" } }, server: { secret: "policy-server" } },
        policies: [
          {
            name: "default",
            source: OCI,
            signers: [{ name: "release", key: "mounts/release/release.pub" }],
            refresh: "5m",
            maxAge: "24h",
            requireSequence: true,
            shadow: { source: "oci://registry.example/policies/acme:next" },
          },
          {
            name: "prod",
            source: "https://policies.example/prod.tar.gz",
            namespaces: ["prod", "prod-*"],
            credentials: { tokenFile: "mounts/server/token", ca: "mounts/server/ca.crt" },
            lastGood: "/var/lib/assay/prod",
          },
          { name: "team-a", files: POLICY, namespaces: ["team-a"] },
          { name: "team-b", bundleConfigMap: "team-b-policy", namespaces: ["team-b"], refresh: 0 },
          { name: "team-c", bundle: Buffer.from("bundle").toString("base64"), namespaces: ["team-c"] },
        ],
      },
      {
        "policy-server": { token: "t", "ca.crt": ca },
        "team-b-policy": { "bundle.tar.gz": "bundle" },
      },
    );
    const found = config.policies.map(({ name, source, namespaces, lastGood, refresh }) => ({
      name,
      source,
      namespaces,
      lastGood,
      refresh,
    }));
    const kept = "/var/lib/assay/policies";
    const here = (path: string) => join(etc, "policies", path);
    expect(found).to.deep.equal([
      { name: "default", source: OCI, namespaces: null, lastGood: kept, refresh: 300_000 },
      {
        name: "prod",
        source: "https://policies.example/prod.tar.gz",
        namespaces: ["prod", "prod-*"],
        lastGood: "/var/lib/assay/prod",
        refresh: 60_000,
      },
      { name: "team-a", source: here("team-a"), namespaces: ["team-a"], lastGood: null, refresh: 60_000 },
      {
        name: "team-b",
        source: here("team-b/bundle.tar.gz"),
        namespaces: ["team-b"],
        lastGood: null,
        refresh: 0,
      },
      {
        name: "team-c",
        source: here("team-c/bundle.tar.gz"),
        namespaces: ["team-c"],
        lastGood: null,
        refresh: 60_000,
      },
    ]);
    expect(readFileSync(here("team-c/bundle.tar.gz"), "utf8")).to.equal("bundle");
    expect(config.policies[0]?.shadow?.source).to.equal("oci://registry.example/policies/acme:next");
    expect(config.policies[0]?.signers).to.deep.equal([
      { name: "release", key: join(etc, "mounts", "release", "release.pub") },
    ]);
  });

  it("keeps the last good policies and what TUF has proven as long as the pod, or in a claim", async () => {
    const change = { policy: { source: OCI }, config: { trust: { refresh: "12h" } } };
    const { config, objects } = await read(change);
    expect(config.trust?.cacheFolder).to.equal("/var/lib/assay/tuf");
    const volume = (all: readonly JsonObject[]) =>
      (arrayAt(podOf(all), "volumes") ?? []).find((each) => stringAt(each, "name") === "state");
    expect(volume(objects)).to.deep.equal({ name: "state", emptyDir: { sizeLimit: "512Mi" } });
    // Else a kubelet opens to the group what assay demands to be its own.
    expect(stringAt(podOf(objects), "securityContext", "fsGroupChangePolicy")).to.equal("OnRootMismatch");
    const claimed = await chart.objects({ ...change, state: { claim: "assay-state" } });
    expect(volume(claimed)).to.deep.equal({
      name: "state",
      persistentVolumeClaim: { claimName: "assay-state" },
    });
    expect(volume(await chart.objects())).to.equal(undefined);
  });

  it("has caches, logs and traces, their secrets out of Secrets, a disk with more room than it takes", async () => {
    const { config, objects } = await read(
      {
        mounts: { authorities: { configMap: "authorities" } },
        secretEnv: {
          CACHE_SECRET: { secret: "assay-cache", key: "secret" },
          CACHE_PASSWORD: { secret: "assay-cache", key: "password" },
          LOGS_TOKEN: { secret: "assay-logs", key: "token" },
        },
        config: {
          cache: {
            tags: "30s",
            disk: { bytes: "2GiB" },
            shared: {
              url: "rediss://cache.internal:6379/0",
              secretEnv: "CACHE_SECRET",
              passwordEnv: "CACHE_PASSWORD",
              ca: "mounts/authorities/cache.crt",
            },
          },
          load: { decisions: 128, queue: 10_000 },
          decisionLog: { http: { url: "https://logs.example/logs", tokenEnv: "LOGS_TOKEN" } },
          traces: { url: "http://otel-collector.monitoring:4318/v1/traces", sample: 0.25 },
        },
      },
      { authorities: { "cache.crt": ca } },
    );
    expect(config.cache.disk).to.deep.equal({ folder: "/var/cache/assay/blobs", bytes: 2 * 1024 ** 3 });
    expect(config.cache.shared).to.include({ host: "cache.internal", tls: true, secretEnv: "CACHE_SECRET" });
    expect(config.load).to.include({ decisions: 128, queue: 10_000 });
    expect(config.decisionLog).to.deep.include({ mask: [] });
    expect(config.traces).to.include({ sample: 0.25 });
    const container = arrayAt(podOf(objects), "containers")?.[0];
    expect((arrayAt(container, "env") ?? []).slice(1)).to.have.deep.members([
      fromSecret("CACHE_SECRET", "assay-cache", "secret"),
      fromSecret("CACHE_PASSWORD", "assay-cache", "password"),
      fromSecret("LOGS_TOKEN", "assay-logs", "token"),
    ]);
    const volumes = arrayAt(podOf(objects), "volumes") ?? [];
    expect(volumes).to.deep.include({ name: "cache", emptyDir: { sizeLimit: "2560Mi" } });
  });

  it("has callers show who they are: by client certificates, JSON Web Tokens, the API server's word", async () => {
    const subjects = ["system:serviceaccount:kyverno:kyverno-admission-controller"];
    const { config, etc, objects } = await read(
      {
        gatekeeper: {
          clientCA: ca,
          allowedNames: ["gatekeeper-webhook-service.gatekeeper-system.svc"],
        },
        kyverno: { auth: { tokenReview: { audience: "assay", subjects } } },
        webhook: { enabled: true, clientCASecret: "api-server-ca" },
        mounts: { jwks: { data: { "jwks.json": '{"keys":[]}' } } },
        api: {
          enabled: true,
          auth: {
            jwt: { issuer: "https://issuer.example", audience: "assay", keys: "mounts/jwks/jwks.json" },
          },
          from: [{ namespaceSelector: {} }],
        },
      },
      { "api-server-ca": { "ca.crt": ca } },
    );
    const listeners = new Map(config.listeners.map((listener) => [listener.name, listener]));
    expect(listeners.get("gatekeeper")?.tls?.allowedNames).to.deep.equal([
      "gatekeeper-webhook-service.gatekeeper-system.svc",
    ]);
    expect(listeners.get("kyverno")?.auth?.tokenReview).to.deep.include({ audience: "assay", subjects });
    expect(listeners.get("admission")?.tls?.clientCA).to.equal(join(etc, "admission", "ca.crt"));
    expect(listeners.get("api")).to.include({ port: 8446 });
    expect(listeners.get("api")?.auth?.jwt).to.deep.include({ audience: "assay" });

    expect(at(podOf(objects), "automountServiceAccountToken")).to.equal(true);
    const granted = objects.filter(({ kind }) => typeof kind === "string" && kind.startsWith("ClusterRole"));
    expect(granted.map(({ kind }) => kind)).to.have.members(["ClusterRole", "ClusterRoleBinding"]);
    expect(at(one(objects, "ClusterRole"), "rules")).to.deep.equal([
      { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
    ]);
    expect(at(one(objects, "ClusterRoleBinding"), "subjects")).to.deep.equal([
      { kind: "ServiceAccount", name: "assay", namespace: "assay" },
    ]);
    const network = objectAt(one(objects, "NetworkPolicy"), "spec");
    expect(arrayAt(network, "egress")).to.deep.include({ ports: [{ port: 6443, protocol: "TCP" }] });
    expect(arrayAt(network, "ingress")).to.deep.include({
      ports: [{ port: "api" }],
      from: [{ namespaceSelector: {} }],
    });
    const ports = (arrayAt(one(objects, "Service"), "spec", "ports") ?? []).map((port) => at(port, "port"));
    expect(ports).to.deep.equal([8443, 8444, 8445, 8446, 9090]);
  });

  it("takes the values that docs/kubernetes.md shows", async () => {
    const text = readFileSync(join(import.meta.dirname, "..", "..", "docs", "kubernetes.md"), "utf8");
    const blocks = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(
      ([, block = ""]) => parse(block.replace("sha256:…", `sha256:${"0".repeat(64)}`)) as Values,
    );
    expect(blocks).to.have.lengthOf(5);
    const others = {
      "registry-login": { ".dockerconfigjson": "{}" },
      "policy-server": { token: "t", "ca.crt": ca },
      "internal-cas": { "valkey.crt": ca },
    };
    for (const values of blocks) {
      await read({ ...("policies" in values ? { policy: {} } : {}), ...values }, others);
    }
  });
});

/** Absolute paths among all texts, however deep. */
function pathsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.startsWith("/") ? [value] : [];
  if (value instanceof Map) return [...value.values()].flatMap(pathsIn);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}

function fromSecret(variable: string, secret: string, key: string): object {
  return { name: variable, valueFrom: { secretKeyRef: { name: secret, key } } };
}
