import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at, isArray, parseStrictJson, stringAt, type JsonValue } from "../../src/core/index.ts";
import { decide, type Decided, type DecidingContext } from "../../src/decision/index.ts";
import { openLayout } from "../../src/registry/index.ts";
import { sharedData } from "../lab/shared-data.ts";
import { openWorld, requestFor, valueOf, verdictOf } from "./world.ts";

const GENERATOR =
  "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml";
const GITHUB = "https://token.actions.githubusercontent.com";
const CLUSTER = "https://kubernetes.default.svc.cluster.local";
const CHAINS = "https://kubernetes.io/namespaces/default/serviceaccounts/default";

/** One set of images for each way of expecting something else; the repository's name chooses. */
const policyOf = (issuer: string, identity: string, provenance: string) => `name: real
version: 1.0.0
signers:
  builder: { issuer: "${issuer}", identity: "${identity}" }
  stranger: { issuer: "${issuer}", identity: "${identity}.evil" }
images:
  - match: ["registry.test/good"]
    collections: [slsa-build-l2]
    ${provenance}
  - match: ["registry.test/signed"]
    signature: { signers: [builder] }
  - match: ["registry.test/stranger"]
    collections: [slsa-build-l2]
    provenance: { signers: [stranger] }
`;
const set = (name: string, builder: string, repository: string) => `  - match: ["registry.test/${name}"]
    collections: [slsa-build-l3]
    provenance: { signers: [builder], builders: ["${builder}"], repositories: ["${repository}"] }
`;
const EXAMPLE = "https://github.com/slsa-framework/example-package";
const GITHUB_POLICY =
  policyOf(GITHUB, `${GENERATOR}@refs/tags/v*`, "provenance: { signers: [builder] }") +
  set("l3", GENERATOR, EXAMPLE) +
  set("other-builder", GENERATOR.replace("generator_container_slsa3", "not-trusted"), EXAMPLE) +
  set("other-repository", GENERATOR, `${EXAMPLE}A`);
const CHAINS_POLICY =
  policyOf(CLUSTER, CHAINS, "provenance: { signers: [builder] }") +
  `  - match: ["registry.test/other-builder"]
    collections: [slsa-build-l2]
    provenance: { signers: [builder], builders: ["https://tekton.dev/chains/v3"] }
`;

