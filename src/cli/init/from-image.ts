import { failure, oneLine, success, type JsonObject, type Result } from "../../core/index.ts";
import { gather } from "../../decision/index.ts";
import type { InputDocument } from "../../normalization/index.ts";
import type { TrustMaterial } from "../../verification/index.ts";
import type { Arguments } from "../arguments.ts";
import type { Io } from "../io.ts";
import { startProgress } from "../progress.ts";
import { readQuestion, type DecisionSettings } from "../settings.ts";
import { openGathering } from "../setup.ts";
import { assemble } from "./assemble.ts";
import type { NewPolicy } from "./new-policy.ts";
import { commonFiles } from "./other-files.ts";
import { propose, type Proposal } from "./proposal.ts";
import { proposedTrust } from "./proposed-trust.ts";
import { proposedYaml } from "./proposed-yaml.ts";

/** A proposal, and whether it allows the very image that it comes from. */
export interface ProposedPolicy extends NewPolicy {
  readonly allows: boolean;
}

/** The flags of `policy init` that are about evidence; others of `readQuestion` it does not have. */
const ASKED: ReadonlySet<string> = new Set(
  "trusted-root key certificate-authority notary-store evidence layout platform offline timeout at".split(
    " ",
  ),
);

/**
 * Proposes a policy from the evidence of an image that one trusts already. Codes: `usage`, `policy.nothing_verified`,
 * those of gathering.
 */
export async function proposePolicy(image: string, args: Arguments, io: Io): Promise<Result<ProposedPolicy>> {
  const question = readQuestion({
    positionals: [image],
    text: (name) => (ASKED.has(name) ? args.text(name) : undefined),
    texts: (name) => (ASKED.has(name) ? args.texts(name) : []),
    has: (name) => ASKED.has(name) && args.has(name),
  });
  if (!question.ok) return question;
  const { requests, settings } = question.value;
  const [request] = requests;
  if (request === undefined) return failure("usage", "--from needs an image");
  const opened = await openGathering(settings, io);
  if (!opened.ok) return failure("usage", opened.reason.message);
  const { context, close } = opened.value;
  const stopProgress = startProgress(io, `gathering and verifying the evidence of ${oneLine(image, 200)}`);
  const gathered = await gather(request, context, {
    signal: AbortSignal.timeout(settings.evidence.timeoutMs),
    time: context.clock(),
  }).finally(stopProgress);
  await close();
  if (!gathered.ok) return gathered;
  const { input } = gathered.value;
  const proposal = propose(input, new Set((context.trust.notary ?? []).map(({ name }) => name)));
  if (proposal === undefined) {
    const message = `nothing about ${oneLine(image, 200)} is verified, so nobody can be named whose word would count; \`assay evidence\` shows why`;
    return failure("policy.nothing_verified", message);
  }
  return policyOf(proposal, input, settings, context.trust);
}

async function policyOf(
  proposal: Proposal,
  input: InputDocument,
  settings: DecisionSettings,
  trust: TrustMaterial,
): Promise<Result<ProposedPolicy>> {
  const trusted = await proposedTrust(settings.trust, proposal, trust);
  if (!trusted.ok) return trusted;
  const { reference, digest } = input.image;
  const yaml = proposedYaml(proposal, {
    reference,
    digest,
    time: input.time,
    nameTrustRoots: trusted.value.roots > 1,
  });
  const recorded: JsonObject = JSON.parse(JSON.stringify(input));
  const assembled = await assemble(
    [{ path: "policy.yaml", text: yaml }, ...commonFiles(proposal.match), ...trusted.value.files],
    [
      {
        path: "examples/trusted.json",
        description: "The image that this policy was proposed from.",
        input: recorded,
        allow: true,
      },
      {
        path: "examples/denied-stranger.json",
        description: "The same claims, validly signed by somebody else.",
        input: byStranger(input),
        allow: false,
      },
    ],
  );
  if (!assembled.ok) return assembled;
  const { files, otherwise } = assembled.value;
  return success({
    files,
    allows: otherwise.length === 0,
    notes: [
      ...proposal.left.map((line) => `not part of the policy: ${line}`),
      ...otherwise.map(
        ({ path, words }) => `the proposed policy does not decide ${path} as it should: ${words}`,
      ),
      "this is a proposal: read policy.yaml, line by line, before you rely on it",
    ],
  });
}

const STRANGERS_KEY = `sha256:${"5".repeat(64)}`;
const SUBJECT = "C=US, ST=WA, O=Stranger";

/** The document with every signature by somebody whom the same authorities would certify. */
function byStranger(input: InputDocument): JsonObject {
  const evidence = input.evidence.map((piece) => ({
    ...piece,
    signers: piece.signers.map((signer) => {
      if (signer.kind === "key") return { ...signer, keyId: STRANGERS_KEY };
      if (signer.identityType === "subject") return { ...signer, identity: SUBJECT, subject: SUBJECT };
      const identity = "https://github.com/stranger/app/.github/workflows/release.yml@refs/heads/main";
      const subjectAlternativeNames = [{ type: "uri", value: identity }];
      return {
        ...signer,
        identity,
        subject: signer.subject === null ? null : SUBJECT,
        subjectAlternativeNames,
      };
    }),
  }));
  const document: JsonObject = JSON.parse(JSON.stringify({ ...input, evidence }));
  return document;
}
