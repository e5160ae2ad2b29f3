import { expect } from "chai";
import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  arrayAt,
  at,
  isObject,
  objectAt,
  stringAt,
  type JsonObject,
  type JsonValue,
} from "../../src/core/index.ts";
import { readConfig } from "../../src/server/index.ts";
import { loadPolicyFolder } from "../../src/policy/index.ts";
import { deploy, manifest, objectsOf } from "../deploy/manifests.ts";
import { createTlsAuthority } from "../lab/tls.ts";
import { provisionClients, type Clients } from "./clients.ts";

const CHART = join(deploy, "helm", "assay");

/** A policy with files in folders, as the chart's values bring them. */
const POLICY = {
  "policy.yaml": [
    "name: acme-images",
    "version: 1.0.0",
    "signers:",
    '  release: { issuer: https://issuer.example, identity: "https://github.com/acme/*" }',
    "images:",
    '  - match: ["**"]',
    "    collections: [minimal]",
    "    signature: { signers: [release] }",
    "",
  ].join("\n"),
};

describe("the Helm chart", () => {
  const gatekeeperCA = createTlsAuthority("gatekeeper");
  const ownCA = createTlsAuthority("assay");
  let clients: Clients;

  before(async function () {
    clients = await provisionClients(this, ["helm"]);
  });
  after(() => clients?.close());

  const values = (change: Readonly<Record<string, unknown>> = {}): string => {
    const path = join(mkdtempSync(join(clients.folder, "values-")), "values.json");
    const all = { policy: { files: POLICY }, gatekeeper: { clientCA: gatekeeperCA.cert }, ...change };
    writeFileSync(path, JSON.stringify(all));
    return path;
  };
  const render = (change: Readonly<Record<string, unknown>> = {}, ...flags: readonly string[]) =>
    clients.try("helm", "template", "assay", CHART, "-n", "assay", "-f", values(change), ...flags);
  async function rendered(...args: Parameters<typeof render>): Promise<readonly JsonObject[]> {
    const { ok, stdout, stderr } = await render(...args);
    if (!ok) throw new Error(stderr);
    return objectsOf(stdout);
  }

  const everything = { webhook: { enabled: true }, kyverno: { clusterPolicy: true } };

  it("passes helm lint, strictly", async () => {
    for (const change of [{}, everything]) {
      await clients.run("helm", "lint", CHART, "--strict", "-f", values(change));
    }
  });

  it("makes pods that nobody can do much with: not root, nothing writable, no token", async () => {
    const deployment = one(await rendered(everything), "Deployment");
    const spec = objectAt(deployment, "spec", "template", "spec");
    expect(at(spec, "automountServiceAccountToken")).to.equal(false);
    expect(at(spec, "securityContext")).to.deep.include({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const containers = arrayAt(spec, "containers") ?? [];
    expect(containers).to.have.lengthOf(1);
    expect(at(containers[0], "securityContext")).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(objectAt(containers[0], "resources", "limits")).to.have.property("memory");
    const volumes = arrayAt(spec, "volumes") ?? [];
    const mounted = (arrayAt(containers[0], "volumeMounts") ?? []).map((mount) => stringAt(mount, "name"));
    expect(mounted).to.have.members(volumes.map((volume) => stringAt(volume, "name")));
    expect(mounted.filter((name) => name !== "tmp")).to.have.lengthOf(mounted.length - 1);
  });

  it("writes a configuration and a policy that assay takes", async () => {
    const key = createTlsAuthority().cert;
    const files = { ...POLICY, "trust/extra.pem": key };
    const config = {
      budgets: { gatekeeper: "2s" },
      registries: { "registry.internal:5000": { plainHTTP: true } },
    };
    const objects = await rendered({ ...everything, policy: { files }, config });
    const folder = mkdtempSync(join(clients.folder, "etc-"));
    const maps = objects.filter(({ kind }) => kind === "ConfigMap");
    const dataOf = (name: string): JsonValue =>
      at(
        maps.find((map) => stringAt(map, "metadata", "name") === name),
        "data",
      ) ?? null;
    writeFileSync(join(folder, "assay.yaml"), stringAt(dataOf("assay"), "assay.yaml") ?? "");
    // As the kubelet puts them in place: by the volume's items.
    const volumes = arrayAt(one(objects, "Deployment"), "spec", "template", "spec", "volumes") ?? [];
    const volume = volumes.find((entry) => stringAt(entry, "name") === "policy");
    const items = arrayAt(volume, "configMap", "items") ?? [];
    expect(items).to.have.lengthOf(2);
    for (const entry of items) {
      const path = join(folder, "policy", stringAt(entry, "path") ?? "");
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, stringAt(dataOf("assay-policy"), stringAt(entry, "key") ?? "") ?? "");
    }

    const read = await readConfig(join(folder, "assay.yaml"));
    if (!read.ok) throw new Error(read.reason.message);
    expect(
      read.value.listeners.map(({ name, port, tls }) => [name, port, tls?.clientCA ?? null]),
    ).to.have.deep.members([
      ["gatekeeper", 8443, join(folder, "gatekeeper", "ca.crt")],
      ["kyverno", 8444, null],
      ["admission", 8445, null],
      ["metrics", 9090, null],
    ]);
    expect(read.value.budgets.gatekeeper).to.equal(2000);
    expect(read.value.policies.map(({ source }) => source)).to.deep.equal([join(folder, "policy")]);
    const policy = await loadPolicyFolder(join(folder, "policy"));
    expect(policy.ok ? [] : policy.faults).to.deep.equal([]);
  });

  it("starts new pods when configuration or policy change, and else not", async () => {
    const checksum = async (change: Readonly<Record<string, unknown>>) =>
      at(
        one(await rendered(change), "Deployment"),
        "spec",
        "template",
        "metadata",
        "annotations",
        "checksum/config",
      );
    const first = await checksum({});
    expect(first).to.match(/^[0-9a-f]{64}$/);
    expect(await checksum({ replicas: 5 })).to.equal(first);
    const files = { "policy.yaml": POLICY["policy.yaml"].replace("1.0.0", "1.0.1") };
    expect(await checksum({ policy: { files } })).not.to.equal(first);
    expect(await checksum({ config: { budgets: { kyverno: "3s" } } })).not.to.equal(first);
  });

  it("gives every caller the CA of the certificate that it makes, which names the service", async () => {
    const objects = await rendered(everything);
    const secret = objectAt(one(objects, "Secret"), "data");
    const decode = (text: string | undefined): string => Buffer.from(text ?? "", "base64").toString();
    const ca = decode(stringAt(secret, "ca.crt")).trim();
    const cert = new X509Certificate(decode(stringAt(secret, "tls.crt")));
    expect(cert.verify(new X509Certificate(ca).publicKey)).to.equal(true);
    expect(cert.checkHost("assay.assay.svc")).to.equal("assay.assay.svc");

    const providers = objects.filter(({ kind }) => kind === "Provider");
    const hooks = objects.flatMap((object) => arrayAt(object, "webhooks") ?? []);
    const given = [
      ...providers.map((provider) => decode(stringAt(provider, "spec", "caBundle"))),
      ...hooks.map((hook) => decode(stringAt(hook, "clientConfig", "caBundle"))),
      ...findAll(one(objects, "ClusterPolicy"), "caBundle"),
    ];
    expect(given).to.have.lengthOf(6);
    for (const pem of given) expect(pem.trim()).to.equal(ca);
  });

  it("makes the objects of deploy/ with its own CA", async () => {
    const objects = await rendered({ ...everything, tls: { ca: ownCA.cert } });
    const base64 = Buffer.from(`${ownCA.cert.trim()}\n`).toString("base64");
    const plain = ["gatekeeper/providers.yaml", "webhook/validating.yaml", "webhook/mutating.yaml"].flatMap(
      (file) => manifest(file, { CA_BUNDLE: base64 }),
    );
    expect(plain).to.have.lengthOf(5);
    for (const object of plain) {
      const name = stringAt(object, "metadata", "name");
      const same = objects.find(
        ({ kind, metadata }) => kind === object["kind"] && stringAt(metadata, "name") === name,
      );
      expect(withoutMetadata(same), name).to.deep.equal(withoutMetadata(object));
    }
    const [policy] = manifest("kyverno/cluster-policy.yaml");
    const indented = findAll(one(objects, "ClusterPolicy"), "caBundle");
    expect(indented).to.deep.equal([ownCA.cert.trim()]);
    expect(JSON.stringify(one(objects, "ClusterPolicy"))).to.equal(
      JSON.stringify(policy).replace("CA_BUNDLE", JSON.stringify(ownCA.cert.trim()).slice(1, -1)),
    );
  });

  it("keeps its own namespace out of what it guards, wherever it is installed", async () => {
    const { ok, stdout, stderr } = await clients.try(
      "helm",
      "template",
      "trust",
      CHART,
      "-n",
      "images",
      "-f",
      values(everything),
    );
    expect(ok, stderr).to.equal(true);
    const objects = objectsOf(stdout);
    const hooks = objects.flatMap((object) => arrayAt(object, "webhooks") ?? []);
    expect(hooks).to.have.lengthOf(2);
    for (const hook of hooks) {
      const [expression] = arrayAt(hook, "namespaceSelector", "matchExpressions") ?? [];
      expect(at(expression, "values")).to.deep.equal(["images", "kube-system"]);
      expect(at(hook, "clientConfig", "service")).to.include({ namespace: "images", name: "trust-assay" });
    }
    const policy = JSON.stringify(one(objects, "ClusterPolicy"));
    expect(policy).to.include('"namespaces":["images","kube-system","kyverno"]');
    expect(policy).to.include("https://trust-assay.images.svc:8444/");
    expect(stdout).not.to.include("assay.assay.svc");
  });

  it("has cert-manager make the certificate and put its CA into the webhooks", async () => {
    const objects = await rendered({
      ...everything,
      kyverno: {},
      tls: { mode: "certManager", ca: ownCA.cert },
    });
    expect(objects.filter(({ kind }) => kind === "Certificate")).to.have.lengthOf(2);
    expect(objects.some(({ kind }) => kind === "Secret")).to.equal(false);
    for (const object of objects.filter((object) =>
      (stringAt(object, "kind") ?? "").endsWith("WebhookConfiguration"),
    )) {
      expect(at(object, "metadata", "annotations", "cert-manager.io/inject-ca-from")).to.equal(
        "assay/assay-tls",
      );
    }
  });

  const refused: readonly {
    readonly name: string;
    readonly change: Readonly<Record<string, unknown>>;
    readonly says: string;
  }[] = [
    { name: "no policy", change: { policy: {} }, says: "give exactly one of" },
    {
      name: "two policies",
      change: { policy: { files: POLICY, bundle: "QQ==" } },
      says: "give exactly one of",
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
    { name: "no CA of Gatekeeper", change: { gatekeeper: {} }, says: "gatekeeper.clientCA: give the CA" },
    { name: "a CA that is none", change: { gatekeeper: { clientCA: "x" } }, says: "clientCA" },
    { name: "listeners of one's own", change: { config: { listeners: {} } }, says: "listeners" },
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
  for (const { name, change, says } of refused) {
    it(`refuses ${name}`, async () => {
      const base = name === "no CA of Gatekeeper" ? { gatekeeper: {} } : {};
      const { ok, stderr } = await render({ ...base, ...change });
      expect(ok).to.equal(false);
      expect(stderr).to.include(says);
    });
  }
});

function one(objects: readonly JsonObject[], kind: string): JsonObject {
  const found = objects.filter((object) => object["kind"] === kind);
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw new Error(`${String(found.length)} objects are a ${kind}`);
  return first;
}

function withoutMetadata(object: JsonObject | undefined): object {
  return { ...object, metadata: stringAt(object, "metadata", "name") };
}

function findAll(value: JsonValue | undefined, key: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => findAll(entry, key));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) =>
    name === key && typeof entry === "string" ? [entry] : findAll(entry, key),
  );
}
