import { statSync } from "node:fs";
import { failure, oneLine, success, type Result } from "../core/index.ts";
import type { DecisionRequest } from "../decision/index.ts";
import { parseReference } from "../image/index.ts";
import type { Arguments } from "./arguments.ts";
import { POLICY_FLAGS } from "./flags.ts";
import { identitySetting, type Identity } from "./identity-flags.ts";
import { policyDemand, type PolicyDemand } from "./policy-demand.ts";
import { parseTime } from "./time.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
const LONGEST_TIMEOUT_MS = 3_600_000;

/** What the flags of an evidence command say, checked; nothing has been read of the files but that they are there. */
export interface EvidenceSettings {
  readonly files: readonly string[];
  readonly layouts: readonly string[];
  readonly platform: string | null;
  readonly offline: boolean;
  readonly timeoutMs: number;
}

/** Trust named by flags instead of a policy. */
export interface TrustSettings {
  readonly trustedRoots: readonly string[];
  readonly keys: readonly string[];
  readonly authorities: readonly string[];
  readonly notaryStores: readonly string[];
}

/** Who must have signed, where no policy says it; keys are in `TrustSettings`. */
export interface SignerSettings {
  /** Of a Sigstore's certificate. */
  readonly identity: Identity | null;
  /** Of a certificate by an authority or store of one's own; `null` where none is named. */
  readonly own: { readonly identity: string | null; readonly subject: string | null } | null;
}

const NOBODY: SignerSettings = { identity: null, own: null };

/** All that the command line says about one decision. */
export interface DecisionSettings {
  readonly policy: string | null;
  readonly policyDemand: PolicyDemand;
  readonly trust: TrustSettings;
  readonly signers: SignerSettings;
  readonly evidence: EvidenceSettings;
  readonly at: Date | null;
}

/** What is asked about which images, and with what it is to be judged. */
export interface Question {
  readonly requests: readonly DecisionRequest[];
  readonly settings: DecisionSettings;
}

/**
 * Reads the flags that commands about images share (`EVIDENCE_FLAGS`, `TRUST_FLAGS`, `AT_FLAG`, `NAMESPACE_FLAG`).
 * An image that is asked for twice is asked about once.
 */
export function readQuestion(args: Arguments, signers: SignerSettings = NOBODY): Result<Question, "usage"> {
  const images = imageReferences(args.positionals);
  if (!images.ok) return images;
  const evidence = evidenceSettings(args);
  if (!evidence.ok) return evidence;
  const at = timeSetting(args);
  if (!at.ok) return at;
  const namespace = namespaceSetting(args);
  if (!namespace.ok) return namespace;
  const { platform, offline } = evidence.value;
  const policy = args.text("policy") ?? null;
  const demand = policyDemandSetting(args, policy, offline);
  if (!demand.ok) return demand;
  return success({
    requests: images.value.map((reference) => ({
      reference,
      surface: "cli",
      namespace: namespace.value,
      parameters: {},
      platform,
    })),
    settings: {
      policy,
      policyDemand: demand.value,
      trust: {
        trustedRoots: args.texts("trusted-root"),
        keys: args.texts("key"),
        authorities: args.texts("certificate-authority"),
        notaryStores: args.texts("notary-store"),
      },
      signers,
      evidence: evidence.value,
      at: at.value,
    },
  });
}

function evidenceSettings(args: Arguments): Result<EvidenceSettings, "usage"> {
  const files = args.texts("evidence");
  const layouts = args.texts("layout");
  for (const path of [...files, ...layouts]) {
    if (!exists(path)) return failure("usage", `${oneLine(path)}: there is no such file or folder`);
  }
  const platform = args.text("platform") ?? null;
  if (platform !== null && !/^[a-z0-9_.-]+\/[a-z0-9_.-]+(?:\/[a-z0-9_.-]+)?$/.test(platform)) {
    return failure(
      "usage",
      `--platform ${oneLine(platform, 60)}: expected OS/ARCHITECTURE[/VARIANT], as linux/amd64`,
    );
  }
  const timeoutMs = timeout(args.text("timeout"));
  if (timeoutMs === undefined) {
    return failure(
      "usage",
      `--timeout ${oneLine(args.text("timeout") ?? "", 60)}: expected seconds, from 0.1 to 3600`,
    );
  }
  return success({ files, layouts, platform, offline: args.has("offline"), timeoutMs });
}

/** What `POLICY_FLAGS` say of the policy that they name; without one they say nothing. */
export function policyDemandSetting(
  args: Arguments,
  policy: string | null,
  offline: boolean,
): Result<PolicyDemand, "usage"> {
  const given = Object.keys(POLICY_FLAGS).find((name) => name !== "policy" && args.has(name));
  return given !== undefined && policy === null
    ? failure("usage", `--${given} goes with --policy`)
    : policyDemand(args, POLICY_FLAGS, "policy-", offline);
}

/**
 * Who must have signed by `IDENTITY_FLAGS`, `SUBJECT_FLAG` and `TRUST_FLAGS`. An identity is of an OIDC issuer, or else
 * of the authorities of one's own; a store of the Notary Project goes by the subject alone.
 */
export function signerSettings(args: Arguments): Result<SignerSettings, "usage"> {
  const authorities = args.has("certificate-authority");
  const stores = args.has("notary-store");
  const subject = args.text("certificate-subject") ?? null;
  const ofOwn = authorities && !args.has("certificate-oidc-issuer");
  const sigstore = ofOwn ? success(null) : identitySetting(args);
  if (!sigstore.ok) return sigstore;
  const identity = ofOwn ? (args.text("certificate-identity") ?? null) : null;
  if (!authorities && !stores) {
    return subject === null
      ? success({ identity: sigstore.value, own: null })
      : failure("usage", "--certificate-subject goes with --certificate-authority or --notary-store");
  }
  if (authorities && identity === null && subject === null) {
    return failure(
      "usage",
      "--certificate-authority certifies many: name whom by --certificate-identity (without issuer) or --certificate-subject",
    );
  }
  if (stores && subject === null) {
    return failure("usage", "--notary-store certifies many: name whom by --certificate-subject");
  }
  return success({ identity: sigstore.value, own: { identity, subject } });
}

/** The time of `--at`; `null` where it is not given. */
export function timeSetting(args: Arguments): Result<Date | null, "usage"> {
  const text = args.text("at");
  if (text === undefined) return success(null);
  const time = parseTime(text);
  return time === undefined
    ? failure("usage", `--at ${oneLine(text, 60)}: expected a time of RFC 3339, as 2026-11-22T10:00:00Z`)
    : success(time);
}

function namespaceSetting(args: Arguments): Result<string | null, "usage"> {
  const namespace = args.text("namespace") ?? null;
  if (namespace === null || /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    return success(namespace);
  return failure("usage", `--namespace ${oneLine(namespace, 80)}: not the name of a Kubernetes namespace`);
}

function imageReferences(images: readonly string[]): Result<readonly string[], "usage"> {
  for (const image of images) {
    const reference = parseReference(image);
    if (!reference.ok) return failure("usage", reference.reason.message);
  }
  return success([...new Set(images)]);
}

function timeout(text: string | undefined): number | undefined {
  if (text === undefined) return DEFAULT_TIMEOUT_MS;
  if (!/^\d{1,6}(?:\.\d{1,3})?s?$/.test(text)) return undefined;
  const milliseconds = Number.parseFloat(text) * 1000;
  return milliseconds >= 100 && milliseconds <= LONGEST_TIMEOUT_MS ? milliseconds : undefined;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
