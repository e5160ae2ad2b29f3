import { stat } from "node:fs/promises";
import { digestOf, failure, oneLine, success, type Result } from "../core/index.ts";
import {
  adHocPolicy,
  BUNDLE_LIMITS,
  composeBundle,
  defaultBundlePath,
  libraryOf,
  readBundle,
  regoSources,
  type OwnHolders,
  type PolicyBundle,
  type RegoSource,
} from "../policy/index.ts";
import {
  compileFolder,
  faultLines,
  lockedBundle,
  lockedDigest,
  lockedSigners,
  openSigners,
  openSource,
  schemeOf,
  verifyRelease,
  type Delivery,
  type HttpCredentials,
  type PolicyLock,
  type SignedBy,
} from "../release/index.ts";
import type { TrustMaterial } from "../verification/index.ts";
import { readInputFile } from "./files.ts";
import { readProvableLock, unlockable } from "./lock-file.ts";
import { NO_DEMAND, type PolicyDemand } from "./policy-demand.ts";
import type { Transfer } from "./progress.ts";
import type { SignerSettings } from "./settings.ts";
import { sourceSettings } from "./source-settings.ts";

/** Milliseconds in which a policy must be there. */
const FETCH_MS = 120_000;

/** A policy with the Rego that it was compiled from, as far as its bundle carries it; read when it is asked for. */
export interface PolicyWithSources {
  readonly bundle: PolicyBundle;
  readonly rego: () => readonly RegoSource[];
}

/** A policy for those who only look at it: what could be said about who signed it. */
export interface ShownPolicy extends PolicyWithSources {
  /** Why nobody vouches for it, where it is signed or should be; `null`: it is unsigned, or was verified. */
  readonly unverified: string | null;
}

export interface OpenOptions {
  readonly demand: PolicyDemand;
  /** When signatures are judged. */
  readonly now: Date;
  readonly transfer?: Transfer;
  /** Only to show: a policy folder, which nobody can sign, is taken where signers are demanded of bundles; default no. */
  readonly unsignedFolders?: boolean;
}

/**
 * The policy that a command names: a bundle, a policy folder, or what lies behind a URL; signed by whom the flags demand.
 * A folder without Rego of its own needs no compiler; one with rules is built first. The failure has a line per fault.
 */
export async function openPolicy(source: string, options?: OpenOptions): Promise<Result<PolicyBundle>> {
  const opened = await openPolicyWithSources(source, options);
  return opened.ok ? success(opened.value.bundle) : opened;
}

/** … for those who explain or trace it. */
export async function openPolicyWithSources(
  source: string,
  options: OpenOptions = { demand: NO_DEMAND, now: new Date() },
): Promise<Result<PolicyWithSources>> {
  const { lock: path, signers } = options.demand;
  const lock = path === undefined ? success(null) : await readProvableLock(path, signers, "--policy-key");
  if (!lock.ok) return lock;
  const fetched = await fetchPolicy(source, options);
  if (!fetched.ok) return fetched;
  const pinned = lock.value === null ? success(undefined) : isPinned(source, fetched.value, lock.value);
  if (!pinned.ok) return pinned;
  // Nobody vouches for it in any case: what it is not, is said better by who reads bundles.
  const nobody = signers.length === 0 ? readPolicy(source, fetched.value) : undefined;
  if (nobody?.ok === false) return nobody;
  const signed = await verifySigner(fetched.value.delivery, options);
  if (!signed.ok) return failure(signed.reason.code, `${oneLine(source)}: ${signed.reason.message}`);
  const bySigners = lockedSigners(lock.value, signed.value);
  if (!bySigners.ok) return bySigners;
  const read = nobody ?? readPolicy(source, fetched.value);
  if (!read.ok) return read;
  const byBundle = lockedBundle(lock.value, read.value.bundle);
  return byBundle.ok ? read : byBundle;
}

/** Before anything of it is parsed. */
function isPinned(source: string, { delivery }: Fetched, lock: PolicyLock): Result<void> {
  if (delivery.kind === "folder") return unlockable(source);
  return lockedDigest(lock, lock.source, digestOf(delivery.archive));
}

/** … for those who decide nothing by it: a signature that nobody can be demanded of is told, not refused. */
export async function openPolicyToShow(source: string, options: OpenOptions): Promise<Result<ShownPolicy>> {
  const fetched = await fetchPolicy(source, options);
  if (!fetched.ok) return fetched;
  const { delivery } = fetched.value;
  if (delivery.kind === "folder" && options.unsignedFolders === true) {
    const read = readPolicy(source, fetched.value);
    const unverified = options.demand.signers.length > 0 ? FOLDER_UNSIGNED : null;
    return read.ok ? success({ ...read.value, unverified }) : read;
  }
  const signed = await verifySigner(delivery, options);
  if (!signed.ok && signed.reason.code !== "signature.unexpected") {
    return failure(signed.reason.code, `${oneLine(source)}: ${signed.reason.message}`);
  }
  const read = readPolicy(source, fetched.value);
  if (!read.ok) return read;
  const beside = delivery.kind === "archive" && delivery.evidence.length > 0;
  const isAsked = options.demand.signers.length > 0;
  const unverified = !isAsked && (!signed.ok || beside) ? NOT_VERIFIED : null;
  return success({ ...read.value, unverified });
}

