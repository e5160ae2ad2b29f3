import { expect } from "chai";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildWorld, type DemoWorld } from "../../demo/images.ts";
import { manifest } from "../deploy/manifests.ts";
import { authorities, startAssayService, type AssayService } from "../interop/assay-service.ts";
import { provisionClients, type Clients } from "../interop/clients.ts";
import { pod, workloads, type PodParts } from "../interop/workloads.ts";
import { CONTROL_PLANE, startControlPlane, type ControlPlane, type Said } from "./control-plane.ts";
import { eventually } from "./processes.ts";

const POLICY = join(import.meta.dirname, "..", "..", "demo", "policy");

/** A real API server with its own ImagePolicyWebhook, configured as deploy/image-policy-webhook has it. */
describe("an API server that asks about images itself", () => {
  let clients: Clients;
  let plane: ControlPlane;
  let world: DemoWorld;
  let assay: AssayService;
  let good: string;
  let bad: string;

  before(async function () {
    clients = await provisionClients(this, CONTROL_PLANE);
    this.timeout(300_000);
    world = await buildWorld();
    good = world.images.find(({ expected }) => expected === "allow")?.reference ?? "";
    bad = world.images.find(({ expected }) => expected === "deny")?.reference ?? "";
    const { server, clients: callers } = authorities();
    assay = await startAssayService({
      folder: mkdtempSync(join(clients.folder, "assay-")),
      policy: POLICY,
      trust: { "demo.json": world.trustedRoot },
      server,
      clients: callers,
    });
    const own = join(clients.folder, "image-policy");
    const client = callers.client();
    const files = { "ca.crt": server.cert, "client.crt": client.cert, "client.key": client.key };
    for (const [name, text] of Object.entries(files)) writeFileSync(`${own}-${name}`, text);
    const [kubeconfig] = manifest("image-policy-webhook/kubeconfig.yaml", {
      "https://assay.internal:8445": `https://localhost:${String(assay.ports.admission)}`,
      "/etc/kubernetes/assay/": `${own}-`,
    });
    writeFileSync(`${own}-kubeconfig.yaml`, JSON.stringify(kubeconfig));
    const [configuration] = manifest("image-policy-webhook/admission-control.yaml", {
      "/etc/kubernetes/assay/": `${own}-`,
    });
    writeFileSync(`${own}-admission-control.yaml`, JSON.stringify(configuration));
    plane = await startControlPlane(clients, [
      "--enable-admission-plugins=ImagePolicyWebhook",
      `--admission-control-config-file=${own}-admission-control.yaml`,
    ]);
    await plane.must("create", "namespace", "prod");
  });
  after(async () => {
    await assay?.stop();
    await plane?.close();
    await world?.registry.close();
    clients?.close();
  });

  let pods = 0;
  function create(parts: PodParts): Promise<Said> {
    pods += 1;
    return plane.send("create", [pod({ ...parts, name: `pod-${String(pods)}` })]);
  }
  const denied = async (said: Promise<Said>, ...words: readonly string[]): Promise<void> => {
    const { ok, text } = await said;
    expect(ok, text).to.equal(false);
    for (const word of words) expect(text).to.include(word);
  };

  it("admits a Pod whose images are allowed", async () => {
    const { ok, text } = await create({ containers: [good], initContainers: [good] });
    expect(ok, text).to.equal(true);
  });

  it("denies one bad image in any place, and says which", async () => {
    await denied(create({ containers: [good, bad] }), "image policy webhook", bad);
    await denied(create({ containers: [good], initContainers: [bad] }), "image policy webhook", bad);
  });

  it("A068 is not told what to think by the Pod's annotations", async () => {
    const object = pod({ containers: [bad], name: "annotated" });
    const annotations = {
      "assay.image-policy.k8s.io/break-glass": "true",
      "assay.image-policy.k8s.io/allow": "true",
    };
    const annotated = { ...object, metadata: { ...object.metadata, annotations } };
    await denied(plane.send("create", [annotated]), bad);
  });

  it("sees no workload but the Pods: its Deployment comes in, as docs/service.md says", async () => {
    const deployment = workloads({ containers: [bad] }).find(({ kind }) => kind === "Deployment");
    expect((await plane.send("create", [deployment ?? {}], "--dry-run=server")).ok).to.equal(true);
  });

  it("T216 denies while assay is stopped, and admits again afterwards", async () => {
    await assay.stop();
    // Of another set of images than before: the API server remembers answers for a second.
    await denied(create({ containers: [good, good, good] }));
    await assay.start();
    await eventually("it admits again", async () => (await create({ containers: [good, good, good] })).ok);
  });
});
