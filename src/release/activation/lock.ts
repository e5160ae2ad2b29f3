import { relative, resolve, sep } from "node:path";
import { stringify } from "yaml";
import {
  arrayAt,
  at,
  failure,
  isObject,
  oneLine,
  parseDigest,
  stringAt,
  success,
  type Digest,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import { parseYaml, type PolicyBundle } from "../../policy/index.ts";
import type { SignedBy } from "../types.ts";
import type { LockedSigner, PolicyLock } from "./types.ts";

const MAX_SIGNERS = 100;
const FIELDS = new Set(["schemaVersion", "source", "digest", "revision", "sequence", "signers"]);
const HEADER = `# What the policy may only be (schemas/policy-lock.schema.json): written by assay policy lock, to be reviewed and committed.
`;

/** A lock on what a source has delivered and who has signed it. */
export function lockOf(source: string, bundle: PolicyBundle, signedBy: readonly SignedBy[]): PolicyLock {
  return {
    source,
    digest: bundle.digest,
    revision: bundle.revision,
    sequence: bundle.sequence ?? null,
    signers: signedBy.map(({ form, identity, issuer }) => ({ form, identity, issuer })),
  };
}

/** policy.lock in YAML for a folder, to which paths are relative; the same lock gives the same bytes. */
export function formatLock(
  { source, digest, revision, sequence, signers }: PolicyLock,
  folder: string,
): string {
  const lines = stringify(
    {
      schemaVersion: 1,
      source: isUrl(source) ? source : relative(folder, resolve(source)).split(sep).join("/"),
      digest,
      revision,
      sequence,
      signers: signers.map(({ form, identity, issuer }) => ({ form, identity, issuer })),
    },
    { lineWidth: 0 },
  );
  return HEADER + lines;
}

/**
 * Reads the policy.lock of a folder, YAML or JSON; what it does not know it refuses, for it would pin nothing. Code:
 * `lock.invalid`.
 */
export function parseLock(text: string, folder: string): Result<PolicyLock, "lock.invalid"> {
  const parsed = parseYaml("policy.lock", text);
  if (!parsed.ok) return invalid(parsed.faults[0].message);
  const { value } = parsed.value;
  if (!isObject(value)) return invalid("expected an object");
  const unknown = Object.keys(value).find((key) => !FIELDS.has(key));
  if (unknown !== undefined) return invalid(`unknown field ${JSON.stringify(unknown)}`);
  if (at(value, "schemaVersion") !== 1) return invalid("expected schemaVersion 1");
  const source = stringAt(value, "source");
  const digest = parseDigest(stringAt(value, "digest") ?? "");
  const revision = stringAt(value, "revision");
  const sequence = at(value, "sequence");
  if (source === undefined || source === "") return invalid("source is missing");
  if (digest === undefined) return invalid("digest is no sha256:… of an archive");
  if (revision === undefined) return invalid("revision is missing");
  if (!isSequence(sequence)) return invalid("sequence is no whole number from 1, and not null");
  const signers = signersOf(arrayAt(value, "signers"));
  if (signers === undefined) return invalid("signers is no list of {form, identity, issuer}");
  const place = isUrl(source) ? source : resolve(folder, source);
  return success({ source: place, digest, revision, sequence, signers });
}

/** The first thing looked at: nothing of another archive is parsed. */
export function lockedDigest(
  lock: PolicyLock | null,
  source: string,
  digest: Digest,
): Result<void, "activation.lock_mismatch"> {
  if (lock === null) return success(undefined);
  if (placeOf(lock.source) !== placeOf(source)) return differs("the source", source, lock.source);
  return lock.digest === digest ? success(undefined) : differs("the digest", digest, lock.digest);
}

/** Every signer of the lock has signed. */
export function lockedSigners(
  lock: PolicyLock | null,
  signedBy: readonly SignedBy[],
): Result<void, "activation.lock_mismatch"> {
  const missing = lock?.signers.find(
    ({ form, identity, issuer }) =>
      !signedBy.some((one) => one.form === form && one.identity === identity && one.issuer === issuer),
  );
  if (missing === undefined) return success(undefined);
  const found = signedBy.map(signerWords).join(", ");
  return differs("who signed", found === "" ? "nobody" : found, signerWords(missing));
}

/** What only the parsed bundle tells. */
export function lockedBundle(
  lock: PolicyLock | null,
  bundle: PolicyBundle,
): Result<void, "activation.lock_mismatch"> {
  const sequence = bundle.sequence ?? null;
  return lock === null || lock.sequence === sequence
    ? success(undefined)
    : differs("the sequence", String(sequence ?? "none"), String(lock.sequence ?? "none"));
}

function differs(what: string, found: string, expected: string) {
  return failure(
    "activation.lock_mismatch",
    `${what} is ${oneLine(found, 200)}; policy.lock pins ${oneLine(expected, 200)} (assay policy lock writes it anew)`,
  );
}

function signerWords({ form, identity, issuer }: LockedSigner): string {
  return `${identity}${issuer === null ? "" : ` of ${issuer}`} (${form})`;
}

/** What `openSource` takes for a URL. */
function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

function placeOf(source: string): string {
  return isUrl(source) ? source : resolve(source);
}

function isSequence(value: JsonValue | undefined): value is number | null {
  return value === null || (typeof value === "number" && Number.isSafeInteger(value) && value >= 1);
}

function signersOf(list: readonly JsonValue[] | undefined): readonly LockedSigner[] | undefined {
  if (list === undefined || list.length > MAX_SIGNERS) return undefined;
  const signers: LockedSigner[] = [];
  for (const entry of list) {
    const form = at(entry, "form");
    const identity = stringAt(entry, "identity");
    const issuer = at(entry, "issuer") ?? null;
    const known =
      isObject(entry) && Object.keys(entry).every((key) => ["form", "identity", "issuer"].includes(key));
    if (!known || (form !== "opa" && form !== "sigstore") || identity === undefined) return undefined;
    if (issuer !== null && typeof issuer !== "string") return undefined;
    signers.push({ form, identity, issuer });
  }
  return signers;
}

function invalid(message: string) {
  return failure("lock.invalid", `policy.lock: ${oneLine(message, 300)}`);
}
