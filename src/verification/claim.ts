import { at, oneLine, parseStrictJson, stringAt } from "../core/index.ts";
import type { Artifact, ArtifactContent } from "../evidence/index.ts";
import { readEnvelope } from "./dsse.ts";
import { parseStatement } from "./statement.ts";

/** Beyond this, what failed is not read a second time only to name it. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Where the envelope stands in each form of evidence that has one. */
const ENVELOPE_IN: Readonly<Partial<Record<ArtifactContent["kind"], readonly string[]>>> = {
  "sigstore-bundle": ["dsseEnvelope"],
  "dsse-envelope": [],
  "cloud-build-provenance": ["provenance", "envelope"],
};

/** The predicate type that failed evidence claims to have, for people; `null` where it cannot be read. */
export function claimedPredicateType(artifact: Artifact): string | null {
  try {
    const payload = claimedPayload(artifact.content);
    const statement = payload === undefined ? undefined : parseStatement(payload);
    return statement?.ok === true ? oneLine(statement.value.predicateType) : null;
  } catch {
    return null;
  }
}

function claimedPayload(content: ArtifactContent): Uint8Array | undefined {
  if (!("bytes" in content) || content.bytes.byteLength > MAX_BYTES) return undefined;
  if (content.kind === "statement") return content.bytes;
  const path = ENVELOPE_IN[content.kind];
  const parsed = path === undefined ? undefined : parseStrictJson(content.bytes);
  if (path === undefined || parsed?.ok !== true) return undefined;
  const envelope = at(parsed.value, ...path);
  return stringAt(envelope, "payload") === undefined ? undefined : readEnvelope(envelope).payload;
}
