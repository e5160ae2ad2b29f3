import { rm } from "node:fs/promises";
import { describeThrown, failure, oneLine, success, type Result } from "../../core/index.ts";
import { readBundle } from "../../policy/index.ts";
import {
  EVIDENCE_SUFFIXES,
  MANIFEST_SUFFIX,
  openSigners,
  schemeOf,
  verifyRelease,
  type DeliveredArchive,
  type SignedBy,
} from "../../release/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { joinEvidence } from "../evidence-lines.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { replaceFile } from "../files.ts";
import { RELEASE_SIGNER_FLAGS, TRANSFER_FLAGS } from "../flags.ts";
import { complain, type Io } from "../io.ts";
import { policyDemand, type PolicyDemand } from "../policy-demand.ts";
import { fetchDelivery } from "../policy.ts";
import { startTransfer } from "../progress.ts";

const FLAGS = { ...RELEASE_SIGNER_FLAGS, ...TRANSFER_FLAGS };

export const policyPull: Command = {
  usage: "policy pull URL --out FILE",
  description: [
    "Fetches a policy bundle from https://… or oci://HOST/REPOSITORY[:TAG][@DIGEST] into a file, whole or not at all, and its",
    "evidence into FILE.sigstore.json, from a registry with the manifest that the evidence is about (FILE.manifest.json). What",
    "lay beside FILE for an older bundle is taken away. With --key or --certificate-identity nothing is written that they",
    "have not signed (exit code 1).",
  ].join("\n"),
  flags: { out: { value: "FILE", help: "where the bundle is written" }, ...FLAGS },
  examples: [
    "assay policy pull oci://registry.example/policies/acme:stable --out acme.tar.gz --key release.pub",
    "assay policy pull https://policies.example/acme.tar.gz --out acme.tar.gz --token-file token",
  ],
  positionals: { least: 1, most: 1, name: "URL" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [url = ""] = args.positionals;
  const out = args.text("out");
  if (out === undefined) return complain(io, "--out is missing: assay policy pull URL --out FILE");
  if (schemeOf(url) === undefined) return complain(io, `${oneLine(url)}: expected https://… or oci://…`);
  const demand = policyDemand(args, FLAGS, "");
  if (!demand.ok) return complain(io, demand.reason.message);
  const signers = await openSigners(demand.value.signers);
  if (!signers.ok) return complain(io, signers.reason.message);

  const transfer = startTransfer(io, `fetching ${oneLine(url, 200)}`);
  const delivery = await fetchArchive(url, demand.value, transfer);
  if (!delivery.ok) return complain(io, delivery.reason.message);
  const signed = await verifyRelease(delivery.value, signers.value, io.clock());
  if (!signed.ok) {
    return complain(io, oneLine(`${url}: ${signed.reason.code}: ${signed.reason.message}`), EXIT.deny);
  }
  const bundle = readBundle(delivery.value.archive);
  if (!bundle.ok) return complain(io, `${oneLine(url)}: no policy bundle: ${bundle.reason.message}`);
  const written = await write(out, delivery.value);
  if (!written.ok) return complain(io, written.reason.message);
  io.stdout.write(`${oneLine(`${out}  ${delivery.value.digest}  revision ${bundle.value.revision}`)}\n`);
  for (const line of signatures(signed.value)) io.stdout.write(`${oneLine(line)}\n`);
  if (signers.value.length === 0) {
    io.stderr.write("assay: who signed it was not verified: no --key and no --certificate-identity\n");
  }
  return EXIT.allow;
}

async function fetchArchive(
  url: string,
  { credentials }: PolicyDemand,
  transfer: ReturnType<typeof startTransfer>,
): Promise<Result<DeliveredArchive>> {
  const delivery = await fetchDelivery(url, credentials, transfer);
  if (!delivery.ok) return delivery;
  return delivery.value.kind === "archive"
    ? success(delivery.value)
    : failure("usage", `${oneLine(url)}: is a folder; expected a bundle`);
}

/** The evidence first: who watches the file finds it there when the bundle has come. */
async function write(out: string, { archive, evidence, manifest }: DeliveredArchive): Promise<Result<void>> {
  const [own, ...others] = EVIDENCE_SUFFIXES;
  const signed = evidence.length > 0;
  const beside: readonly (readonly [string, Uint8Array | undefined])[] = [
    [MANIFEST_SUFFIX, signed ? manifest : undefined],
    [own, signed ? joinEvidence(evidence) : undefined],
    ...others.map((suffix) => [suffix, undefined] as const),
  ];
  for (const [suffix, bytes] of beside) {
    const written =
      bytes === undefined ? await removed(out + suffix) : await replaceFile(out + suffix, bytes);
    if (!written.ok) return written;
  }
  return replaceFile(out, archive);
}

async function removed(path: string): Promise<Result<void>> {
  try {
    await rm(path, { force: true });
    return success(undefined);
  } catch (thrown) {
    return failure("file.unwritable", `${oneLine(path)}: cannot be removed: ${describeThrown(thrown)}`);
  }
}

function signatures(signed: readonly SignedBy[]): readonly string[] {
  return signed.map(({ signer, form, identity, issuer }) => {
    const by = issuer === null ? identity : `${identity} (${issuer})`;
    return `signed by ${signer}: ${by}, ${form === "opa" ? "OPA's signature" : "Sigstore"}`;
  });
}
