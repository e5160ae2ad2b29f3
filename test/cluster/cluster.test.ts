import { expect } from "chai";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildWorld, type DemoWorld } from "../../demo/images.ts";
import { objectAt, stringAt } from "../../src/core/index.ts";
import { deploy, manifest, objectsOf } from "../deploy/manifests.ts";
import { startAssayService, type AssayService } from "../interop/assay-service.ts";
import { provisionClients, type Clients } from "../interop/clients.ts";
import { pod, workloads, type PodParts } from "../interop/workloads.ts";
import { createTlsAuthority, type TlsAuthority } from "../lab/tls.ts";
import { CONTROL_PLANE, startControlPlane, type ControlPlane, type Said } from "./control-plane.ts";
import { startGatekeeper } from "./gatekeeper.ts";
import { startKyverno } from "./kyverno.ts";
import { eventually } from "./processes.ts";

const POLICY = join(import.meta.dirname, "..", "..", "demo", "policy");
/** The same policy, for images that are not there. */
const NOBODYS = readFileSync(join(POLICY, "policy.yaml"), "utf8").replace(
  "127.0.0.1:*/acme/**",
  "registry.example/**",
);
const CHART = join(deploy, "helm", "assay");
const PINNED = /^127\.0\.0\.1:\d+\/acme\/[a-z]+:1\.2\.3@sha256:[0-9a-f]{64}$/;
const EXPECTED_TLS = ["tls.crt", "tls.key", "ca.crt"] as const;

