import { failure, oneLine, success, type Result } from "../../core/index.ts";
import { readBundle } from "../../policy/index.ts";
import {
  EVIDENCE_SUFFIXES,
  pushBundle,
  pushEvidence,
  putBundle,
  schemeOf,
  type DeliveredArchive,
  type PushOptions,
} from "../../release/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { joinEvidence } from "../evidence-lines.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { TRANSFER_FLAGS } from "../flags.ts";
import { complain, type Io } from "../io.ts";
import { policyDemand } from "../policy-demand.ts";
import { fetchDelivery } from "../policy.ts";
import { startTransfer } from "../progress.ts";
import { sourceSettings } from "../source-settings.ts";

const TIMEOUT_MS = 10 * 60_000;

export const policyPush: Command = {
  usage: "policy push BUNDLE URL",
  description: [
    "Publishes a policy bundle, with the evidence in BUNDLE.sigstore.json and BUNDLE.intoto.jsonl where there is some.",
    "To oci://HOST/REPOSITORY[:TAG] as an OCI artifact that `oras pull` and OPA read, its evidence attached as referrers;",
    "the same bundle is the same artifact each time, and the digest that is printed is what to pin. To https://… by PUT, in",
    "place of what is there, its evidence beside it. Registries are asked with the credentials of `docker login`.",
  ].join("\n"),
  flags: {
    tag: { value: "TAG", repeatable: true, help: "a further tag for the artifact" },
    ...TRANSFER_FLAGS,
  },
  examples: [
    "assay policy push acme.tar.gz oci://registry.example/policies/acme:1.4.0 --tag stable",
    "assay policy push acme.tar.gz https://policies.example/acme.tar.gz --token-file token",
  ],
  positionals: { least: 2, most: 2, name: "BUNDLE and URL" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [file = "", url = ""] = args.positionals;
  const scheme = schemeOf(url);
  if (schemeOf(file) !== undefined) return complain(io, `${oneLine(file)}: expected the file of a bundle`);
  if (scheme !== "oci" && scheme !== "https" && scheme !== "http") {
    return complain(io, `${oneLine(url)}: expected oci://HOST/REPOSITORY[:TAG] or https://…`);
  }
  if (args.has("tag") && scheme !== "oci") return complain(io, "--tag goes with oci://");
  const demand = policyDemand(args, TRANSFER_FLAGS, "");
  if (!demand.ok) return complain(io, demand.reason.message);
  const bundle = await readRelease(file);
  if (!bundle.ok) return complain(io, bundle.reason.message);

  const transfer = startTransfer(io, `pushing to ${oneLine(url, 200)}`);
  const options = {
    settings: sourceSettings(demand.value.credentials),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    progress: transfer.progress,
  };
  const pushed =
    scheme === "oci"
      ? await pushToRegistry(url, bundle.value, args.texts("tag"), options)
      : await pushToServer(url, bundle.value, options);
  transfer.end();
  if (!pushed.ok) return complain(io, pushed.reason.message);
  for (const line of pushed.value) io.stdout.write(`${oneLine(line)}\n`);
  return EXIT.allow;
}

/** The bundle of a file and the evidence beside it; what is no policy bundle is not published as one. */
async function readRelease(file: string): Promise<Result<DeliveredArchive>> {
  const read = await fetchDelivery(file, {});
  if (!read.ok) return read;
  const delivery = read.value;
  if (delivery.kind === "folder") {
    return failure("usage", `${oneLine(file)}: is a folder; \`assay policy build\` makes the bundle to push`);
  }
  const bundle = readBundle(delivery.archive);
  return bundle.ok
    ? success(delivery)
    : failure(bundle.reason.code, `${oneLine(file)}: no policy bundle: ${bundle.reason.message}`);
}

type Lines = readonly string[];

async function pushToRegistry(
  url: string,
  { archive, digest, evidence }: DeliveredArchive,
  tags: readonly string[],
  options: PushOptions,
): Promise<Result<Lines>> {
  const pushed = await pushBundle(url, archive, tags, options);
  if (!pushed.ok) return pushed;
  const attached: string[] = [];
  for (const document of evidence) {
    const referrer = await pushEvidence(url, document, pushed.value.digest, options);
    if (!referrer.ok) return referrer;
    attached.push(`attached ${referrer.value}`);
  }
  return success([`${pushed.value.pinned}  bundle ${digest}`, ...attached]);
}

async function pushToServer(
  url: string,
  { archive, digest, evidence }: DeliveredArchive,
  options: PushOptions,
): Promise<Result<Lines>> {
  const [suffix] = EVIDENCE_SUFFIXES;
  const beside = evidence.length === 0 ? [] : [{ suffix, bytes: joinEvidence(evidence) }];
  const put = await putBundle(url, archive, beside, options);
  return put.ok ? success([`${url.replace(/[?#].*$/, "")}  bundle ${digest}`]) : put;
}
