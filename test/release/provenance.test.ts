import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPolicy } from "../../src/cli/policy.ts";
import { digestOf } from "../../src/core/index.ts";
import type { PolicyBundle } from "../../src/policy/index.ts";
import {
  judgeProvenance,
  openProvenanceJudge,
  type DeliveredArchive,
  type Delivery,
  type ProvenanceJudge,
} from "../../src/release/index.ts";
import {
  createSigstore,
  GITHUB_ISSUER,
  githubIdentity,
  githubRun,
  provenanceV1,
  type BundleJson,
  type GithubRun,
} from "../lab/sigstore/index.ts";

const ARCHIVE = Buffer.from("a policy bundle");
const DIGEST = digestOf(ARCHIVE);
const MANIFEST = digestOf(Buffer.from("its manifest"));
const OTHER = digestOf(Buffer.from("another"));
const NOW = new Date("2026-11-22T10:00:00Z");
const RUN = githubRun({ repository: "acme/policies" });
const signal = new AbortController().signal;

describe("the provenance of a policy, judged by a policy for policies", () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-provenance-"));
  const sigstore = createSigstore({ name: "provenance", clock: () => NOW });
  let policy: PolicyBundle;
  let judge: ProvenanceJudge;
  before(async () => {
    mkdirSync(join(folder, "policy/trust"), { recursive: true });
    writeFileSync(join(folder, "policy/trust/lab.json"), JSON.stringify(sigstore.trustedRoot));
    const demand = (match: string): string => `
  - match: ["${match}"]
    provenance:
      signers: [ci]
      builders: ["https://github.com/acme/policies/.github/workflows/*.yml"]
      repositories: ["https://github.com/acme/policies"]
      refs: ["refs/tags/v*"]`;
    writeFileSync(
      join(folder, "policy/policy.yaml"),
      `name: policies
version: 1.0.0
signers:
  ci: { issuer: "${GITHUB_ISSUER}", identity: "https://github.com/acme/policies/.github/workflows/*.yml@refs/tags/v*" }
images:${demand("localhost/policy")}${demand("registry.test/policies/*")}
`,
    );
    policy = must(await openPolicy(join(folder, "policy")));
    judge = must(await openProvenanceJudge(policy));
  });
  after(async () => {
    await judge?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const attested = (digest: string, run: GithubRun = RUN, signer: GithubRun = run): BundleJson =>
    sigstore.sign(
      { statement: provenanceV1({ subjects: [{ digest }], run }) },
      { identity: githubIdentity(signer) },
    );
  const deliver = (
    evidence: readonly (object | string)[],
    subjects = [DIGEST, MANIFEST],
  ): DeliveredArchive => ({
    kind: "archive",
    archive: ARCHIVE,
    digest: DIGEST,
    version: DIGEST,
    evidence: evidence.map((each) => Buffer.from(typeof each === "string" ? each : JSON.stringify(each))),
    subjects,
  });
  const ask = async (delivery: Delivery, name?: string) => {
    const judged = await judge.judge(delivery, { now: NOW, signal, ...(name === undefined ? {} : { name }) });
    return judged.ok ? judged.value.outcome : judged.reason.code;
  };

  it("allows what was built as demanded, attested of the archive or of its manifest", async () => {
    for (const digest of [DIGEST, MANIFEST]) {
      expect(await ask(deliver([attested(digest)]))).to.equal("allow");
      expect(
        await ask(deliver(["{}", attested(OTHER), attested(digest)]), "registry.test/policies/acme"),
      ).to.equal("allow");
    }
    const decided = await judgeProvenance(deliver([attested(MANIFEST)]), { policy, now: NOW, signal });
    expect(decided.ok && decided.value).to.deep.include({
      allow: true,
      image: { reference: `localhost/policy@${MANIFEST}`, digest: MANIFEST },
      policy: { name: "policies", revision: "1.0.0", digest: policy.digest },
    });
  });

  it("reads evidence of files besides", async () => {
    const path = join(folder, "evidence.json");
    writeFileSync(path, JSON.stringify(attested(DIGEST)));
    const judged = await judge.judge(deliver([]), { now: NOW, signal, files: [path] });
    expect(judged.ok && judged.value.outcome).to.equal("allow");
  });

  const app = githubRun({ repository: "acme/app" });
  const stranger = githubRun({ repository: "mallory/policies" });
  const refused: readonly {
    readonly name: string;
    readonly delivery: () => Delivery;
    readonly outcome: string;
    readonly as?: string;
  }[] = [
    { name: "nothing", delivery: () => deliver([]), outcome: "deny" },
    { name: "junk", delivery: () => deliver(["{}", "<html>", "[".repeat(1000)]), outcome: "deny" },
    {
      name: "what is attested of another policy",
      delivery: () => deliver([attested(OTHER)]),
      outcome: "deny",
    },
    { name: "another repository's build", delivery: () => deliver([attested(DIGEST, app)]), outcome: "deny" },
    { name: "a stranger's build", delivery: () => deliver([attested(DIGEST, stranger)]), outcome: "deny" },
    {
      name: "the right build in a stranger's words",
      delivery: () => deliver([attested(DIGEST, RUN, stranger)]),
      outcome: "deny",
    },
    {
      name: "a statement that nobody signed",
      delivery: () => deliver([provenanceV1({ subjects: [{ digest: DIGEST }], run: RUN })]),
      outcome: "deny",
    },
    {
      name: "a policy whose name nothing is said about",
      delivery: () => deliver([attested(DIGEST)]),
      as: "registry.test/images/app",
      outcome: "deny",
    },
    {
      name: "a policy without a digest",
      delivery: () => deliver([attested(DIGEST)], []),
      outcome: "provenance.missing",
    },
    {
      name: "a folder",
      delivery: () => ({ kind: "folder", bundle: policy, version: "1" }),
      outcome: "provenance.missing",
    },
    {
      name: "a name that is no reference",
      delivery: () => deliver([attested(DIGEST)]),
      as: "NOT a name",
      outcome: "undecided",
    },
  ];
  for (const { name, delivery, outcome, as } of refused) {
    it(`T185 refuses ${name}`, async () => {
      expect(await ask(delivery(), as)).to.equal(outcome);
    });
  }

  it("is undecided at the deadline", async () => {
    const judged = await judge.judge(deliver([attested(DIGEST)]), { now: NOW, signal: AbortSignal.abort() });
    expect(judged.ok && judged.value.outcome).to.equal("undecided");
  });
});

function must<T>(
  result: { ok: true; value: T } | { ok: false; reason: { code: string; message: string } },
): T {
  if (!result.ok) throw new Error(`${result.reason.code}: ${result.reason.message}`);
  return result.value;
}
