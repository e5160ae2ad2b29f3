import {
  failure,
  parseStrictJson,
  stringAt,
  success,
  member,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import { failedSigning, refuseSigning, type SigningCode } from "./fault.ts";
import { askService, jsonOf, requireConfidential } from "./service.ts";

/** An OIDC identity token, read as far as signing needs it; Fulcio is who verifies it. Never part of a message. */
export interface IdentityToken {
  readonly token: string;
  /** What Fulcio's proof of possession is over: the verified e-mail address, else the subject. */
  readonly subject: string;
}

const MAX_TOKEN_BYTES = 16 * 1024;
const AUDIENCE = "sigstore";

/** Reads a token: one of the form of a signed JWT, not expired, that names its subject. */
export function readIdentityToken(text: string, now: Date): Result<IdentityToken, SigningCode> {
  const token = text.trim();
  const [, payload, signature] = token.split(".");
  if (
    token.length > MAX_TOKEN_BYTES ||
    !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) ||
    payload === undefined ||
    signature === undefined
  ) {
    return failure(
      "signing.token_invalid",
      "the identity token is no signed JWT: expected three parts of base64url",
    );
  }
  const claims = parseStrictJson(Buffer.from(payload, "base64url"));
  if (!claims.ok) return failure("signing.token_invalid", "the identity token's claims are no JSON");
  const expiry = member(claims.value, "exp");
  if (typeof expiry === "number" && expiry * 1000 <= now.getTime()) {
    return failure(
      "signing.token_invalid",
      `the identity token expired at ${new Date(expiry * 1000).toISOString()}: get a new one`,
    );
  }
  return subjectOf(token, claims.value);
}

function subjectOf(token: string, claims: JsonValue): Result<IdentityToken, SigningCode> {
  const email = stringAt(claims, "email");
  const verified = member(claims, "email_verified");
  if (email !== undefined && email !== "" && verified !== true && verified !== "true") {
    return failure(
      "signing.token_invalid",
      "the identity token's e-mail address is not verified by its issuer",
    );
  }
  const subject = email === undefined || email === "" ? stringAt(claims, "sub") : email;
  return subject === undefined || subject === ""
    ? failure("signing.token_invalid", "the identity token names no subject")
    : success({ token, subject });
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The token of the environment: `SIGSTORE_ID_TOKEN`, else that of the GitHub Actions job (its `id-token: write`
 * permission), asked for at the very address that the runner names. `null` where there is none of both. There is no
 * interactive flow: nobody is sent to a browser, so that there is no state to be forged (A036).
 */
export async function ambientToken(
  env: Environment,
  now: Date,
  signal: AbortSignal,
): Promise<Result<IdentityToken, SigningCode> | null> {
  const given = env["SIGSTORE_ID_TOKEN"];
  if (given !== undefined && given !== "") return readIdentityToken(given, now);
  const address = env["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "";
  const bearer = env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "";
  if (address === "" || bearer === "") return null;
  try {
    return readIdentityToken(await githubToken(address, bearer, signal), now);
  } catch (thrown) {
    return failedSigning(thrown);
  }
}

async function githubToken(address: string, bearer: string, signal: AbortSignal): Promise<string> {
  if (!URL.canParse(address)) {
    return refuseSigning("signing.config_invalid", "ACTIONS_ID_TOKEN_REQUEST_URL is no URL");
  }
  const url = new URL(address);
  requireConfidential(url, "the provider of GitHub Actions' tokens");
  url.searchParams.set("audience", AUDIENCE);
  const request = {
    service: "the provider of GitHub Actions' tokens",
    url,
    method: "GET",
    headers: { accept: "application/json", authorization: `Bearer ${bearer}` },
    signal,
  } as const;
  const token = stringAt(jsonOf(request, await askService(request)), "value");
  return (
    token ??
    refuseSigning("signing.service_failed", "the provider of GitHub Actions' tokens answered without a token")
  );
}
