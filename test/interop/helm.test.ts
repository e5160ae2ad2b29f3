import { expect } from "chai";
import { X509Certificate } from "node:crypto";
import { arrayAt, at, objectAt, stringAt, type JsonObject } from "../../src/core/index.ts";
import { manifest, objectsOf } from "../deploy/manifests.ts";
import { createTlsAuthority } from "../lab/tls.ts";
import { Chart, CHART, findAll, one, POLICY } from "./chart.ts";
import { provisionClients, type Clients } from "./clients.ts";

describe("the Helm chart", () => {
  const gatekeeperCA = createTlsAuthority("gatekeeper");
  const ownCA = createTlsAuthority("assay");
  let clients: Clients;
  let chart: Chart;

  before(async function () {
    clients = await provisionClients(this, ["helm"]);
    chart = new Chart(clients, { policy: { files: POLICY }, gatekeeper: { clientCA: gatekeeperCA.cert } });
  });
  after(() => clients?.close());

  const everything = { webhook: { enabled: true }, kyverno: { clusterPolicy: true } };

  it("passes helm lint, strictly", async () => {
    const more = {
      policy: {},
      policies: [{ name: "default", source: "oci://registry.example/policies/acme:stable" }],
      kyverno: { auth: { tokenReview: { audience: "assay" } } },
      api: { enabled: true, clientCASecret: "api-ca" },
      config: { trust: { refresh: "12h" }, cache: { disk: { bytes: "512MiB" } } },
      monitoring: { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true } },
    };
    for (const change of [{}, everything, more]) await chart.lint(change);
  });

  it("makes pods that nobody can do much with: not root, nothing writable, no token", async () => {
    const deployment = one(await chart.objects(everything), "Deployment");
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

  it("gives every caller the CA of the certificate that it makes, which names the service", async () => {
    const objects = await chart.objects(everything);
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
    const objects = await chart.objects({ ...everything, tls: { ca: ownCA.cert } });
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
      chart.values(everything),
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
    const objects = await chart.objects({
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
});

function withoutMetadata(object: JsonObject | undefined): object {
  return { ...object, metadata: stringAt(object, "metadata", "name") };
}
