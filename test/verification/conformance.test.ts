import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../../src/core/index.ts";
import {
  publicGoodRoot,
  trustFromFiles,
  verifyBundle,
  type DemandedSigner,
  type TrustMaterial,
} from "../../src/verification/index.ts";
import { sharedData } from "../lab/shared-data.ts";

const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

/** sigstore-conformance's bundle cases, each given as path and as digest; a name that ends in `_fail` must be refused. */
describe("sigstore-conformance", () => {
  const folder = sharedData === undefined ? undefined : join(sharedData, "conformance");
  if (folder === undefined) {
    it.skip("the conformance cases (shared/data is not beside this checkout)");
    return;
  }
  const cases = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of cases) {
    for (const mode of ["path", "digest"]) {
      it(`${name} as ${mode}`, () => {
        const outcome = run(join(folder, name), join(folder, "a.txt"), mode === "path");
        if (name.endsWith("fail")) expect(outcome).to.not.equal("verified");
        else expect(outcome).to.equal("verified");
        expect(outcome).to.not.contain("internal");
      });
    }
  }
});

function run(folder: string, defaultArtifact: string, withBytes: boolean): string {
  const file = (name: string) => join(folder, name);
  const text = (name: string, otherwise: string) =>
    existsSync(file(name)) ? readFileSync(file(name), "utf8").trim() : otherwise;
  const artifact = readFileSync(existsSync(file("artifact")) ? file("artifact") : defaultArtifact);
  const byKey = existsSync(file("key.pub"));
  const trust = trustOf(file("trusted_root.json"), byKey ? [file("key.pub")] : []);
  if (typeof trust === "string") return trust;
  const [key] = trust.keys;
  const demanded: DemandedSigner =
    key === undefined ? { identity: text("identity", IDENTITY), issuer: text("issuer", ISSUER) } : { key };
  const result = verifyBundle(
    readFileSync(file("bundle.sigstore.json")),
    withBytes ? { digest: digestOf(artifact), artifactBytes: artifact } : { digest: digestOf(artifact) },
    trust,
    demanded,
    new Date("2026-11-22T00:00:00Z"),
  );
  return result.ok ? "verified" : `${result.reason.code}: ${result.reason.message}`;
}

function trustOf(root: string, keys: readonly string[]): TrustMaterial | string {
  const trust = trustFromFiles({ trustedRoots: existsSync(root) ? [root] : [], keys });
  if (!trust.ok) return `${trust.reason.code}: ${trust.reason.message}`;
  return existsSync(root) ? trust.value : { ...trust.value, roots: publicGoodRoot().roots };
}
