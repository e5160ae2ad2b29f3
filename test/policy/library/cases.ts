import { BASE_IMAGES } from "./base-images.cases.ts";
import { BUILDS, PARAMETERS } from "./build.cases.ts";
import { DEPENDENCIES } from "./dependencies.cases.ts";
import { ATTESTATIONS, EVIDENCE, SIGNATURES } from "./evidence.cases.ts";
import { IMAGES } from "./image.cases.ts";
import type { RuleCase } from "./library.ts";
import { PROCESS } from "./process.cases.ts";
import { BUILDERS, PROVENANCE } from "./provenance.cases.ts";
import { RELEASES } from "./releases.cases.ts";
import { ATTRIBUTES, TRACES } from "./reports.cases.ts";
import { SBOMS } from "./sbom.cases.ts";
import { IDENTITIES, SOURCES } from "./source.cases.ts";
import { TESTS } from "./tests.cases.ts";
import { VEX } from "./vex.cases.ts";
import { VSA } from "./vsa.cases.ts";
import { VULNERABILITIES } from "./vulnerabilities.cases.ts";

/** Of every rule of the standard library what it lets pass and what it denies. */
export const RULE_CASES: readonly RuleCase[] = [
  ...EVIDENCE,
  ...SIGNATURES,
  ...ATTESTATIONS,
  ...IDENTITIES,
  ...PROVENANCE,
  ...BUILDERS,
  ...SOURCES,
  ...PARAMETERS,
  ...BUILDS,
  ...TESTS,
  ...VSA,
  ...PROCESS,
  ...SBOMS,
  ...VULNERABILITIES,
  ...VEX,
  ...DEPENDENCIES,
  ...IMAGES,
  ...BASE_IMAGES,
  ...RELEASES,
  ...ATTRIBUTES,
  ...TRACES,
];
