import { randomUUID } from "node:crypto";
import type { LabRequest, LabResponse } from "./response.ts";

export type LabAuth =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | {
      readonly kind: "bearer";
      /** Who may have a token; without them anybody may. */
      readonly username?: string;
      readonly password?: string;
      /** Default: `/token` of this registry. */
      readonly realm?: string;
      readonly service?: string;
      /** The whole `WWW-Authenticate` in place of the usual one. */
      readonly challenge?: string;
      /** Seconds; absent leaves the field away. */
      readonly expiresIn?: number;
    };

/** What was asked of the token endpoint. */
export interface TokenRequest {
  readonly scopes: readonly string[];
  readonly service: string | null;
  readonly authorization: string | undefined;
}

/** The registry's doorkeeper: says which requests are let in and hands out tokens bound to one scope. */
export class Doorkeeper {
  readonly tokenRequests: TokenRequest[] = [];
  readonly #tokens = new Map<string, readonly string[]>();
  readonly #auth: LabAuth | undefined;
  readonly #origin: () => string;

  constructor(auth: LabAuth | undefined, origin: () => string) {
    this.#auth = auth;
    this.#origin = origin;
  }

  /** Every token so far loses its worth. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** The refusal, or `undefined` where the request is let in. */
  refuse(request: LabRequest): LabResponse | undefined {
    const auth = this.#auth;
    if (auth === undefined) return undefined;
    const given = request.headers["authorization"];
    if (auth.kind === "basic") {
      return given === basic(auth) ? undefined : unauthorized(`Basic realm="lab"`);
    }
    const token = typeof given === "string" ? given.replace(/^Bearer /, "") : "";
    const writes = request.method !== "GET" && request.method !== "HEAD";
    const [pull, push] = ["pull", "pull,push"].map(
      (actions) => `repository:${request.repository}:${actions}`,
    );
    const scope = writes ? push : pull;
    const granted = this.#tokens.get(token) ?? [];
    if (granted.includes(push ?? "") || (!writes && granted.includes(pull ?? ""))) return undefined;
    const realm = auth.realm ?? `${this.#origin()}/token`;
    const usual = `Bearer realm="${realm}",service="${auth.service ?? "lab"}",scope="${scope ?? ""}"`;
    return unauthorized(auth.challenge ?? usual);
  }

  token(request: LabRequest): LabResponse {
    const query = new URL(request.path, "http://lab").searchParams;
    const authorization = request.headers["authorization"] as string | undefined;
    const scopes = query.getAll("scope");
    this.tokenRequests.push({ scopes, service: query.get("service"), authorization });
    const auth = this.#auth;
    if (auth?.kind === "bearer" && auth.username !== undefined && authorization !== basic(auth)) {
      return unauthorized(`Basic realm="lab"`);
    }
    const token = randomUUID();
    this.#tokens.set(token, scopes);
    const expires = auth?.kind === "bearer" && auth.expiresIn !== undefined;
    const answer = { token, ...(expires && { expires_in: auth.expiresIn }) };
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(answer)),
    };
  }
}

function basic(auth: { readonly username?: string; readonly password?: string }): string {
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`;
}

function unauthorized(challenge: string): LabResponse {
  return {
    status: 401,
    headers: { "www-authenticate": challenge, "content-type": "application/json" },
    body: Buffer.from(`{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`),
  };
}
