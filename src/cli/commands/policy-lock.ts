import { dirname, resolve } from "node:path";
import { failure, oneLine, success, type Result } from "../../core/index.ts";
import { readBundle } from "../../policy/index.ts";
import {
  formatLock,
  lockOf,
  openSigners,
  openSource,
  verifyRelease,
  type PolicyLock,
} from "../../release/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { replaceFile } from "../files.ts";
import { complain, type Io } from "../io.ts";
import { RELEASE_SIGNER_FLAGS, TRANSFER_FLAGS } from "../flags.ts";
import { policyDemand } from "../policy-demand.ts";
import { fetchDelivery } from "../policy.ts";
import { sourceSettings } from "../source-settings.ts";

const FLAGS = { ...RELEASE_SIGNER_FLAGS, ...TRANSFER_FLAGS };

export const policyLock: Command = {
  usage: "policy lock BUNDLE --out policy.lock",
  description: [
    "Pins the policy that a source (a file, https://… or oci://…) has now: source, digest, signers and sequence, as",
    "schemas/policy-lock.schema.json describes them. A service whose configuration names the file activates nothing else.",
    "Where the policy is signed, name who may have signed it; that is verified first, and written down. Where they have not,",
    "nothing is written (exit code 1).",
  ].join("\n"),
  flags: {
    out: { value: "FILE", help: "where the lock is written" },
    ...FLAGS,
  },
  examples: [
    "assay policy lock oci://registry.example/policies/acme:stable --key release.pub --out policy.lock",
    "assay policy lock acme.tar.gz --out policy.lock",
  ],
  positionals: { least: 1, most: 1, name: "BUNDLE" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const out = args.text("out");
  if (out === undefined) return complain(io, "--out is missing: assay policy lock BUNDLE --out policy.lock");
  const lock = await makeLock(args, io);
  if (!lock.ok) {
    const { code, message } = lock.reason;
    return complain(
      io,
      oneLine(`${code}: ${message}`),
      code.startsWith("signature.") ? EXIT.deny : EXIT.usage,
    );
  }
  const written = await replaceFile(out, Buffer.from(formatLock(lock.value, dirname(resolve(out)))));
  if (!written.ok) return complain(io, written.reason.message);
  const { digest, revision, sequence, signers } = lock.value;
  const numbered = sequence === null ? "" : `  sequence ${sequence}`;
  const signed =
    signers.length === 0 ? "unsigned" : `signed by ${signers.map(({ identity }) => identity).join(", ")}`;
  io.stdout.write(`${oneLine(`${out}  ${digest}  revision ${revision}${numbered}  ${signed}`)}\n`);
  return EXIT.allow;
}

async function makeLock(args: Arguments, io: Io): Promise<Result<PolicyLock>> {
  const named = args.positionals[0] ?? "";
  const demand = policyDemand(args, FLAGS, "");
  if (!demand.ok) return demand;
  const signers = await openSigners(demand.value.signers);
  if (!signers.ok) return signers;
  const source = await openSource(named, sourceSettings(demand.value.credentials));
  if (!source.ok) return source;
  source.value.close();
  const delivery = await fetchDelivery(named, demand.value.credentials);
  if (!delivery.ok) return delivery;
  if (delivery.value.kind === "folder") {
    return failure(
      "lock.folder",
      `${named} is a policy folder; only a bundle can be pinned: assay policy build`,
    );
  }
  const signedBy = await verifyRelease(delivery.value, signers.value, io.clock());
  if (!signedBy.ok) return signedBy;
  const bundle = readBundle(delivery.value.archive);
  return bundle.ok ? success(lockOf(source.value.name, bundle.value, signedBy.value)) : bundle;
}
