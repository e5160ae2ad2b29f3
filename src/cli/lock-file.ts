import { dirname } from "node:path";
import { failure, oneLine, type Failure, type Result } from "../core/index.ts";
import { parseLock, type PolicyLock, type SignerSettings } from "../release/index.ts";
import { readInputFile } from "./files.ts";

/** Bytes of a policy.lock. */
const LARGEST_LOCK = 256 * 1024;

/** Reads a policy.lock; paths in it are relative to its folder. Codes: `lock.invalid`, those of files. */
export async function readLock(path: string): Promise<Result<PolicyLock>> {
  const bytes = await readInputFile(path, LARGEST_LOCK);
  if (!bytes.ok) return bytes;
  const lock = parseLock(Buffer.from(bytes.value).toString(), dirname(path));
  return lock.ok ? lock : failure(lock.reason.code, `${oneLine(path)}: ${lock.reason.message}`);
}

/**
 * … to hold a policy to it. A lock says who signed, not whose key that is: where it names signers, so must whoever asks;
 * where it names none, its digest is enough. Where the policy is fetched from is not compared: a copy is the same policy.
 */
export async function readProvableLock(
  path: string,
  signers: readonly SignerSettings[],
  flag: "--key" | "--policy-key",
): Promise<Result<PolicyLock>> {
  const lock = await readLock(path);
  if (!lock.ok) return lock;
  const [first] = lock.value.signers;
  if (first === undefined || signers.length > 0) return lock;
  return failure(
    "usage",
    `${oneLine(path)} says that ${oneLine(first.identity, 200)} signed; name who may, so that it can be verified: ${flag}, or ${flag.replace("key", "certificate-identity")}`,
  );
}

/** What a policy folder is, where a lock is demanded. */
export function unlockable(source: string): Failure<"lock.folder"> {
  return failure(
    "lock.folder",
    `${oneLine(source)} is a policy folder; a lock pins a bundle: assay policy build`,
  );
}
