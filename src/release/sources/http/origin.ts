import { oneLine, type Result, failure, success } from "../../../core/index.ts";
import { isLoopbackHost, parseUrl, type Reach } from "../../../registry/index.ts";
import type { SourceCode } from "../../types.ts";
import type { SourceSettings } from "../settings.ts";

/** A policy's URL, and how near its server may be. */
export interface Origin {
  readonly url: URL;
  readonly reach: Reach;
  /** For messages and logs: without a query, which may hold a signature. */
  readonly name: string;
}

/**
 * Reads the URL of a policy. TLS is demanded by the scheme as the URL standard reads it, in whatever case it is written
 * (A135): plain HTTP is for loopback, or where the settings say so, and never carries a token elsewhere.
 */
export function readOrigin(source: string, settings: SourceSettings): Result<Origin, SourceCode> {
  const url = source.length > 2048 ? undefined : parseUrl(source);
  if (url === undefined) {
    return failure(
      "source.invalid",
      `${oneLine(withoutUser(source), 200)}: no URL of a policy; credentials do not go into it`,
    );
  }
  url.hash = "";
  const name = oneLine(`${url.origin}${url.pathname}${url.search === "" ? "" : "?…"}`, 300);
  if (url.protocol === "https:") return success({ url, name, reach: "internal" });
  if (isLoopbackHost(url.hostname)) return success({ url, name, reach: "loopback-only" });
  if (settings.plainHTTP !== true) {
    return failure("source.invalid", `${name}: plain HTTP is taken from loopback only; write https://`);
  }
  return settings.credentials?.tokenFile === undefined
    ? success({ url, name, reach: "internal" })
    : failure("source.invalid", `${name}: a token is not sent without TLS; write https://`);
}

function withoutUser(source: string): string {
  return source.replace(/\/\/[^/?#]*@/, "//");
}
