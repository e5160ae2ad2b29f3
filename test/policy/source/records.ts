import type {
  AttributeReport,
  Release,
  RuntimeTrace,
  TestResult,
  VerificationSummary,
} from "../../../src/normalization/others/types.ts";
import type { Sbom } from "../../../src/normalization/sbom/types.ts";
import type { VulnerabilityReport } from "../../../src/normalization/vulnerability/types.ts";
import type { SubjectMatch } from "../../../src/verification/index.ts";
import { IMAGE, SCAN } from "./sample.ts";

const ON_IMAGE: SubjectMatch = { digest: IMAGE, matches: "image", platform: null };
const NOWHERE = IMAGE;

/** A good SBOM; `evidence` is to be put in its place, as in the other records here. */
export const SBOM: Sbom = {
  evidence: NOWHERE,
  predicateType: "https://spdx.dev/Document",
  subject: ON_IMAGE,
  format: "spdx",
  version: "2.3",
  documentId: null,
  name: "app",
  created: "2026-11-20T10:00:00Z",
  authors: ["Acme"],
  tools: [],
  describes: [],
  matchesImage: true,
  components: [{ name: "lodash", version: "4.17.21", purl: "pkg:npm/lodash@4.17.21" }],
  files: 1,
  relationships: 1,
  builtFrom: [],
  ntia: {
    supplier: true,
    componentName: true,
    componentVersion: true,
    uniqueIdentifiers: true,
    dependencyRelationships: true,
    author: true,
    timestamp: true,
  },
  faults: [],
  unknownFields: [],
};

export const SCAN_REPORT: VulnerabilityReport = {
  evidence: NOWHERE,
  predicateType: SCAN,
  subject: ON_IMAGE,
  format: "cosign-vuln-v1",
  resultFormat: "trivy",
  scanner: {
    name: "trivy",
    uri: null,
    version: "0.57.0",
    database: { uri: null, version: null, lastUpdate: "2026-11-21T06:00:00Z" },
  },
  times: { started: null, finished: "2026-11-21T10:00:00Z" },
  complete: true,
  findings: [],
  suppressed: [],
  unknownFields: [],
};

export const TESTED: TestResult = {
  evidence: NOWHERE,
  predicateType: "https://in-toto.io/attestation/test-result/v0.1",
  subject: ON_IMAGE,
  result: "PASSED",
  url: null,
  configuration: [{ name: "integration", uri: null, digest: {} }],
  passedTests: ["starts"],
  warnedTests: [],
  failedTests: [],
  unknownFields: [],
};

/** As GitHub writes them of immutable releases. */
export const RELEASED: Release = {
  evidence: NOWHERE,
  predicateType: "https://in-toto.io/attestation/release/v0.2",
  subject: ON_IMAGE,
  purl: "pkg:github/acme/app@v1.2.0",
  releaseId: null,
  packageId: null,
  repository: "acme/app",
  repositoryId: "123",
  ownerId: "7",
  tag: "v1.2.0",
  unknownFields: [],
};

export const ATTRIBUTE_REPORT: AttributeReport = {
  evidence: NOWHERE,
  predicateType: "https://in-toto.io/attestation/scai/attribute-report/v0.3",
  subject: ON_IMAGE,
  producer: { uri: "https://ci.acme.example/runner" },
  attributes: [{ attribute: "WITH_STACK_PROTECTION", target: null, conditions: null, evidence: null }],
  unknownFields: [],
};

export const TRACE: RuntimeTrace = {
  evidence: NOWHERE,
  predicateType: "https://in-toto.io/attestation/runtime-trace/v0.1",
  subject: ON_IMAGE,
  monitor: { type: "https://github.com/cilium/tetragon/v0.8.4", configSource: null, tracePolicy: null },
  monitoredProcess: { hostID: null, type: null, event: null },
  log: { process: 12, network: 0 },
  times: { started: null, finished: null },
  unknownFields: [],
};

export const SUMMARY: VerificationSummary = {
  evidence: NOWHERE,
  predicateType: "https://slsa.dev/verification_summary/v1",
  subject: ON_IMAGE,
  kind: "slsa-vsa",
  version: "1",
  track: "build",
  verifier: { id: "https://verifier.acme.example", version: {} },
  timeVerified: "2026-11-20T10:00:00Z",
  resourceUri: "ghcr.io/acme/app",
  repository: null,
  policy: { uri: "https://policies.acme.example/1", digest: {} },
  inputAttestations: [],
  result: "PASSED",
  verifiedLevels: ["SLSA_BUILD_LEVEL_3"],
  dependencyLevels: null,
  slsaVersion: "1.0",
  unknownFields: [],
};

/** About the commit that the sample's provenance was built from. */
export const SOURCE_SUMMARY: VerificationSummary = {
  ...SUMMARY,
  subject: {
    digest: null,
    matches: "source",
    platform: null,
    commit: "0123456789abcdef0123456789abcdef01234567",
  },
  track: "source",
  resourceUri: "git+https://github.com/acme/app",
  repository: "https://github.com/acme/app",
  verifiedLevels: ["SLSA_SOURCE_LEVEL_3"],
};
