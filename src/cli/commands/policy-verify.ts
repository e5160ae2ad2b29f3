import { digestOf, failure, oneLine, success, type Reason, type Result } from "../../core/index.ts";
import type { Decision } from "../../decision/index.ts";
import { readBundle } from "../../policy/index.ts";
import {
  judgeProvenance,
  lockedBundle,
  lockedDigest,
  lockedSigners,
  openSigners,
  verifyRelease,
  type Delivery,
  type PolicyLock,
  type ReleaseSigner,
  type SignedBy,
} from "../../release/index.ts";
import type { Arguments, Flags } from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { AT_FLAG, RELEASE_SIGNER_FLAGS, TRANSFER_FLAGS } from "../flags.ts";
import { complain, type Io } from "../io.ts";
import { readProvableLock, unlockable } from "../lock-file.ts";
import { policyDemand, type PolicyDemand } from "../policy-demand.ts";
import { fetchDelivery, openPolicy } from "../policy.ts";
import { startTransfer } from "../progress.ts";
import { timeSetting } from "../settings.ts";

/** Of judging the provenance. */
const TIMEOUT_MS = 60_000;

const FLAGS = {
  ...RELEASE_SIGNER_FLAGS,
  ...TRANSFER_FLAGS,
  lock: { value: "FILE", help: "a policy.lock that pins the bundle" },
} satisfies Flags;