const NOT_VERIFIED =
  "is signed; by whom was not verified, for no signer is named (--policy-key, --policy-certificate-identity)";

const FOLDER_UNSIGNED =
  "is a policy folder, which is not signed: only bundles are held to the signers that are named";

interface Fetched {
  readonly delivery: Delivery;
  /** That holds the Rego. */
  readonly archive: Uint8Array;
}

async function fetchPolicy(source: string, { demand, transfer }: OpenOptions): Promise<Result<Fetched>> {
  const scheme = schemeOf(source);
  if (scheme === undefined) {
    const found = await stat(source).catch(() => undefined);
    if (found === undefined)
      return failure("policy.not_found", `${oneLine(source)}: there is no such policy`);
    if (found.isDirectory()) return compile(source);
    // Read once: nothing lies beside a pipe, and nobody swaps it.
    if (!found.isFile()) return readPipe(source);
  } else if (demand.offline) {
    return failure("usage", `${oneLine(source, 200)}: with --offline a policy is a file or a folder`);
  }
  const delivered = await fetchDelivery(source, demand.credentials, transfer);
  if (!delivered.ok) return delivered;
  const delivery = delivered.value;
  return delivery.kind === "archive"
    ? success({ delivery, archive: delivery.archive })
    : failure("policy.invalid", `${oneLine(source)}: has become a folder`);
}

/** What a source has, asked once. */
export async function fetchDelivery(
  source: string,
  credentials: HttpCredentials,
  transfer?: Transfer,
): Promise<Result<Delivery>> {
  const opened = await openSource(source, sourceSettings(credentials));
  if (!opened.ok) return opened;
  try {
    const signal = AbortSignal.timeout(FETCH_MS);
    const fetched = await opened.value.fetch({
      known: null,
      signal,
      ...(transfer && { progress: transfer.progress }),
    });
    if (!fetched.ok) return fetched;
    return fetched.value === "unchanged"
      ? failure("source.invalid", `${oneLine(source)}: answered that nothing had changed`)
      : success(fetched.value);
  } finally {
    transfer?.end();
    opened.value.close();
  }
}

async function compile(folder: string): Promise<Result<Fetched>> {
  const compiled = await compileFolder(folder);
  if (!compiled.ok) return failure("policy.invalid", faultLines(folder, compiled.faults));
  const { bundle, archive } = compiled.value;
  return success({ delivery: { kind: "folder", bundle, version: bundle.digest }, archive });
}

async function readPipe(path: string): Promise<Result<Fetched>> {
  const read = await readInputFile(path, BUNDLE_LIMITS.archiveBytes);
  if (!read.ok) return read;
  const archive = read.value;
  const digest = digestOf(archive);
  const delivery = {
    kind: "archive",
    archive,
    digest,
    version: digest,
    evidence: [],
    subjects: [digest],
  } as const;
  return success({ delivery, archive });
}

async function verifySigner(
  delivery: Delivery,
  { demand, now }: OpenOptions,
): Promise<Result<readonly SignedBy[]>> {
  const signers = await openSigners(demand.signers);
  return signers.ok ? verifyRelease(delivery, signers.value, now) : signers;
}

function readPolicy(source: string, { delivery, archive }: Fetched): Result<PolicyWithSources> {
  const read = delivery.kind === "folder" ? success(delivery.bundle) : readBundle(archive);
  return read.ok
    ? success({ bundle: read.value, rego: () => regoSources(archive) })
    : failure(read.reason.code, `${oneLine(source)}: no policy bundle: ${read.reason.message}`);
}

/** A policy that any image fulfils of which the given signer, and nobody else, has signed something. */
export async function openAdHocPolicy(
  { identity, own }: SignerSettings,
  trust: TrustMaterial,
): Promise<Result<PolicyWithSources>> {
  const read = await readLibrary();
  if (!read.ok) return read;
  const { bundle: library, archive } = read.value;
  const data = adHocPolicy(
    {
      ...(identity === null ? {} : { certificateIdentity: identity.identity, issuer: identity.issuer }),
      ...(own === null ? {} : { own: holders(own, trust) }),
      keys: trust.keys.map(({ name, key }) => ({
        name,
        pem: key.export({ type: "spki", format: "pem" }).toString(),
      })),
    },
    libraryOf(library.data),
  );
  if (!data.ok) return data;
  const bundle = composeBundle(library, { name: "ad-hoc", revision: "0", data: data.value });
  return bundle.ok ? success({ bundle: bundle.value, rego: () => regoSources(archive) }) : bundle;
}

function holders(own: NonNullable<SignerSettings["own"]>, trust: TrustMaterial): OwnHolders {
  return {
    ...own,
    authorities: (trust.authorities ?? []).map(({ name }) => name),
    notaryStores: (trust.notary ?? []).map(({ name }) => name),
  };
}

async function readLibrary(): Promise<
  Result<{ readonly bundle: PolicyBundle; readonly archive: Uint8Array }>
> {
  const path = defaultBundlePath();
  const archive = await readInputFile(path, BUNDLE_LIMITS.archiveBytes);
  if (!archive.ok) return archive;
  const bundle = readBundle(archive.value);
  return bundle.ok
    ? success({ bundle: bundle.value, archive: archive.value })
    : failure(bundle.reason.code, `${oneLine(path)}: no policy bundle: ${bundle.reason.message}`);
}

export { faultLines };
