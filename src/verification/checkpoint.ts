import { decodeBase64 } from "../core/index.ts";
import { refuse } from "./refusal.ts";
import { verifySignature } from "./signature.ts";
import type { TransparencyLog } from "./trust-root.ts";

const MAX_CHARACTERS = 64 * 1024;
const MAX_SIGNATURES = 100;

/** The head of a log's tree as the log signed it (C2SP tlog-checkpoint in a signed-note). */
export interface Checkpoint {
  readonly size: bigint;
  readonly rootHash: Buffer;
}

/**
 * Reads a checkpoint and verifies that `log` signed it: some signature line must carry the log's key id, a name that
 * is the origin's (Rekor v1 appends its tree id to the origin), and the log's signature over the text. Lines of
 * witnesses neither count nor spoil. Untrusted names are compared, never made into patterns (A020, T101).
 */
export function verifyCheckpoint(envelope: string, log: TransparencyLog): Checkpoint {
  if (envelope.length > MAX_CHARACTERS) return invalid("is longer than a checkpoint can be");
  const end = envelope.indexOf("\n\n");
  if (end === -1) return invalid("has no signatures");
  const text = envelope.slice(0, end + 1);
  const [origin = "", size = "", root = ""] = text.split("\n");
  const lines = envelope.slice(end + 2).split("\n", MAX_SIGNATURES + 1);
  if (lines.length > MAX_SIGNATURES) return invalid("has too many signatures");
  const signed = Buffer.from(text, "utf8");
  if (!lines.some((line) => isSignedBy(line, origin, signed, log))) {
    return invalid(`is not signed by the log ${log.name}`);
  }
  const rootHash = decodeBase64(root);
  if (!/^(?:0|[1-9]\d{0,18})$/.test(size) || rootHash?.length !== 32)
    return invalid("has no size or root hash");
  return { size: BigInt(size), rootHash };
}

const SIGNATURE_LINE = /^\u2014 (\S+) (\S+)$/;

function isSignedBy(line: string, origin: string, signed: Buffer, log: TransparencyLog): boolean {
  const [, name = "", base64 = ""] = SIGNATURE_LINE.exec(line) ?? [];
  if (name === "" || (origin !== name && !origin.startsWith(`${name} - `))) return false;
  const bytes = decodeBase64(base64);
  if (bytes === undefined || !bytes.subarray(0, 4).equals(log.checkpointKeyId)) return false;
  return verifySignature(log.key, signed, bytes.subarray(4), log.hash);
}

function invalid(fault: string): never {
  return refuse("log.invalid", `the checkpoint of the inclusion proof ${fault}`);
}
