import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../../src/core/index.ts";
import type { ApiServerSettings } from "../../../src/server/kubernetes/index.ts";
import { createTlsAuthority } from "../../lab/tls.ts";

/** What the API server answers in place of an object. */
export type Misanswer = { readonly status: number; readonly body?: string } | "silent" | "cut";

/** An API server that knows secrets and service accounts, over TLS on loopback. */
export interface LabApiServer {
  readonly settings: ApiServerSettings;
  /** By URL path. */
  readonly objects: Map<string, JsonObject>;
  /** Paths asked for, in order, each with who asked. */
  readonly asked: string[];
  readonly tokens: Set<string | undefined>;
  /** Of one path, or of all under `*`. */
  readonly misanswers: Map<string, Misanswer>;
  putSecret(namespace: string, name: string, secret: JsonObject): void;
  putAccount(namespace: string, name: string, secrets: readonly string[]): void;
  close(): Promise<void>;
}

export const OWN_TOKEN = "the-services-own-token";

export async function startApiServer(): Promise<LabApiServer> {
  const authority = createTlsAuthority("api server");
  const folder = await mkdtemp(join(tmpdir(), "assay-api-"));
  const objects = new Map<string, JsonObject>();
  const misanswers = new Map<string, Misanswer>();
  const asked: string[] = [];
  const tokens = new Set<string | undefined>();
  const server = createServer(authority.server(), (request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    tokens.add(request.headers.authorization);
    const wrong = misanswers.get(url) ?? misanswers.get("*");
    if (wrong === "silent") return;
    if (wrong === "cut") {
      response.destroy();
      return;
    }
    const object = objects.get(url);
    const status = wrong?.status ?? (object === undefined ? 404 : 200);
    const body = wrong?.body ?? JSON.stringify(object ?? { kind: "Status", code: status });
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await writeFile(join(folder, "ca.crt"), authority.cert);
  await writeFile(join(folder, "token"), `${OWN_TOKEN}\n`);
  const put = (kind: string, namespace: string, name: string, rest: JsonObject) => {
    objects.set(`/api/v1/namespaces/${namespace}/${kind}/${name}`, {
      metadata: { name, namespace },
      ...rest,
    });
  };
  return {
    settings: {
      server: new URL(`https://localhost:${(server.address() as AddressInfo).port}`),
      ca: join(folder, "ca.crt"),
      token: join(folder, "token"),
    },
    objects,
    asked,
    tokens,
    misanswers,
    putSecret: (namespace, name, secret) => put("secrets", namespace, name, secret),
    putAccount: (namespace, name, secrets) =>
      put("serviceaccounts", namespace, name, { imagePullSecrets: secrets.map((each) => ({ name: each })) }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true });
    },
  };
}

/** A secret as `kubectl create secret docker-registry` makes it. */
export function dockerSecret(auths: Readonly<Record<string, string>>): JsonObject {
  const entries = Object.entries(auths).map(([place, user]) => [place, { auth: base64(user) }]);
  return secretOf({ auths: Object.fromEntries(entries) as JsonObject });
}

export function secretOf(config: unknown, type = "kubernetes.io/dockerconfigjson"): JsonObject {
  const key = type === "kubernetes.io/dockercfg" ? ".dockercfg" : ".dockerconfigjson";
  return { type, data: { [key]: base64(typeof config === "string" ? config : JSON.stringify(config)) } };
}

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
