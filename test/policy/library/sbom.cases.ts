import type { InputDocument } from "../../../src/normalization/index.ts";
import type { Component, ComponentAttributes, Sbom } from "../../../src/normalization/sbom/types.ts";
import { SBOM } from "../source/records.ts";
import { good, stating } from "./documents.ts";
import type { RuleCase } from "./library.ts";

const LODASH: Component = {
  name: "lodash",
  version: "4.17.21",
  purl: "pkg:npm/lodash@4.17.21",
  supplier: "Acme",
  licenseDeclared: "MIT",
  licenseConcluded: "MIT",
  downloadLocation: "https://repo.acme.example/lodash-4.17.21.tgz",
  externalReferences: [{ type: "website", url: "https://lodash.example/about" }],
};
const listing = (...components: readonly object[]): InputDocument =>
  stating("sboms", { ...SBOM, components });
const but = (change: Partial<Sbom>): InputDocument =>
  stating("sboms", { ...SBOM, components: [LODASH], ...change });
const lodashBut = (change: object): InputDocument => listing({ ...LODASH, ...change });

const passes = but({});
/** The SBOM beside what it says of its components' attributes. */
function attributed(change: Partial<ComponentAttributes>): InputDocument {
  const { predicateType, subject } = SBOM;
  const record = { predicateType, subject, attributes: [], complete: true, ...change };
  const componentAttributes = passes.sboms.map(({ evidence }) => ({ ...record, evidence }));
  return { ...passes, componentAttributes };
}

const attribute = (name: string, value: string): ComponentAttributes["attributes"][number] => ({
  component: "pkg:npm/lodash@4.17.21",
  name,
  value,
});

const set = (fields: string): string => `sbom: { signers: [release], ${fields} }`;