describe("decide: images of public projects, from OCI layouts with cosign's tags", () => {
  before(function () {
    if (sharedData === undefined) this.skip();
  });

  const cases = sharedData === undefined ? [] : layoutCases(sharedData);

  it("finds the cases", function () {
    expect(cases.map(({ id }) => id.replace(/-v?\d.*/u, ""))).to.include.members([
      "ghslsa-container",
      "tekton-att",
      "tekton-sig",
    ]);
  });

  describe("slsa-github-generator", () => {
    let context: DecidingContext;
    before(async () => {
      context = await openWorld(GITHUB_POLICY, { "public-good": readRoot(PUBLIC_GOOD) });
    });
    after(() => context.engine.close());

    for (const { id, layout, digest } of cases.filter(({ id }) => id.startsWith("ghslsa-container"))) {
      it(`${id}: allowed as what it is, denied as anything else`, async () => {
        const asked = (name: string, of = digest) =>
          judgeLayout(context, layout, `registry.test/${name}@${of}`);
        const allowed = await asked("l3");
        expect(verdictOf(allowed)).to.deep.equal(["allow"]);
        expect(allowed.input?.provenance.map(({ builder }) => builder.name)).to.deep.equal([GENERATOR]);
        const verdict = async (name: string, of?: string) => verdictOf(await asked(name, of));
        expect(await verdict("other-builder")).to.deep.equal(["deny", "provenance.builder_allowed"]);
        expect(await verdict("other-repository")).to.deep.equal(["deny", "source.repository_allowed"]);
        expect(await verdict("stranger")).to.deep.equal(["deny", "provenance.signer_allowed"]);
        expect(await verdict("nobody")).to.deep.equal(["deny", "policy.image_matched"]);
        // Another digest: the layout does not hold that image, and what it holds speaks of another.
        const other = await verdict("l3", `sha256:${"0".repeat(64)}`);
        expect(other).to.deep.equal(["deny", "provenance.present"]);
      });
    }
  });

  describe("Tekton Chains, with a Sigstore of their own", () => {
    for (const { id, layout, digest, root, expected } of cases.filter(({ id }) => id.startsWith("tekton"))) {
      // Older stacks publish bare keys and no trusted_root.json.
      if (root === undefined) continue;
      it(`${id}: ${expected}`, async () => {
        const context = await openWorld(CHAINS_POLICY, { stack: readRoot(root) });
        const verdict = async (name: string) =>
          verdictOf(await judgeLayout(context, layout, `registry.test/${name}@${digest}`));
        const signature = id.startsWith("tekton-sig");
        if (expected === "ok") {
          expect(await verdict(signature ? "signed" : "good")).to.deep.equal(["allow"]);
          expect(await verdict("other-builder")).to.deep.equal(["deny", "provenance.builder_allowed"]);
          expect(await verdict("stranger")).to.deep.equal(["deny", "provenance.signer_allowed"]);
        } else {
          expect(await verdict("good")).to.deep.equal(["deny", "provenance.present"]);
          expect(await verdict("signed")).to.deep.equal(["deny", "signature.present"]);
        }
        await context.engine.close();
      });
    }
  });

  it("and through the command line, as a process of its own", async () => {
    const image = cases.find(({ id }) => id.startsWith("ghslsa-container"));
    const folder = mkdtempSync(join(tmpdir(), "assay-decision-"));
    writeFileSync(join(folder, "policy.yaml"), GITHUB_POLICY);
    const verify = (name: string) => {
      const reference = `registry.test/${name}@${image?.digest}`;
      const options = ["--layout", image?.layout ?? "", "--policy", folder, "--output", "json"];
      const run = spawnSync(process.execPath, [MAIN, "verify", reference, ...options], { encoding: "utf8" });
      const decision: JsonValue = JSON.parse(run.stdout);
      return [run.status, at(decision, "allow"), stringAt(decision, "violations", 0, "code")];
    };
    expect(verify("l3")).to.deep.equal([0, true, undefined]);
    expect(verify("other-builder")).to.deep.equal([1, false, "provenance.builder_allowed"]);
    rmSync(folder, { recursive: true });
  });

  it("BuildKit's unsigned statements are denied, and kept as unsigned", async () => {
    const buildkit = readCases(sharedData ?? "").filter(
      (entry) => stringAt(entry, "kind") === "OCI layout with BuildKit attestation manifests",
    );
    const context = await openWorld(GITHUB_POLICY, { "public-good": readRoot(PUBLIC_GOOD) });
    for (const entry of buildkit) {
      const layout = join(sharedData ?? "", stringAt(entry, "file") ?? "");
      const index: JsonValue = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
      const digest = stringAt(index, "manifests", 0, "digest") ?? "";
      const decided = await judgeLayout(context, layout, `registry.test/good@${digest}`);
      const why = stringAt(entry, "id");
      expect(verdictOf(decided), why).to.deep.equal(["deny", "provenance.present"]);
      const statuses = new Set(decided.input?.evidence.map(({ status }) => status));
      expect(statuses.has("verified"), why).to.equal(false);
      if (!why?.includes("missing")) expect(statuses.has("unsigned"), why).to.equal(true);
    }
    expect(buildkit).to.have.length.greaterThan(0);
    await context.engine.close();
  });
});

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");
const PUBLIC_GOOD = "trusted-roots/sigstore-public-good.trusted_root.json";

interface LayoutCase {
  readonly id: string;
  readonly layout: string;
  readonly digest: string;
  /** Path of a trusted_root.json. */
  readonly root: string | undefined;
  readonly expected: string;
}

function layoutCases(folder: string): readonly LayoutCase[] {
  return readCases(folder).flatMap((entry) => {
    if (stringAt(entry, "kind")?.startsWith("cosign OCI layout") !== true) return [];
    const file = stringAt(entry, "file") ?? "";
    const inner = stringAt(entry, "manifest")?.startsWith("layout/") === true ? "layout" : "";
    return {
      id: stringAt(entry, "id") ?? "",
      layout: join(folder, file, inner),
      digest: stringAt(entry, "imageDigest") ?? "",
      root: stringAt(entry, "trustedRoot"),
      expected: stringAt(entry, "expected", "verify") ?? "",
    };
  });
}

function readCases(folder: string): readonly JsonValue[] {
  const index = valueOf(parseStrictJson(readFileSync(join(folder, "index.json"))));
  const cases = at(index, "cases");
  return isArray(cases) ? cases : [];
}

function readRoot(path: string): object {
  return JSON.parse(readFileSync(join(sharedData ?? "", path), "utf8")) as object;
}

async function judgeLayout(context: DecidingContext, path: string, reference: string): Promise<Decided> {
  const layout = valueOf(await openLayout(path));
  const signal = AbortSignal.timeout(15_000);
  const decided = await decide(requestFor(reference), { ...context, layouts: [layout] }, { signal });
  await layout.close();
  return decided;
}