export const policyVerify: Command = {
  usage: "policy verify BUNDLE --key FILE",
  description: [
    "Verifies that a policy bundle (a file, https://… or oci://…) is signed by a demanded signer: one of the keys, or the",
    "identity. It may be signed as OPA does or with Sigstore. With --provenance a policy for policies also judges",
    "what is attested of the bundle, as it would an image's evidence, under the name localhost/policy, or that of the",
    "OCI repository. With --lock the bundle must be the one that a policy.lock pins (digest, sequence and signers, wherever it",
    "was fetched from); a lock that names no signer needs no key. Exit code 0: verified; 1: not.",
  ].join("\n"),
  flags: {
    ...FLAGS,
    provenance: { value: "POLICY", help: "judge the bundle's own provenance by this policy" },
    evidence: {
      value: "FILE|DIR",
      repeatable: true,
      help: "evidence for --provenance besides what comes with the bundle",
    },
    output: { value: "FORMAT", choices: ["text", "json"], help: "how to say it" },
    ...AT_FLAG,
  },
  examples: [
    "assay policy verify acme.tar.gz --key release.pub --scope prod",
    "assay policy verify oci://registry.example/policies/acme:stable \\",
    "    --certificate-oidc-issuer https://token.actions.githubusercontent.com \\",
    "    --certificate-identity 'https://github.com/acme/policies/.github/workflows/release.yml@refs/tags/v*'",
    "assay policy verify oci://registry.example/policies/acme:stable --key release.pub --lock policy.lock",
    "assay policy verify acme.tar.gz --key release.pub --provenance policy-for-policies.tar.gz",
  ],
  positionals: { least: 1, most: 1, name: "BUNDLE" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const demand = policyDemand(args, FLAGS, "");
  if (!demand.ok) return complain(io, demand.reason.message);
  const signers = await openSigners(demand.value.signers);
  if (!signers.ok) return complain(io, signers.reason.message);
  const lock = await lockOf(demand.value);
  if (!lock.ok) return complain(io, lock.reason.message);
  const at = timeSetting(args);
  if (!at.ok) return complain(io, at.reason.message);
  if (args.has("evidence") && !args.has("provenance"))
    return complain(io, "--evidence goes with --provenance");
  const source = args.positionals[0] ?? "";
  const transfer = startTransfer(io, `fetching ${oneLine(source, 200)}`);
  const delivery = await fetchDelivery(source, demand.value.credentials, transfer);
  if (!delivery.ok) return complain(io, `${delivery.reason.code}: ${delivery.reason.message}`);
  const now = at.value ?? io.clock();
  if (delivery.value.kind === "folder" && lock.value !== null) {
    return complain(io, unlockable(source).reason.message);
  }
  const asked = { source, now, lock: lock.value };
  const outcome = await verifyDelivery(delivery.value, signers.value, args, asked);
  if (!outcome.ok) return complain(io, outcome.reason.message);
  tell(outcome.value, source, delivery.value, args, io);
  return outcome.value.reason === null ? EXIT.allow : EXIT.deny;
}

/** The lock that is demanded, if any; without one or without signers in it, who signed must be said. */
async function lockOf({ lock, signers }: PolicyDemand): Promise<Result<PolicyLock | null>> {
  if (lock !== undefined) return readProvableLock(lock, signers, "--key");
  return signers.length > 0
    ? success(null)
    : failure(
        "usage",
        "name who must have signed: --key, or --certificate-identity with --certificate-oidc-issuer; or pin it: --lock",
      );
}

interface Outcome {
  /** Why it is not verified; `null`: it is. */
  readonly reason: Reason | null;
  readonly signedBy: readonly SignedBy[];
  readonly bundle: { readonly name: string; readonly revision: string } | null;
  readonly provenance: Decision | null;
}

interface Asked {
  readonly source: string;
  readonly now: Date;
  readonly lock: PolicyLock | null;
}

/** Fails where the question itself is at fault: a policy for policies that is none. */
async function verifyDelivery(
  delivery: Delivery,
  signers: readonly ReleaseSigner[],
  args: Arguments,
  { source, now, lock }: Asked,
): Promise<Result<Outcome>> {
  const nothing = { signedBy: [], bundle: null, provenance: null };
  const pinned =
    delivery.kind === "folder" || lock === null
      ? success(undefined)
      : lockedDigest(lock, lock.source, digestOf(delivery.archive));
  if (!pinned.ok) return success({ ...nothing, reason: pinned.reason });
  const verified = await verifyRelease(delivery, signers, now);
  if (!verified.ok) return success({ ...nothing, reason: verified.reason });
  if (delivery.kind === "folder") return failure("internal", "a folder passed for signed");
  const signedBy = verified.value;
  const asLocked = lockedSigners(lock, signedBy);
  if (!asLocked.ok) return success({ ...nothing, signedBy, reason: asLocked.reason });
  const read = readBundle(delivery.archive);
  if (!read.ok) return success({ ...nothing, signedBy, reason: read.reason });
  const { name, revision } = read.value;
  const inLock = lockedBundle(lock, read.value);
  if (!inLock.ok) return success({ ...nothing, signedBy, reason: inLock.reason });
  const seen = { signedBy, bundle: { name, revision }, provenance: null };
  const policy = args.text("provenance");
  if (policy === undefined) return success({ ...seen, reason: null });

  const judging = await openPolicy(policy);
  if (!judging.ok) return judging;
  const judged = await judgeProvenance(delivery, {
    policy: judging.value,
    ...repositoryOf(source),
    files: args.texts("evidence"),
    now,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!judged.ok) return judged;
  return success({ ...seen, provenance: judged.value, reason: reasonOf(judged.value) });
}

function reasonOf({ allow, outcome, reason, violations }: Decision): Reason | null {
  if (allow && outcome === "allow") return null;
  const [first] = violations;
  const why = reason ?? first ?? { code: outcome, message: "the policy for policies does not allow it" };
  return { code: `provenance.${outcome}`, message: `the bundle's provenance: ${why.code}: ${why.message}` };
}

/** `HOST/REPOSITORY` of an OCI source. */
function repositoryOf(source: string): { readonly name?: string } {
  const [, repository] = /^oci:\/\/([^/@]+\/[^:@]+)(?::[^/@]*)?(?:@.*)?$/i.exec(source) ?? [];
  return repository === undefined ? {} : { name: repository };
}

function tell(
  { reason, signedBy, bundle, provenance }: Outcome,
  source: string,
  delivery: Delivery,
  args: Arguments,
  io: Io,
): void {
  const digest = delivery.kind === "archive" ? delivery.digest : null;
  if (args.text("output") === "json") {
    const report = { verified: reason === null, source, digest, bundle, signedBy, reason, provenance };
    io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  if (reason !== null) {
    complain(io, oneLine(`${source}: ${reason.code}: ${reason.message}`));
    return;
  }
  io.stdout.write(`${oneLine(`${source}  ${digest ?? ""}  revision ${bundle?.revision ?? ""}`)}\n`);
  for (const { signer, form, identity, issuer, time } of signedBy) {
    const by = issuer === null ? identity : `${identity} (${issuer})`;
    const when = time === null ? "" : `, by ${time.toISOString()}`;
    io.stdout.write(
      `${oneLine(`signed by ${signer}: ${by}, ${form === "opa" ? "OPA's signature" : "Sigstore"}${when}`)}\n`,
    );
  }
  const lock = args.text("lock");
  if (lock !== undefined) {
    const unsigned = signedBy.length === 0 ? ", which names no signer" : "";
    io.stdout.write(`${oneLine(`pinned by ${lock}${unsigned}`)}\n`);
  }
  if (provenance !== null) {
    const { name, revision } = provenance.policy;
    io.stdout.write(`${oneLine(`provenance allowed by ${name} ${revision}`)}\n`);
  }
}
