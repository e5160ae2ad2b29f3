import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { arrayAt, at, objectAt, stringAt, type JsonObject } from "../../src/core/index.ts";
import { ServiceMetrics } from "../../src/server/index.ts";
import { createTlsAuthority } from "../lab/tls.ts";
import { Chart, CHART, one, podOf, POLICY, type Values } from "./chart.ts";
import { provisionClients, type Clients } from "./clients.ts";

const OCI = "oci://registry.example/policies/acme:stable";

describe("the Helm chart's values", () => {
  let clients: Clients;
  let chart: Chart;

  before(async function () {
    clients = await provisionClients(this, ["helm"]);
    const clientCA = createTlsAuthority("any").cert;
    chart = new Chart(clients, { policy: { files: POLICY }, gatekeeper: { clientCA } });
  });
  after(() => clients?.close());

  it("gives pods a token and rights only where assay asks the API server for something", async () => {
    const jwt = {
      jwt: { issuer: "https://issuer.example", audience: "assay", keys: "mounts/jwks/jwks.json" },
    };
    const objects = await chart.objects({
      mounts: { jwks: { secret: "jwks" } },
      kyverno: { auth: jwt },
      // Nobody listens there.
      api: { enabled: false, auth: { tokenReview: { audience: "assay" } } },
    });
    expect(at(podOf(objects), "automountServiceAccountToken")).to.equal(false);
    expect(objects.filter(({ kind }) => typeof kind === "string" && kind.includes("Role"))).to.deep.equal([]);
  });

  it("starts new pods for what is read once, and not for a policy, which is read again", async () => {
    const template = async (change: Values) =>
      JSON.stringify(at(one(await chart.objects(change), "Deployment"), "spec", "template"));
    const first = await template({});
    const files = { "policy.yaml": POLICY["policy.yaml"].replace("1.0.0", "1.0.1") };
    expect(await template({ replicas: 5 })).to.equal(first);
    expect(await template({ policy: { files } })).to.equal(first);
    const bundled = await template({ policy: { bundle: "QUFB" } });
    expect(await template({ policy: { bundle: "QkJC" } })).to.equal(bundled);
    expect(await template({ config: { budgets: { kyverno: "3s" } } })).not.to.equal(first);
    const keyed = (text: string) => ({ mounts: { release: { data: { "release.pub": text } } } });
    expect(await template(keyed("one"))).not.to.equal(await template(keyed("another")));
    const mounted = await chart.objects({ policy: { files } });
    const volume = (arrayAt(podOf(mounted), "containers", 0, "volumeMounts") ?? []).find(
      (mount) => stringAt(mount, "name") === "policy-default",
    );
    // What is mounted by subPath never changes.
    expect(volume).to.deep.equal({
      name: "policy-default",
      mountPath: "/etc/assay/policies/default",
      readOnly: true,
    });
  });

  it("has Prometheus ask for metrics that assay has, and nothing of it unless asked for", async () => {
    const operator = (objects: readonly JsonObject[]) =>
      objects.filter(({ apiVersion }) => apiVersion === "monitoring.coreos.com/v1");
    expect(operator(await chart.objects())).to.deep.equal([]);
    const objects = await chart.objects({
      monitoring: {
        serviceMonitor: { enabled: true, labels: { release: "prometheus" } },
        prometheusRule: { enabled: true, alertLabels: { team: "platform" } },
      },
    });
    expect(operator(objects)).to.have.lengthOf(2);
    const ports = arrayAt(one(objects, "Service"), "spec", "ports") ?? [];
    const [endpoint] = arrayAt(one(objects, "ServiceMonitor"), "spec", "endpoints") ?? [];
    expect(ports.map((port) => stringAt(port, "name"))).to.include(stringAt(endpoint, "port"));
    const rules = arrayAt(one(objects, "PrometheusRule"), "spec", "groups", 0, "rules") ?? [];
    const known = new ServiceMetrics(() => null).registry.render();
    expect(rules).to.have.lengthOf.above(5);
    for (const rule of rules) {
      expect(at(rule, "labels", "team")).to.equal("platform");
      const names = (stringAt(rule, "expr") ?? "").match(/assay_[a-z_]+/g) ?? [];
      expect(names, stringAt(rule, "alert")).to.have.lengthOf.above(0);
      for (const name of names) expect(known).to.match(new RegExp(`^# TYPE ${name} `, "m"));
    }
  });

  it("takes every key of assay.yaml that is not the chart's own", () => {
    const json = (path: string) => JSON.parse(readFileSync(path, "utf8")) as JsonObject;
    const root = join(import.meta.dirname, "..", "..");
    const schema = json(join(root, "schemas", "config.schema.json"));
    const values = json(join(CHART, "values.schema.json"));
    const keys = (value: JsonObject | undefined) => Object.keys(value ?? {});
    const own = new Set(["listeners", "policies", "pullSecrets"]);
    expect(keys(objectAt(values, "properties", "config", "properties"))).to.have.members(
      keys(objectAt(schema, "properties")).filter((key) => !own.has(key)),
    );
    const ways = new Set(["files", "bundle", "bundleConfigMap"]);
    const several = keys(objectAt(values, "properties", "policies", "items", "properties"));
    expect(several.filter((key) => !ways.has(key))).to.have.members(
      keys(objectAt(schema, "properties", "policies", "items", "properties")),
    );
    const single = keys(objectAt(values, "definitions", "policy", "properties"));
    expect([...single, "name"]).to.have.members(several);
    expect(keys(objectAt(values, "definitions", "auth", "properties"))).to.have.members(
      keys(objectAt(schema, "$defs", "auth", "properties")),
    );
  });

  const spoilings: readonly { readonly name: string; readonly change: Values; readonly says: string }[] = [
    { name: "no policy", change: { policy: {} }, says: "give exactly one of" },
    {
      name: "a policy in two ways",
      change: { policy: { files: POLICY, bundle: "QQ==" } },
      says: "exactly one of",
    },
    {
      name: "policy and policies",
      change: { policies: [{ name: "a", source: OCI }] },
      says: "give one of them",
    },
    {
      name: "one of several without a source",
      change: { policy: {}, policies: [{ name: "a" }] },
      says: "policy a:",
    },
    { name: "one of several without a name", change: { policies: [{ source: OCI }] }, says: "name" },
    {
      name: "a source that is a path of the image",
      change: { policy: { source: "/policy" } },
      says: "source",
    },
    {
      name: "a folder without policy.yaml",
      change: { policy: { files: { a: "b" } } },
      says: "policy.yaml is missing",
    },
    {
      name: "a path that leaves the folder",
      change: { policy: { files: { ...POLICY, "../x": "" } } },
      says: "meet the specifi",
    },
    {
      name: "a key that nobody brings",
      change: { policy: { source: OCI, signers: [{ key: "mounts/keys/a.pub" }] } },
      says: "mounts.keys: a file of it is named",
    },
    {
      name: "a mount of two things",
      change: { mounts: { a: { secret: "a", configMap: "b" } } },
      says: "mounts",
    },
    {
      name: "a variable that nobody brings",
      change: { config: { traces: { url: "http://collector:4318/", tokenEnv: "TOKEN" } } },
      says: "secretEnv.TOKEN: the variable is named",
    },
    { name: "an API that anybody may ask", change: { api: { enabled: true } }, says: "api: say who may ask" },
    {
      name: "an API that only a network policy guards, without one",
      change: { api: { enabled: true, from: [{ podSelector: {} }] }, networkPolicy: { enabled: false } },
      says: "api: say who may ask",
    },
    { name: "no CA of Gatekeeper", change: { gatekeeper: {} }, says: "gatekeeper.clientCA: give the CA" },
    { name: "a CA that is none", change: { gatekeeper: { clientCA: "x" } }, says: "clientCA" },
    { name: "listeners of one's own", change: { config: { listeners: {} } }, says: "listeners" },
    { name: "a key that assay.yaml has not", change: { config: { caches: {} } }, says: "caches" },
    { name: "a value that nobody knows", change: { replica: 2 }, says: "replica" },
    {
      name: "a Provider without a timeout",
      change: { gatekeeper: { timeoutSeconds: 0 } },
      says: "timeoutSeconds",
    },
    {
      name: "a Secret whose CA cannot be read",
      change: { tls: { mode: "existingSecret", existingSecret: "mine" } },
      says: "tls.ca: give the CA",
    },
  ];
  for (const { name, change, says } of spoilings) {
    it(`refuses ${name}`, async () => {
      const { ok, stderr } = await chart.try(change);
      expect(ok).to.equal(false);
      expect(stderr).to.include(says);
    });
  }
});
