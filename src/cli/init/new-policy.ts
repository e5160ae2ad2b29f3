import { generateKeyPairSync } from "node:crypto";
import { failure, oneLine, success, type JsonObject, type Result } from "../../core/index.ts";
import { publicKeyId } from "../../policy/index.ts";
import { assemble } from "./assemble.ts";
import { otherFiles, sampleRule } from "./other-files.ts";
import { policyYaml } from "./policy-yaml.ts";
import { isOwnHost, profileOf } from "./profiles.ts";
import { sampleDocuments } from "./sample-documents.ts";
import type { Answers, PolicyFile } from "./types.ts";

/** A policy folder about to be written, and what its owner must know. */
export interface NewPolicy {
  readonly files: readonly PolicyFile[];
  readonly notes: readonly string[];
}

/**
 * A policy for an organization, with examples that it decides as they expect. Codes: `usage`, `policy.key_invalid`,
 * `policy.init_failed`.
 */
export async function newPolicy(answers: Answers, withRules: boolean): Promise<Result<NewPolicy>> {
  const key = profileOf(answers).signs === "certificate" ? null : keyFor(answers.key);
  const keyId = key === null ? null : publicKeyId(key.pem);
  if (keyId?.ok === false) return failure(keyId.reason.code, `--key ${keyId.reason.message}`);
  const documents = sampleDocuments(answers, keyId?.value ?? null);
  if (!documents.ok) return documents;
  const { allowed, denied } = documents.value;
  const assembled = await assemble(
    [{ path: "policy.yaml", text: policyYaml(answers) }, ...otherFiles(answers, key)],
    [
      {
        path: "examples/allowed.json",
        description: `An image that ${answers.organization} built and signed.`,
        input: asJson(allowed),
        allow: true,
      },
      {
        path: "examples/denied-stranger.json",
        description: "The same claims, validly signed by somebody else.",
        input: asJson(denied),
        allow: false,
      },
    ],
  );
  if (!assembled.ok) return assembled;
  const [wrong] = assembled.value.otherwise;
  if (wrong !== undefined) {
    const message = `${wrong.path} is not decided as it should: ${oneLine(wrong.words)}`;
    return failure("policy.init_failed", `the policy contradicts its own examples: ${message}`);
  }
  return success({
    files: [...assembled.value.files, ...(withRules ? sampleRule(answers) : [])],
    notes: notesOf(answers, key?.given ?? true),
  });
}

/** A key whose private half is thrown away: until the real one is there, everything is denied. */
function keyFor(pem: string | null): { readonly pem: string; readonly given: boolean } {
  if (pem !== null) return { pem, given: true };
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { pem: publicKey.export({ type: "spki", format: "pem" }).toString(), given: false };
}

function notesOf(answers: Answers, keyGiven: boolean): readonly string[] {
  const { title, statesRef } = profileOf(answers);
  return [
    ...(isOwnHost(answers) && answers.trustedRoot === null
      ? [
          `the public Sigstore does not certify pipelines of ${answers.host}: until the trusted_root.json of the one that does is in trust/ (--trusted-root), every image is denied`,
        ]
      : []),
    ...(keyGiven
      ? []
      : [`trust/release.pub is a placeholder that denies everything: put the key of ${title} in its place`]),
    ...(statesRef ? [] : [`${title} does not state the ref that it built, so no branch or tag is demanded`]),
  ];
}

function asJson(document: object): JsonObject {
  const json: JsonObject = JSON.parse(JSON.stringify(document));
  return json;
}
