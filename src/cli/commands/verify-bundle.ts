import {
  describeThrown,
  digestOf,
  failure,
  oneLine,
  parseDigest,
  success,
  type Result,
} from "../../core/index.ts";
import {
  publicGoodRoot,
  trustFromFiles,
  verifyBundle,
  type BundleArtifact,
  type DemandedSigner,
  type TrustMaterial,
} from "../../verification/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { readInputFile } from "../files.ts";
import { IDENTITY_FLAGS } from "../flags.ts";
import { complain, type Io } from "../io.ts";
import { identitySetting } from "../identity-flags.ts";

const LARGEST_BUNDLE = 32 * 1024 * 1024;
const LARGEST_ARTIFACT = 1024 * 1024 * 1024;

export const verifyOneBundle: Command = {
  usage: "verify-bundle --bundle FILE ARTIFACT|sha256:…",
  description: [
    "Verifies one Sigstore bundle for an artifact, given as a file or by its digest, as clients of",
    "sigstore-conformance do. Exit code 0: verified by the demanded signer; 1: not.",
  ].join("\n"),
  flags: {
    bundle: { value: "FILE", help: "the Sigstore bundle" },
    ...IDENTITY_FLAGS,
    key: { value: "FILE", help: "the signer's public key, in place of an identity" },
    "trusted-root": { value: "FILE", help: "a trusted_root.json in place of the public Sigstore's" },
    staging: { help: "the staging instance; not built in, so it is refused: give its --trusted-root" },
  },
  examples: [
    "assay verify-bundle --bundle app.sigstore.json --key release.pub app.tar",
    "assay verify-bundle --bundle app.sigstore.json --certificate-identity me@example.com \\",
    "    --certificate-oidc-issuer https://accounts.example.com sha256:…",
  ],
  positionals: { least: 1, most: 1, name: "ARTIFACT" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const bundleFile = args.text("bundle");
  if (bundleFile === undefined)
    return complain(io, "--bundle is missing: assay verify-bundle --bundle FILE …");
  if (args.has("staging") && !args.has("trusted-root")) {
    return complain(io, "--staging: the staging instance is not built in; give its --trusted-root");
  }
  const trust = openTrust(args);
  if (!trust.ok) return complain(io, trust.reason.message);
  const demanded = demandedSigner(args, trust.value);
  if (!demanded.ok) return complain(io, demanded.reason.message);
  const bundle = await readInputFile(bundleFile, LARGEST_BUNDLE);
  if (!bundle.ok) return complain(io, bundle.reason.message);
  const artifact = await openArtifact(args.positionals[0] ?? "");
  if (!artifact.ok) return complain(io, artifact.reason.message);

  const verified = verifyBundle(bundle.value, artifact.value, trust.value, demanded.value, io.clock());
  if (!verified.ok) {
    const { code, message } = verified.reason;
    return complain(io, `${oneLine(bundleFile)}: ${code}: ${oneLine(message)}`, EXIT.deny);
  }
  for (const signer of verified.value.signers) {
    const who =
      signer.kind === "key" ? `key ${signer.keyId}` : `${signer.identity} (${signer.issuer ?? "no issuer"})`;
    io.stdout.write(`verified: ${oneLine(who)}\n`);
  }
  return EXIT.allow;
}

function openTrust(args: Arguments): Result<TrustMaterial> {
  try {
    const trustedRoots = args.texts("trusted-root");
    const keys = args.texts("key");
    return trustedRoots.length + keys.length === 0
      ? success(publicGoodRoot())
      : trustFromFiles({ trustedRoots, keys });
  } catch (thrown) {
    return failure("trust.invalid", describeThrown(thrown));
  }
}

function demandedSigner(args: Arguments, trust: TrustMaterial): Result<DemandedSigner> {
  const identity = identitySetting(args);
  if (!identity.ok) return identity;
  if (args.has("key")) {
    if (identity.value !== null)
      return failure("usage", "--key goes without --certificate-identity: one signer is demanded");
    const [key, ...others] = trust.keys;
    return key === undefined || others.length > 0
      ? failure("usage", `--key must name exactly one public key; found ${trust.keys.length}`)
      : success({ key });
  }
  return identity.value === null
    ? failure("usage", "name the signer: --key, or --certificate-identity with --certificate-oidc-issuer")
    : success(identity.value);
}

async function openArtifact(name: string): Promise<Result<BundleArtifact>> {
  const digest = parseDigest(name);
  if (digest !== undefined) return success({ digest });
  const bytes = await readInputFile(name, LARGEST_ARTIFACT);
  return bytes.ok ? success({ digest: digestOf(bytes.value), artifactBytes: bytes.value }) : bytes;
}
