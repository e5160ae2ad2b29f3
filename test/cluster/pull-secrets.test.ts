import { expect } from "chai";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { buildWorld, type DemoWorld } from "../../demo/images.ts";
import { stringAt, type JsonValue } from "../../src/core/index.ts";
import { deploy, objectsOf } from "../deploy/manifests.ts";
import { authorities, startAssayService, type AssayService } from "../interop/assay-service.ts";
import { provisionClients, type Clients } from "../interop/clients.ts";
import { pod } from "../interop/workloads.ts";
import { CONTROL_PLANE, startControlPlane, type ControlPlane, type Said } from "./control-plane.ts";
import { eventually } from "./processes.ts";

const POLICY = join(import.meta.dirname, "..", "..", "demo", "policy");
const CHART = join(deploy, "helm", "assay");
/** Whose tokens the listener `kyverno` takes. */
const TOKENS = { audience: "assay", subjects: ["system:serviceaccount:team-a:caller"] };
const PASSWORD = "s3cr3t-canary";

/** A real API server with the chart's rights, and a registry that nobody reads without a password. */
describe("a cluster whose tenants have private images", () => {
  let clients: Clients;
  let plane: ControlPlane;
  let world: DemoWorld;
  let assay: AssayService;
  /** PEM: whom callers of assay believe. */
  let authority: string;
  let good: string;
  let bad: string;

  before(async function () {
    clients = await provisionClients(this, [...CONTROL_PLANE, "helm"]);
    this.timeout(300_000);
    world = await buildWorld();
    good = world.images.find(({ expected }) => expected === "allow")?.reference ?? "";
    bad = world.images.find(({ expected }) => expected === "deny")?.reference ?? "";
    const known = `Basic ${Buffer.from(`robot:${PASSWORD}`).toString("base64")}`;
    world.registry.misbehave = ({ headers }) =>
      headers["authorization"] === known
        ? undefined
        : { status: 401, headers: { "www-authenticate": 'Basic realm="test"' }, body: "{}" };
    plane = await startControlPlane(clients);
    for (const name of ["assay", "team-a", "team-b", "team-c"]) await plane.must("create", "namespace", name);
    const { server, clients: callers } = authorities();
    authority = server.cert;
    const chart = objectsOf(await renderChart(server.cert));
    const ofKind = (...kinds: readonly string[]) =>
      chart.filter((object) => kinds.includes(stringAt(object, "kind") ?? ""));
    await plane.apply(ofKind("ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"));
    const folder = mkdtempSync(join(clients.folder, "assay-"));
    const token = join(folder, "token");
    writeFileSync(token, await plane.must("-n", "assay", "create", "token", "assay"), { mode: 0o600 });
    const kubeconfig: JsonValue = JSON.parse(readFileSync(plane.kubeconfig, "utf8"));
    const api = stringAt(kubeconfig, "clusters", 0, "cluster", "server") ?? "";
    const ca = stringAt(kubeconfig, "clusters", 0, "cluster", "certificate-authority") ?? "";
    assay = await startAssayService({
      folder,
      policy: POLICY,
      trust: { "demo.json": world.trustedRoot },
      // As the API server calls it.
      server: { ...server, server: () => server.server({ names: ["assay.assay.svc"] }) },
      clients: callers,
      auth: { tokenReview: { ...TOKENS, server: api, ca, token } },
      more: `pullSecrets: ${JSON.stringify({ server: api, ca, token })}\n`,
    });
    await plane.apply([
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "assay", namespace: "assay" },
        spec: { type: "ExternalName", externalName: "localhost" },
      },
    ]);
    const port = `port: ${String(assay.ports.admission)}`;
    const webhooks = objectsOf((await renderChart(server.cert)).replaceAll("port: 8445", port));
    await plane.apply(
      webhooks.filter((object) => stringAt(object, "kind") === "ValidatingWebhookConfiguration"),
    );
    await eventually("the webhook is asked", async () => !(await create("team-a", bad)).ok);
  });
  after(async () => {
    await assay?.stop();
    await plane?.close();
    await world?.registry.close();
    clients?.close();
  });

  function renderChart(ca: string): Promise<string> {
    const values = join(clients.folder, "values.json");
    writeFileSync(
      values,
      JSON.stringify({
        policy: { files: { "policy.yaml": "name: acme\nversion: 1.0.0\n" } },
        tls: { mode: "existingSecret", existingSecret: "assay-tls", ca },
        gatekeeper: { enabled: false },
        webhook: { enabled: true },
        kyverno: { auth: { tokenReview: TOKENS } },
        pullSecrets: { enabled: true, namespaces: ["team-a", "team-c"] },
      }),
    );
    return clients.run("helm", "template", "assay", CHART, "-n", "assay", "-f", values);
  }

  let pods = 0;
  function create(namespace: string, image: string, spec: object = {}): Promise<Said> {
    pods += 1;
    const made = pod({ containers: [image], namespace, name: `pod-${String(pods)}` });
    return plane.send("create", [{ ...made, spec: { ...made.spec, ...spec } }]);
  }
  const login = async (namespace: string, password: string): Promise<void> => {
    const flags = [
      `--docker-server=${world.registry.host}`,
      "--docker-username=robot",
      `--docker-password=${password}`,
    ];
    await plane.must("-n", namespace, "create", "secret", "docker-registry", "regcred", ...flags);
  };
  const regcred = { imagePullSecrets: [{ name: "regcred" }] };
  const denied = async (said: Promise<Said>, ...words: readonly string[]): Promise<void> => {
    const { ok, text } = await said;
    expect(ok, text).to.equal(false);
    for (const word of words) expect(text).to.include(word);
    expect(text).to.not.include(PASSWORD);
  };

  it("T240 admits a private image where the pod's own secret opens it, and judges it there", async () => {
    await denied(create("team-a", good, regcred), "registry.auth_failed");
    await login("team-a", PASSWORD);
    await eventually("the secret is read", async () => (await create("team-a", good, regcred)).ok);
    await denied(create("team-a", bad, regcred), "denied");
    await denied(create("team-a", good), "registry.auth_failed");
  });

  it("T240 T207 denies the same image in a namespace whose secret does not open it", async () => {
    await denied(create("team-c", good, regcred), "registry.auth_failed");
    await login("team-c", "another");
    await denied(create("team-c", good, regcred), "registry.auth_failed");
  });

  it("denies it where the chart gave no right to read the secret", async () => {
    await login("team-b", PASSWORD);
    await denied(create("team-b", good, regcred), "credentials.forbidden");
  });

  it("gives a workload the secrets of its service account", async () => {
    await plane.apply([
      {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "runner", namespace: "team-a" },
        ...regcred,
      },
    ]);
    const { ok, text } = await create("team-a", good, { serviceAccountName: "runner" });
    expect(ok, text).to.equal(true);
  });

  it("takes a token of whom the API server knows, by the chart's rights, and of nobody else", async () => {
    const account = (name: string) => ({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name, namespace: "team-a" },
    });
    await plane.apply([account("caller"), account("stranger")]);
    const token = async (name: string, audience: string): Promise<string> =>
      (await plane.must("-n", "team-a", "create", "token", name, `--audience=${audience}`)).trim();
    const good = await token("caller", "assay");
    expect(await statusFor(good)).to.equal(200);
    expect(await statusFor(undefined)).to.equal(401);
    expect(await statusFor(await token("caller", "another"))).to.equal(401);
    expect(await statusFor(await token("stranger", "assay"))).to.equal(401);
    expect(await statusFor(`${good.slice(0, -4)}AAAA`)).to.equal(401);
  });

  /** How POST /v1/decisions is answered that comes with a token. */
  async function statusFor(token: string | undefined): Promise<number> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const asked = request({
      host: "localhost",
      port: assay.ports.kyverno,
      path: "/v1/decisions",
      method: "POST",
      ca: authority,
      agent: false,
      headers: { "content-type": "application/json", ...authorization },
    });
    asked.end(JSON.stringify({ images: ["not an image"] }));
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    return answer.statusCode ?? 0;
  }
});
