import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest, JsonObject } from "../../src/core/index.ts";
import {
  encodeInput,
  normalize,
  type InputDocument,
  type JudgedArtifact,
} from "../../src/normalization/index.ts";
import { publicKeyId } from "../../src/policy/index.ts";
import type { Signer } from "../../src/verification/index.ts";
import { DESCRIPTION, RESOLVED, statementOf, verifiedOf } from "../../test/normalization/make.ts";
import { COMMIT, REPO, RUN_URL, TAG, WORKFLOW } from "../../test/normalization/samples/sample.ts";
import { githubSigner } from "../../test/normalization/samples/signers.ts";

/**
 * How much there is to judge beside one provenance; `null`: nothing else; `signature`: a bare signature instead, the smallest
 * document that can be allowed, asked for from a namespace whose images need no more.
 */
export type Contents = { readonly components: number; readonly findings: number } | "signature" | null;

const KEY: Signer = { kind: "key", keyId: keyIdOf("trust/tools.pub"), trustRoot: "tools" };
const SIGNER = githubSigner(`${REPO}/${WORKFLOW}@${TAG}`);

/** The input document of an image with provenance of a GitHub workflow and, as it may be, SBOM, scan, VEX and tests. */
export function inputOf(contents: Contents): Uint8Array {
  if (contents === "signature") return encodeInput(documentOf("tools", [signature()]));
  const statements: readonly (readonly [string, JsonObject])[] = [
    ["https://slsa.dev/provenance/v1", PROVENANCE],
    ...(contents === null
      ? []
      : ([
          ["https://cyclonedx.org/bom", sbomOf(contents.components)],
          ["https://in-toto.io/attestation/vulns/v0.2", scanOf(contents.findings)],
          ["https://openvex.dev/ns/v0.2.0", VEX],
          ["https://in-toto.io/attestation/test-result/v0.1", TESTS],
        ] as const)),
  ];
  const judged = statements.map(([type, predicate]) =>
    verifiedOf(type, statementOf(type, predicate), [SIGNER]),
  );
  return encodeInput(documentOf("prod", judged));
}

function documentOf(namespace: string, judged: readonly JudgedArtifact[]): InputDocument {
  return normalize({
    request: { reference: "ghcr.io/acme/app:1.2", surface: "gatekeeper", namespace, parameters: {} },
    image: RESOLVED,
    description: DESCRIPTION,
    judged,
    incomplete: [],
    time: new Date("2026-11-22T10:00:00Z"),
    // What the policy's manifest says that its rules read: whole predicates are not among it.
    reads: READS,
  });
}

function keyIdOf(file: string): Digest {
  const found = publicKeyId(readFileSync(join(import.meta.dirname, file), "utf8"));
  if (!found.ok) throw new Error(found.reason.message);
  return found.value;
}

function signature(): JudgedArtifact {
  const { artifact, conclusion } = verifiedOf("a signature", statementOf("none", {}), [KEY]);
  if (conclusion.status !== "verified") throw new TypeError("the signature is verified");
  return { artifact, conclusion: { ...conclusion, kind: "signature", statement: null } };
}

export const READS: readonly string[] = [
  "evidence",
  "provenance",
  "sboms",
  "vulnerabilityReports",
  "vex",
  "testResults",
];

const PROVENANCE: JsonObject = {
  buildDefinition: {
    buildType: "https://actions.github.io/buildtypes/workflow/v1",
    externalParameters: { workflow: { ref: TAG, repository: REPO, path: WORKFLOW } },
    internalParameters: {
      github: {
        event_name: "push",
        repository_id: "7",
        repository_owner_id: "70",
        runner_environment: "github-hosted",
      },
    },
    resolvedDependencies: [{ uri: `git+${REPO}@${TAG}`, digest: { gitCommit: COMMIT } }],
  },
  runDetails: {
    builder: { id: `${REPO}/${WORKFLOW}@${TAG}` },
    metadata: { invocationId: RUN_URL },
  },
};

function sbomOf(components: number): JsonObject {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    metadata: {
      timestamp: "2026-11-22T09:55:00Z",
      authors: [{ name: "Acme release engineering" }],
      tools: { components: [{ type: "application", name: "syft", version: "1.30.0" }] },
      component: {
        type: "container",
        name: "ghcr.io/acme/app",
        version: "1.2",
        supplier: { name: "Acme" },
        hashes: [{ alg: "SHA-256", content: "ab".repeat(32) }],
        "bom-ref": "app",
      },
    },
    components: Array.from({ length: components }, (_, n) => ({
      type: "library",
      "bom-ref": `pkg:npm/package-${n}@1.${n}.0`,
      name: `package-${n}`,
      version: `1.${n}.0`,
      supplier: { name: "Example" },
      licenses: [{ license: { id: n % 7 === 0 ? "MIT" : "Apache-2.0" } }],
      purl: `pkg:npm/package-${n}@1.${n}.0`,
    })),
    dependencies: [{ ref: "app", dependsOn: ["pkg:npm/package-0@1.0.0"] }],
  };
}

function scanOf(findings: number): JsonObject {
  return {
    scanner: {
      uri: "https://github.com/anchore/grype",
      version: "0.90.0",
      db: { uri: "https://grype.anchore.io/databases", version: "6", lastUpdate: "2026-11-22T08:00:00Z" },
      result: Array.from({ length: findings }, (_, n) => ({
        id: `CVE-2026-${1000 + n}`,
        severity: [{ method: "nvd", score: n % 10 === 7 ? "high" : "medium" }],
      })),
    },
    metadata: { scanStartedOn: "2026-11-22T09:56:00Z", scanFinishedOn: "2026-11-22T09:57:00Z" },
  };
}

const VEX: JsonObject = {
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://acme.example/vex/1",
  author: "Acme product security",
  timestamp: "2026-11-22T09:58:00Z",
  version: 1,
  statements: [
    {
      vulnerability: { name: "CVE-2026-1001" },
      status: "not_affected",
      justification: "vulnerable_code_not_in_execute_path",
    },
  ],
};

const TESTS: JsonObject = {
  result: "PASSED",
  configuration: [{ name: "test.yml", digest: { sha256: "cd".repeat(32) } }],
  passedTests: ["unit", "integration"],
};