/** A real API server with real admission controllers, and assay's manifests applied as a user applies them. */
describe("a cluster", () => {
  const callers = createTlsAuthority("gatekeeper");
  let clients: Clients;
  let plane: ControlPlane;
  let world: DemoWorld;
  let assay: AssayService;
  /** The chart, rendered for this cluster. */
  let chart: ReturnType<typeof objectsOf>;
  /** What the chart made. */
  let own: TlsAuthority;
  let good: string;
  let bad: string;
  let worse: string;

  before(async function () {
    clients = await provisionClients(this, [...CONTROL_PLANE, "gatekeeper", "helm", "kyverno-controller"]);
    this.timeout(300_000);
    world = await buildWorld();
    good = world.images.find(({ expected }) => expected === "allow")?.reference ?? "";
    [bad = "", worse = ""] = world.images.flatMap(({ expected, reference }) =>
      expected === "deny" ? [reference] : [],
    );
    plane = await startControlPlane(clients);
    const rendered = await renderChart();
    chart = objectsOf(rendered);
    own = chartAuthority();
    assay = await startAssayService({
      folder: mkdtempSync(join(clients.folder, "assay-")),
      policy: POLICY,
      apart: { namespaces: ["apart-*"], policyYaml: NOBODYS },
      trust: { "demo.json": world.trustedRoot },
      server: own,
      clients: callers,
    });
    chart = objectsOf(atPorts(rendered));
    for (const name of ["assay", "prod", "apart-a"]) await plane.must("create", "namespace", name);
    // What stands where the chart's Service would: the API server finds assay on loopback through it.
    await plane.apply([
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "assay", namespace: "assay" },
        spec: { type: "ExternalName", externalName: "localhost" },
      },
    ]);
  });
  after(async () => {
    await assay?.stop();
    await plane?.close();
    await world?.registry.close();
    clients?.close();
  });

  function renderChart(): Promise<string> {
    const values = join(clients.folder, "values.json");
    const policy = { files: { "policy.yaml": "name: acme\nversion: 1.0.0\n" } };
    const gatekeeper = { clientCA: callers.cert };
    writeFileSync(
      values,
      JSON.stringify({ policy, gatekeeper, webhook: { enabled: true }, kyverno: { clusterPolicy: true } }),
    );
    return clients.run("helm", "template", "assay", CHART, "-n", "assay", "-f", values);
  }

  /** The certificate that the chart made, as the kubelet would mount it. */
  function chartAuthority(): TlsAuthority {
    const secret = chart.find(({ kind }) => kind === "Secret");
    const [cert = "", key = "", ca = ""] = EXPECTED_TLS.map((name) =>
      Buffer.from(stringAt(objectAt(secret, "data"), name) ?? "", "base64").toString(),
    );
    return { cert: ca, server: () => ({ cert, key }), client: () => ({ cert, key }) };
  }

  /** The manifests' ports are assay's on loopback here; the controllers, outside the cluster, need another name too. */
  function atPorts(text: string): string {
    return text
      .replaceAll("assay.assay.svc:8443", `localhost:${String(assay.ports.gatekeeper)}`)
      .replaceAll("assay.assay.svc:8444", `localhost:${String(assay.ports.kyverno)}`)
      .replaceAll("port: 8445", `port: ${String(assay.ports.admission)}`);
  }

  const ofKind = (...kinds: readonly string[]) =>
    chart.filter((object) => kinds.includes(stringAt(object, "kind") ?? ""));

  let pods = 0;
  /** Creates a Pod in earnest. */
  function create(parts: PodParts): Promise<Said> {
    pods += 1;
    return plane.send("create", [pod({ ...parts, name: `pod-${String(pods)}` })]);
  }
  async function imagesOf(name: string): Promise<readonly string[]> {
    const path = "jsonpath={.spec.initContainers[*].image} {.spec.containers[*].image}";
    return (await plane.must("-n", "prod", "get", "pod", name, "-o", path)).trim().split(" ");
  }
  const denied = async (said: Promise<Said>, ...words: readonly string[]): Promise<void> => {
    const { ok, text } = await said;
    expect(ok, text).to.equal(false);
    for (const word of words) expect(text).to.include(word);
  };
  const admitted = async (said: Promise<Said>): Promise<string> => {
    const { ok, text } = await said;
    expect(ok, text).to.equal(true);
    return text;
  };

  function runsBefore(): Promise<void> {
    // From before anybody looked.
    return plane.apply([pod({ containers: [bad], name: "old" })]);
  }
  interface Surface {
    /** What it says to a denial. */
    readonly refused: readonly string[];
    /** Tells it of assay's authority. */
    readonly trust?: (ca: string) => Promise<void>;
    /** Whether it puts digests behind tags. */
    readonly pins: boolean;
  }

  /** What every surface must do. */
  function judges({ refused, trust, pins }: Surface): void {
    it(`admits a Pod whose images are allowed${pins ? ", with the digests behind its tags" : ""}`, async () => {
      await admitted(create({ containers: [good], initContainers: [good] }));
      for (const image of await imagesOf(`pod-${String(pods)}`)) {
        if (pins) expect(image).to.match(PINNED);
        else expect(image).to.equal(good);
      }
    });

    it("denies one bad image in any place, and says why", async () => {
      await denied(create({ containers: [good, bad] }), ...refused);
      await denied(create({ containers: [good], initContainers: [bad] }), ...refused);
    });

    it("judges every kind that runs pods", async () => {
      for (const object of workloads({ containers: [good] })) {
        await admitted(plane.send("create", [withRestart(object)], "--dry-run=server"));
      }
      for (const object of workloads({ containers: [bad] })) {
        await denied(plane.send("create", [withRestart(object)], "--dry-run=server"), ...refused);
      }
    });

    it("A073 denies an ephemeral container with a bad image", async () => {
      await admitted(create({ containers: [good] }));
      const name = `pod-${String(pods)}`;
      const patch = (image: string): Promise<Said> => {
        const change = JSON.stringify({ spec: { ephemeralContainers: [{ name: "debug", image }] } });
        const flags = ["-n", "prod", "--subresource=ephemeralcontainers", "-p", change];
        return plane.kubectl("patch", "pod", name, ...flags);
      };
      await denied(patch(bad), ...refused);
      await admitted(patch(good));
    });

    it("does not guard the namespaces that are left out", async () => {
      const object = pod({ containers: [bad], namespace: "kube-system", name: `system-${String(pods)}` });
      await admitted(plane.send("create", [object], "--dry-run=server"));
    });

    it("T216 denies while assay is stopped or hangs, and admits again afterwards", async () => {
      assay.hang();
      await denied(create({ containers: [good] }));
      assay.resume();
      await assay.stop();
      await denied(create({ containers: [good] }));
      await assay.start();
      await admitted(create({ containers: [good] }));
    });

    it("A069 judges an update of what ran before anybody looked", async () => {
      const label = `seen=${String(pods)}`;
      await denied(plane.kubectl("-n", "prod", "label", "pod", "old", label, "--overwrite"), ...refused);
      await admitted(plane.kubectl("-n", "prod", "set", "image", "pod/old", `main-0=${good}`));
      await denied(plane.kubectl("-n", "prod", "set", "image", "pod/old", `main-0=${worse}`), ...refused);
    });

    it("decides by another policy once assay has it, without a restart, and never by one that is none", async () => {
      const text = readFileSync(join(POLICY, "policy.yaml"), "utf8");
      assay.rule(NOBODYS);
      await eventually("it decides by the other", async () => !(await create({ containers: [good] })).ok);
      await denied(create({ containers: [good] }), ...refused);
      assay.rule("name: [demo");
      await eventually("it refuses what is none", async () => (await assay.refusal()) === "source.invalid");
      await denied(create({ containers: [good] }), ...refused);
      assay.rule(text);
      await eventually("it decides by the first", async () => (await create({ containers: [good] })).ok);
      await denied(create({ containers: [bad] }), ...refused);
      expect(await assay.refusal()).to.equal(null);
    });

    it("decides by the policy of the Pod's namespace", async () => {
      await denied(create({ containers: [good], namespace: "apart-a" }), ...refused);
      await admitted(create({ containers: [good] }));
    });

    if (trust === undefined) return;
    it("T202 denies when assay has another authority's certificate, until its callers know that authority", async () => {
      const next = createTlsAuthority("next");
      assay.certify(named(next), callers);
      await assay.start();
      await denied(create({ containers: [good] }));
      await trust(next.cert);
      await eventually("the new authority is known", async () => (await create({ containers: [good] })).ok);
      await denied(create({ containers: [bad] }), ...refused);
      assay.certify(own, callers);
      await assay.start();
      await trust(own.cert);
      await eventually("the old authority is known", async () => (await create({ containers: [good] })).ok);
    });
  }

  describe("whose API server asks assay itself", () => {
    before(async () => {
      await runsBefore();
      await plane.apply(ofKind("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"));
      await eventually("the webhooks are asked", async () => !(await create({ containers: [bad] })).ok);
    });
    after(async () => {
      const kinds = "validatingwebhookconfiguration,mutatingwebhookconfiguration";
      await plane.must("delete", kinds, "assay");
      await plane.must("-n", "prod", "delete", "pods", "--all", "--force", "--grace-period=0");
    });
    judges({
      pins: true,
      refused: ['admission webhook "validate.images.assay" denied'],
      trust: (ca) =>
        plane.apply(
          ofKind("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration").map((object) =>
            withCA(object, ca),
          ),
        ),
    });

    it("T012 warns of a tag that nothing has put a digest behind", async () => {
      await plane.must("delete", "mutatingwebhookconfiguration", "assay");
      await eventually("nothing is mutated any more", async () => {
        const text = await admitted(create({ containers: [good] }));
        return text.includes("Warning: ") && text.includes(good);
      });
      await plane.apply(ofKind("MutatingWebhookConfiguration"));
    });
  });

  describe("with Gatekeeper's manager", () => {
    before(async function () {
      this.timeout(300_000);
      await eventually("nobody looks any more", async () => (await create({ containers: [bad] })).ok);
      await runsBefore();
      await startGatekeeper(plane, callers);
      await plane.apply(ofKind("Provider"));
      for (const file of ["template.yaml", "constraint.yaml", "audit.yaml", "mutation.yaml"]) {
        await plane.apply(manifest(`gatekeeper/${file}`));
      }
      await eventually("Gatekeeper enforces", async () => {
        const { ok, text } = await create({ containers: [bad] });
        return !ok && text.includes("assay-verified-images");
      });
      await eventually("Gatekeeper mutates", async () => {
        const { ok } = await create({ containers: [good] });
        return ok && (await imagesOf(`pod-${String(pods)}`)).every((image) => PINNED.test(image));
      });
    });
    after(async () => {
      for (const kind of ["validating", "mutating"]) {
        await plane.must("delete", `${kind}webhookconfiguration`, `gatekeeper-${kind}-webhook-configuration`);
      }
      await plane.must("-n", "prod", "delete", "pods", "--all", "--force", "--grace-period=0");
    });
    it("T224 has its audit report what runs and would not be admitted, in a lane of its own", async () => {
      const found = async (constraint: string) => {
        const path = "jsonpath={.status.violations[*].name}";
        return (await plane.must("get", "assayverifiedimages", constraint, "-o", path)).trim().split(" ");
      };
      await eventually("the audit reports", async () =>
        (await found("assay-running-images")).includes("old"),
      );
      const images = await Promise.all((await found("assay-running-images")).map(imagesOf));
      expect(images.flat()).to.not.include(good);
    });
    judges({
      pins: true,
      refused: ["assay-verified-images"],
      trust: (ca) => plane.apply(ofKind("Provider").map((object) => withCA(object, ca))),
    });
  });

  describe("with Kyverno's admission controller", () => {
    before(async function () {
      this.timeout(300_000);
      await eventually("nobody looks any more", async () => (await create({ containers: [bad] })).ok);
      await runsBefore();
      await startKyverno(plane, own.cert);
    });

    const enforces = (name: string): Promise<void> =>
      eventually(`Kyverno enforces ${name}`, async () => {
        const { ok, text } = await create({ containers: [bad] });
        return !ok && text.includes(name) && (await create({ containers: [good] })).ok;
      });

    describe("and the ClusterPolicy", () => {
      before(async () => {
        await plane.apply(ofKind("ClusterPolicy"));
        await enforces("assay-verified-images");
      });
      after(async () => {
        await plane.must("delete", "clusterpolicy", "assay-verified-images");
        await eventually("nobody looks any more", async () => (await create({ containers: [bad] })).ok);
        await plane.must("-n", "prod", "delete", "pods", "--all", "--force", "--grace-period=0");
        await runsBefore();
      });
      judges({
        pins: false,
        refused: ["assay-verified-images"],
        trust: (ca) => plane.apply(ofKind("ClusterPolicy").map((object) => withCA(object, ca))),
      });
    });

    describe("and the ValidatingPolicy", () => {
      before(async () => {
        await plane.apply(
          objectsOf(atPorts(readFileSync(join(deploy, "kyverno/validating-policy.yaml"), "utf8"))),
        );
        await enforces("assay-verified-images-cel");
      });
      judges({ pins: false, refused: ["assay-verified-images-cel"] });
    });
  });
});

/** An authority whose server certificates are for the name by which the API server knows assay. */
function named(authority: TlsAuthority): TlsAuthority {
  return { ...authority, server: () => authority.server({ names: ["assay.assay.svc"] }) };
}

function withCA(object: object, pem: string): object {
  // Kyverno has PEM where all others have its base64.
  const caOf = (before: unknown): string =>
    String(before).startsWith("-----") ? pem.trim() : Buffer.from(pem).toString("base64");
  return JSON.parse(
    JSON.stringify(object, (key, value: unknown) => (key === "caBundle" ? caOf(value) : value)),
  ) as object;
}

/** Kubernetes wants the restart policy of a Job's pods to be said. */
function withRestart(object: object): object {
  return JSON.parse(
    JSON.stringify(object, (key, value: unknown) =>
      key === "spec" && typeof value === "object" && value !== null && "containers" in value
        ? { ...value, ...(isJob(object) ? { restartPolicy: "Never" } : {}) }
        : value,
    ),
  ) as object;
}

function isJob(object: object): boolean {
  return "kind" in object && (object.kind === "Job" || object.kind === "CronJob");
}
