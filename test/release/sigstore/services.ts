import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { serveSigstore } from "../../interop/sigstore-server.ts";
import { createSigstore, GITHUB_ISSUER, type Sigstore } from "../../lab/sigstore/index.ts";

/** What a service answers in place of the lab's; `undefined` leaves it to the lab. */
export type Intercept = (
  path: string,
  body: Buffer,
  request: IncomingMessage,
) =>
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | Buffer }
  | undefined;

/** The lab's Sigstore as services, with somebody in between who may answer otherwise. */
export interface Services {
  readonly sigstore: Sigstore;
  readonly url: string;
  readonly timestampUrl: string;
  /** Paths that were asked, in their order. */
  readonly asked: string[];
  intercept: Intercept | null;
  signingConfig(log: "rekor-v1" | "rekor-v2"): Buffer;
  close(): Promise<void>;
}

export async function startServices(): Promise<Services> {
  const sigstore = createSigstore({ name: "release.lab" });
  const lab = await serveSigstore(sigstore);
  const asked: string[] = [];
  const services: { intercept: Intercept | null } = { intercept: null };
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const path = request.url ?? "";
      asked.push(path);
      const body = await buffer(request);
      const own = services.intercept?.(path, body, request);
      if (own !== undefined) {
        response.writeHead(own.status, own.headers ?? {}).end(own.body ?? "");
        return;
      }
      const answered = await fetch(`${lab.url}${path}`, {
        method: request.method ?? "GET",
        ...(body.length === 0 ? {} : { body }),
      });
      const etag = answered.headers.get("etag");
      response
        .writeHead(answered.status, etag === null ? {} : { etag })
        .end(Buffer.from(await answered.arrayBuffer()));
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(services, {
    sigstore,
    url,
    timestampUrl: `${url}/timestamp`,
    asked,
    signingConfig: (log: "rekor-v1" | "rekor-v2") =>
      Buffer.from(JSON.stringify(lab.signingConfig(log)).replaceAll(lab.url, url)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await lab.close();
    },
  });
}

/** An identity token of the GitHub Actions run that the lab certifies, or with other claims. */
export function tokenOf(claims: object = {}): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const standard = {
    iss: GITHUB_ISSUER,
    sub: "repo:acme/app:ref:refs/tags/v1.2.3",
    aud: "sigstore",
    iat: now,
    exp: now + 600,
  };
  return [{ alg: "RS256", typ: "JWT" }, { ...standard, ...claims }, { signature: "none" }]
    .map(encode)
    .join(".");
}
