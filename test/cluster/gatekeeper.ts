import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TlsAuthority } from "../lab/tls.ts";
import type { ControlPlane } from "./control-plane.ts";
import { freePorts } from "./processes.ts";

const MODULE = join(import.meta.dirname, "..", "interop", "modules", "control-plane");
const NAMESPACE = "gatekeeper-system";

/** Without `generate` the constraints' kinds never appear. */
const OPERATIONS = [
  "audit",
  "webhook",
  "status",
  "generate",
  "mutation-webhook",
  "mutation-status",
  "mutation-controller",
];

/**
 * Gatekeeper's manager outside a pod, its webhooks registered by URL; it shows providers the certificate of `callers`.
 * No answer of a provider is kept.
 */
export async function startGatekeeper(plane: ControlPlane, callers: TlsAuthority): Promise<void> {
  const { folder, clients, processes } = plane;
  const [port, healthPort, metricsPort] = await freePorts(3);
  await plane.must("create", "namespace", NAMESPACE);
  const crds = join(
    moduleFolder("github.com/open-policy-agent/gatekeeper/v3"),
    "charts",
    "gatekeeper",
    "crds",
  );
  await plane.must("apply", "--server-side", "-f", crds);
  await plane.must("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s");

  const certs = join(folder, "gatekeeper");
  mkdirSync(certs);
  // Where its audit keeps what it lists: it makes only what is below.
  const auditCache = join(folder, "gatekeeper-audit");
  mkdirSync(auditCache);
  // One certificate for both of its sides: what the API server calls, and what it shows to providers.
  const { cert, key } = callers.server();
  for (const [name, text] of Object.entries({ "tls.crt": cert, "tls.key": key, "ca.crt": callers.cert })) {
    writeFileSync(join(certs, name), text);
  }
  await processes.start(
    clients.path("gatekeeper"),
    [
      `--kubeconfig=${plane.kubeconfig}`,
      "--debug-use-fake-pod",
      "--disable-cert-rotation",
      `--cert-dir=${certs}`,
      "--shutdown-delay=0",
      "--host=127.0.0.1",
      `--port=${String(port)}`,
      `--health-addr=127.0.0.1:${String(healthPort)}`,
      `--prometheus-port=${String(metricsPort)}`,
      "--external-data-provider-response-cache-ttl=0s",
      "--audit-interval=5",
      `--api-cache-dir=${auditCache}`,
      ...OPERATIONS.map((operation) => `--operation=${operation}`),
    ],
    {
      env: {
        ...clients.env,
        POD_NAME: "gatekeeper-0",
        POD_NAMESPACE: NAMESPACE,
        NAMESPACE,
        CONTAINER_NAME: "manager",
      },
      cwd: folder,
      log: join(folder, "gatekeeper.log"),
      ready: async () => (await fetch(`http://127.0.0.1:${String(healthPort)}/readyz`)).ok,
    },
  );
  await plane.apply([
    webhook("Validating", "validation.gatekeeper.sh", `https://localhost:${String(port)}/v1/admit`, callers),
    webhook("Mutating", "mutation.gatekeeper.sh", `https://localhost:${String(port)}/v1/mutate`, callers),
  ]);
}

/** As docs/kubernetes.md asks for: what Gatekeeper does not answer is denied. */
function webhook(kind: "Validating" | "Mutating", name: string, url: string, { cert }: TlsAuthority): object {
  const mutating = kind === "Mutating";
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: `gatekeeper-${kind.toLowerCase()}-webhook-configuration` },
    webhooks: [
      {
        name,
        clientConfig: { url, caBundle: Buffer.from(cert).toString("base64") },
        rules: [
          {
            apiGroups: ["*"],
            apiVersions: ["*"],
            operations: mutating ? ["CREATE"] : ["CREATE", "UPDATE"],
            resources: ["*", "pods/ephemeralcontainers"],
          },
        ],
        namespaceSelector: {
          matchExpressions: [
            { key: "kubernetes.io/metadata.name", operator: "NotIn", values: [NAMESPACE, "kube-system"] },
          ],
        },
        failurePolicy: "Fail",
        matchPolicy: mutating ? "Equivalent" : "Exact",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
        timeoutSeconds: 5,
      },
    ],
  };
}

/** Where Go keeps the sources of a module that a client is built from: its CRDs are among them. */
export function moduleFolder(module: string, of = MODULE): string {
  const args = ["list", "-m", "-f", "{{.Dir}}", module];
  const env = { ...process.env, GOFLAGS: "-mod=readonly", GOWORK: "off" };
  const known = execFileSync("go", args, { cwd: of, env, encoding: "utf8" }).trim();
  if (known !== "") return known;
  // The executable came from a cache, and the sources are not here any more.
  execFileSync("go", ["mod", "download", module], { cwd: of, env });
  return execFileSync("go", args, { cwd: of, env, encoding: "utf8" }).trim();
}
