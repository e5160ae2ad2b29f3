import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../scripts/provision/run.ts";
import { keyPair } from "../lab/sigstore/index.ts";
import { createTlsAuthority, type TlsAuthority } from "../lab/tls.ts";
import type { Clients } from "../interop/clients.ts";
import { eventually, freePorts, Processes } from "./processes.ts";

/** What `kubectl` said, and whether it did what it was asked. */
export interface Said {
  readonly ok: boolean;
  /** Both streams: denials and warnings are on standard error. */
  readonly text: string;
}

/** etcd and a kube-apiserver on loopback: no kubelet, so Pods stay pending, and no controllers. */
export interface ControlPlane {
  readonly processes: Processes;
  readonly folder: string;
  readonly kubeconfig: string;
  readonly clients: Clients;
  /** Of the API server's and every webhook's certificate, for `localhost`. */
  readonly authority: TlsAuthority;
  kubectl(...args: readonly string[]): Promise<Said>;
  /** … which must succeed; returns what it said. */
  must(...args: readonly string[]): Promise<string>;
  /** `kubectl VERB -f` of objects. */
  send(
    verb: "apply" | "create" | "replace" | "delete",
    objects: readonly object[],
    ...flags: readonly string[]
  ): Promise<Said>;
  /** … which must succeed, within a time: what they need may be on its way. */
  apply(objects: readonly object[], ...flags: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export const CONTROL_PLANE = ["etcd", "kube-apiserver", "kubectl"] as const;

const TOKEN = "cluster-tests";

/** `apiServerFlags` come after ours. */
export async function startControlPlane(
  clients: Clients,
  apiServerFlags: readonly string[] = [],
): Promise<ControlPlane> {
  const { folder } = clients;
  const processes = new Processes();
  const authority = createTlsAuthority("cluster tests");
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const [etcdPort, peerPort, port] = await freePorts(3);
  const etcd = `http://127.0.0.1:${String(etcdPort)}`;
  const peer = `http://127.0.0.1:${String(peerPort)}`;
  const server = `https://localhost:${String(port)}`;
  const start = (
    name: "etcd" | "kube-apiserver",
    args: readonly (string | readonly string[])[],
    ready: () => Promise<boolean>,
  ) =>
    processes.start(clients.path(name), args.flat(), {
      env: clients.env,
      cwd: folder,
      log: join(folder, `${name}.log`),
      ready,
    });

  try {
    await start(
      "etcd",
      [
        ["--name", "test", "--data-dir", join(folder, "etcd"), "--unsafe-no-fsync", "--log-level", "error"],
        ["--listen-client-urls", etcd, "--advertise-client-urls", etcd],
        [
          "--listen-peer-urls",
          peer,
          "--initial-advertise-peer-urls",
          peer,
          "--initial-cluster",
          `test=${peer}`,
        ],
      ],
      async () => (await fetch(`${etcd}/health`)).ok,
    );
    const { cert, key } = authority.server();
    const account = keyPair("P-256");
    const kubeconfig = file(
      "kubeconfig",
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [
          { name: "test", cluster: { server, "certificate-authority": file("ca.crt", authority.cert) } },
        ],
        users: [{ name: "admin", user: { token: TOKEN } }],
        contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
        "current-context": "test",
      }),
    );
    const kubectl = async (...args: readonly string[]): Promise<Said> => {
      const env = { ...clients.env, KUBECONFIG: kubeconfig };
      const { exitCode, stdout, stderr } = await run(clients.path("kubectl"), args, {
        timeoutMs: 60_000,
        env,
      });
      return { ok: exitCode === 0, text: `${stdout}${stderr}` };
    };
    const privateKey = account.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    await start(
      "kube-apiserver",
      [
        `--etcd-servers=${etcd}`,
        ["--bind-address=127.0.0.1", `--secure-port=${String(port)}`, "--advertise-address=127.0.0.1"],
        "--endpoint-reconciler-type=none",
        `--tls-cert-file=${file("apiserver.crt", cert)}`,
        `--tls-private-key-file=${file("apiserver.key", key)}`,
        `--cert-dir=${join(folder, "apiserver")}`,
        `--token-auth-file=${file("tokens.csv", `${TOKEN},admin,admin,system:masters\n`)}`,
        `--service-account-issuer=${server}`,
        `--service-account-key-file=${file("account.pub", account.pem)}`,
        `--service-account-signing-key-file=${file("account.key", privateKey)}`,
        ["--service-cluster-ip-range=10.96.0.0/24", "--authorization-mode=RBAC"],
        // There is no controller that would make service accounts.
        "--disable-admission-plugins=ServiceAccount",
        apiServerFlags,
      ],
      async () => (await kubectl("get", "--raw=/readyz")).ok,
    );
    return controlPlane({ processes, folder, kubeconfig, clients, authority, kubectl });
  } catch (thrown) {
    await processes.close();
    throw thrown;
  }
}

function controlPlane(
  parts: Pick<ControlPlane, "processes" | "folder" | "kubeconfig" | "clients" | "authority" | "kubectl">,
): ControlPlane {
  const { folder, kubectl, processes } = parts;
  let sent = 0;
  const must = async (...args: readonly string[]): Promise<string> => {
    const { ok, text } = await kubectl(...args);
    if (!ok) throw new Error(`kubectl ${args.join(" ")}: ${text}`);
    return text;
  };
  const send: ControlPlane["send"] = (verb, objects, ...flags) => {
    sent += 1;
    const path = join(folder, `sent-${String(sent)}.json`);
    writeFileSync(path, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    return kubectl(verb, "-f", path, ...flags);
  };
  return {
    ...parts,
    must,
    send,
    apply: (objects, ...flags) =>
      eventually("kubectl apply", async () => {
        const { ok, text } = await send("apply", objects, ...flags);
        if (!ok) throw new Error(text);
        return ok;
      }),
    close: () => processes.close(),
  };
}