export const SBOMS: readonly RuleCase[] = [
  {
    rule: "sbom.present",
    set: "sbom: { signers: [release] }",
    passes,
    fails: good(),
    says: "0 SBOMs by release do not cover the image",
    unstated: {},
  },
  {
    rule: "sbom.valid",
    set: set("valid: true"),
    passes,
    fails: but({ faults: ["a purl cannot be read: pkg:"] }),
    says: "The SBOM breaks its format: a purl cannot be read: pkg:; expected one without faults",
    unstated: stating("sboms", { ...SBOM, faults: undefined }),
  },
  {
    rule: "sbom.has_packages",
    set: set("minComponents: 1"),
    passes,
    fails: listing({ ...LODASH, described: true }),
    says: "The SBOM lists 0 packages; expected at least 1",
    unstated: listing(),
  },
  {
    rule: "sbom.has_files",
    set: set("minFiles: 1"),
    passes,
    fails: but({ files: 0 }),
    says: "The SBOM lists 0 files; expected at least 1",
    unstated: stating("sboms", { ...SBOM, files: null }),
  },
  {
    rule: "sbom.matches_image",
    set: set("matchesImage: true"),
    passes,
    fails: but({ matchesImage: false }),
    says: "The SBOM is about another digest; expected the digest of this image or of a platform",
    unstated: but({ matchesImage: null }),
  },
  {
    rule: "sbom.format_allowed",
    set: set("formats: [spdx]"),
    passes,
    fails: but({ format: "cyclonedx" }),
    says: "The SBOM's format is cyclonedx; expected spdx",
    unstated: stating("sboms", { ...SBOM, format: undefined }),
  },
  {
    rule: "sbom.ntia_minimum",
    set: set("ntia: true"),
    passes,
    fails: but({ ntia: { ...SBOM.ntia, supplier: false, timestamp: false } }),
    says: "The SBOM lacks suppliers, a timestamp; expected all seven minimum elements",
    unstated: stating("sboms", { ...SBOM, ntia: {} }),
  },
  {
    rule: "sbom.has_supplier",
    set: set("supplier: true"),
    passes,
    fails: listing(LODASH, { name: "x" }),
    says: "Without supplier: x; expected one of every component",
    unstated: lodashBut({ supplier: null }),
  },
  {
    rule: "sbom.max_age",
    set: set("maxAge: 7d"),
    passes,
    fails: stating("sboms", { ...SBOM, created: "2026-11-22T09:00:00Z" }, { time: "2026-11-01T10:00:00Z" }),
    says: "The SBOM was signed 21 days ago; expected no longer than 7d ago",
    unstated: stating("sboms", SBOM, { time: null }),
  },
  {
    rule: "sbom.licenses_allowed",
    set: set("licenses: { allow: [MIT, BSD-*], unknown: allow }"),
    passes: listing(LODASH, { name: "x", licenseDeclared: "GPL-3.0-only OR (BSD-3-Clause AND MIT)" }),
    fails: lodashBut({ licenseConcluded: "MIT AND GPL-3.0-only" }),
    says: "Licence MIT AND GPL-3.0-only of lodash; expected one that MIT, BSD-* can meet",
    unstated: listing(),
    beside: [],
  },
  {
    rule: "sbom.licenses_denied",
    set: set("licenses: { deny: [AGPL-*], unknown: allow }"),
    passes: listing(LODASH, { name: "x", licenseDeclared: "AGPL-3.0-only OR MIT" }),
    fails: lodashBut({ licenseDeclared: "AGPL-3.0-only" }),
    says: "Licence AGPL-3.0-only of lodash; expected one without AGPL-*",
    unstated: listing(),
  },
  {
    rule: "sbom.licenses_unknown",
    set: set("licenses: { unknown: deny }"),
    passes: listing({ name: "app", described: true }, LODASH),
    fails: listing(LODASH, { name: "x", licenseDeclared: "NONE" }),
    says: "Without licence: x; expected one of every component",
    unstated: listing(LODASH, { name: "x" }),
  },
  {
    rule: "sbom.packages_disallowed",
    set: set('packages: { deny: [{ purl: "pkg:npm/lodash", versions: ["<4.17.21"] }] }'),
    passes,
    fails: lodashBut({ purl: "pkg:npm/lodash@4.17.20" }),
    says: "pkg:npm/lodash@4.17.20 is in the image; expected nothing of pkg:npm/lodash",
    unstated: lodashBut({ purl: "pkg:npm/lodash" }),
  },
  {
    rule: "sbom.sources_allowed",
    set: set('sources: { allow: ["https://repo.acme.example/**"] }'),
    passes,
    fails: lodashBut({ purl: "pkg:npm/lodash@4.17.21?repository_url=https:%2F%2Fevil.example" }),
    says: "lodash from https://evil.example, https://repo.acme.example/lodash-4.17.21.tgz; expected every component from https://repo.acme.example/**",
    unstated: lodashBut({ downloadLocation: undefined }),
  },
  {
    rule: "sbom.external_references_allowed",
    set: set('externalReferences: { allow: [{ type: website, url: "https://lodash.example/**" }] }'),
    passes,
    fails: lodashBut({ externalReferences: [{ type: "vcs", url: "https://lodash.example/git" }] }),
    says: "References vcs https://lodash.example/git; expected no other than website https://lodash.example/**",
    unstated: lodashBut({ externalReferences: [{ type: "website" }] }),
  },
  {
    rule: "sbom.external_references_disallowed",
    set: set('externalReferences: { deny: [{ url: "https://evil.example/**" }] }'),
    passes,
    fails: lodashBut({ externalReferences: [{ type: "vcs", url: "https://evil.example/git" }] }),
    says: "References vcs https://evil.example/git of lodash; expected none to https://evil.example/**",
    unstated: lodashBut({ externalReferences: [{ type: "website" }] }),
  },
  {
    rule: "sbom.attributes_disallowed",
    set: set('attributes: { deny: [{ name: "cachi2:missing_hash:in_file" }] }'),
    passes: attributed({ attributes: [attribute("syft:package:foundBy", "javascript-lock-cataloger")] }),
    fails: attributed({ attributes: [attribute("cachi2:missing_hash:in_file", "package-lock.json")] }),
    says: "pkg:npm/lodash@4.17.21 has the attribute cachi2:missing_hash:in_file; expected no component with it",
    unstated: attributed({ complete: false }),
  },
];
