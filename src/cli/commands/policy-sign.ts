import { stat } from "node:fs/promises";
import { digestOf, failure, oneLine, parseStrictJson, success, type Result } from "../../core/index.ts";
import { readBundle } from "../../policy/index.ts";
import {
  attachSigstoreBundle,
  COSIGN_SIGN_PREDICATE,
  isOpaAlgorithm,
  OPA_ALGORITHMS,
  schemeOf,
  signatureStatement,
  signOpaBundle,
  signWithSigstore,
  type SigningSettings,
} from "../../release/index.ts";
import type { Signer } from "../../verification/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { joinEvidence } from "../evidence-lines.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { readInputFile, replaceFile } from "../files.ts";
import { complain, type Io } from "../io.ts";
import { fetchDelivery } from "../policy.ts";
import { sourceSettings } from "../source-settings.ts";
import { privateKey, serviceFlag, SIGNING_FLAGS, signingSettings } from "../signing-settings.ts";

const LARGEST_BUNDLE = 256 * 1024 * 1024;
const LARGEST_SIGNATURES = 8 * 1024 * 1024;
const TIMEOUT_MS = 180_000;

export const policySign: Command = {
  usage: "policy sign BUNDLE",
  description: [
    "Signs a policy bundle with Sigstore, by --key or keyless: a file's signature is written to FILE.sigstore.json, where",
    "`cosign verify-blob --bundle` reads it; that of oci://HOST/REPOSITORY[:TAG] is attached in the registry, where",
    "`cosign verify` finds it. With --opa the signature is OPA's own, and goes into the bundle file.",
    "Keyless, the identity token is --identity-token, SIGSTORE_ID_TOKEN or that of the GitHub Actions job; the services",
    "are the public Sigstore's unless others are named. A key signs without any service unless one is named.",
  ].join("\n"),
  flags: {
    ...SIGNING_FLAGS,
    append: { help: "keep the signatures that FILE.sigstore.json holds, as while keys are changed" },
    opa: { help: "sign as OPA does (.signatures.json), with --key" },
    algorithm: { value: "ALG", choices: OPA_ALGORITHMS, help: "of --opa: how the key signs" },
    "key-id": { value: "ID", help: "of --opa: the key's name in the signature" },
    scope: { value: "SCOPE", help: "of --opa: what the signature is for" },
  },
  examples: [
    "assay policy sign acme.tar.gz --key release.key",
    "assay policy sign acme.tar.gz",
    "assay policy sign oci://registry.example/policies/acme:1.4.0 --key release.key",
    "assay policy sign acme.tar.gz --opa --key release.pem --key-id release --scope prod",
  ],
  positionals: { least: 1, most: 1, name: "BUNDLE" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const source = args.positionals[0] ?? "";
  const fault = usageFault(args, source);
  if (fault !== undefined) return complain(io, fault);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const signed =
    schemeOf(source) === "oci"
      ? await signArtifact(source, args, io, signal)
      : await signFile(source, args, io, signal);
  if (!signed.ok) return complain(io, `${signed.reason.code}: ${signed.reason.message}`);
  for (const line of signed.value) io.stdout.write(`${oneLine(line)}\n`);
  return EXIT.allow;
}

function usageFault(args: Arguments, source: string): string | undefined {
  const scheme = schemeOf(source);
  const opa = args.has("opa");
  if (scheme !== undefined && scheme !== "oci") {
    return `${oneLine(source, 200)}: what lies behind ${scheme}:// cannot be signed there: sign the file, then publish it`;
  }
  if (opa && scheme === "oci")
    return "--opa: an OPA signature is inside of the bundle: sign the file, then push it";
  if (opa && !args.has("key")) return "--opa signs with a key: --key is missing";
  const service = opa ? (serviceFlag(args) ?? (args.has("append") ? "append" : undefined)) : undefined;
  if (service !== undefined) return `--${service} goes without --opa: OPA's signatures know keys alone`;
  const ofOpa = ["algorithm", "key-id", "scope"].find((flag) => args.has(flag));
  if (!opa && ofOpa !== undefined) return `--${ofOpa} goes with --opa`;
  if (args.has("append") && scheme === "oci")
    return "--append: a registry keeps every signature that is attached";
  return args.has("key") && args.has("identity-token")
    ? "--key goes without --identity-token: one of them signs"
    : undefined;
}

type Lines = readonly string[];

async function signFile(path: string, args: Arguments, io: Io, signal: AbortSignal): Promise<Result<Lines>> {
  const archive = await readInputFile(path, LARGEST_BUNDLE);
  if (!archive.ok) return archive;
  // Whoever signs something else than they meant to has lent their name to it.
  const bundle = readBundle(archive.value);
  if (!bundle.ok)
    return failure(bundle.reason.code, `${oneLine(path)}: no policy bundle: ${bundle.reason.message}`);
  if (args.has("opa")) return signOpa(path, archive.value, args, io);

  const settings = await signingSettings(args, io, signal);
  if (!settings.ok) return settings;
  const out = `${path}.sigstore.json`;
  const kept = args.has("append") ? await signaturesIn(out) : success([]);
  if (!kept.ok) return kept;
  const content = { kind: "file", bytes: archive.value, digest: digestOf(archive.value) } as const;
  const signed = await signWithSigstore(content, settings.value);
  if (!signed.ok) return signed;
  const { bundle: signature, signer } = signed.value;
  const written = await replaceFile(out, joinEvidence([...kept.value, signature]));
  if (!written.ok) return written;
  return success([`${out}  ${content.digest}`, ...told(signer, settings.value)]);
}

async function signOpa(path: string, archive: Uint8Array, args: Arguments, io: Io): Promise<Result<Lines>> {
  const key = await privateKey(args.text("key") ?? "", io);
  if (!key.ok) return key;
  const [algorithm, keyId, scope] = ["algorithm", "key-id", "scope"].map((flag) => args.text(flag));
  const signed = signOpaBundle(archive, {
    key: key.value.privateKey,
    ...(algorithm !== undefined && isOpaAlgorithm(algorithm) ? { algorithm } : {}),
    ...(keyId === undefined ? {} : { keyId }),
    ...(scope === undefined ? {} : { scope }),
  });
  if (!signed.ok) return signed;
  const written = await replaceFile(path, signed.value);
  if (!written.ok) return written;
  const beside = `${path}.sigstore.json`;
  if ((await stat(beside).catch(() => undefined)) !== undefined) {
    io.stderr.write(`assay: ${oneLine(beside)} is of the bundle as it was before: sign anew with Sigstore\n`);
  }
  return success([`${path}  ${digestOf(signed.value)}`]);
}

/** One Sigstore bundle, or one a line. */
async function signaturesIn(path: string): Promise<Result<readonly Uint8Array[]>> {
  if ((await stat(path).catch(() => undefined)) === undefined) return success([]);
  const bytes = await readInputFile(path, LARGEST_SIGNATURES);
  if (!bytes.ok) return bytes;
  const whole = parseStrictJson(bytes.value);
  if (whole.ok) return success([Buffer.from(JSON.stringify(whole.value))]);
  const lines = bytes.value
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.every((line) => parseStrictJson(Buffer.from(line)).ok)
    ? success(lines.map((line) => Buffer.from(line)))
    : failure(
        "file.unreadable",
        `${oneLine(path)}: holds no signatures to keep: neither JSON nor a document a line`,
      );
}

function told(signer: Signer | null, { services }: SigningSettings): Lines {
  const who =
    signer === null
      ? "signed; not verified, for lack of the services' --trusted-root"
      : `signed by ${signer.kind === "key" ? `the key ${signer.keyId}` : `${signer.identity} (${signer.issuer ?? "no issuer"})`}`;
  const logs = services.rekor.map(({ url }) => `recorded in ${url.host}`);
  return [who, ...logs, ...services.timestampAuthorities.map(({ host }) => `stamped by ${host}`)];
}

/** The signature is about the manifest's digest, which is what a policy is pinned by. */
async function signArtifact(
  source: string,
  args: Arguments,
  io: Io,
  signal: AbortSignal,
): Promise<Result<Lines>> {
  const settings = await signingSettings(args, io, signal);
  if (!settings.ok) return settings;
  const fetched = await fetchDelivery(source, {});
  if (!fetched.ok) return fetched;
  const delivery = fetched.value;
  const subject =
    delivery.kind === "archive" ? delivery.subjects.find((digest) => digest !== delivery.digest) : undefined;
  if (delivery.kind === "folder" || subject === undefined) {
    return failure("source.invalid", `${oneLine(source)}: no artifact of a registry`);
  }
  const bundle = readBundle(delivery.archive);
  if (!bundle.ok)
    return failure(bundle.reason.code, `${oneLine(source)}: no policy bundle: ${bundle.reason.message}`);
  const content = signatureStatement(subject);
  const signed = await signWithSigstore(content, settings.value);
  if (!signed.ok) return signed;
  const attached = await attachSigstoreBundle(
    source,
    { subject, bundle: signed.value.bundle, predicateType: COSIGN_SIGN_PREDICATE, created: io.clock() },
    { settings: sourceSettings(), signal },
  );
  if (!attached.ok) return attached;
  return success([`${subject}  signature ${attached.value}`, ...told(signed.value.signer, settings.value)]);
}
