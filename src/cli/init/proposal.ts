import { oneLine } from "../../core/index.ts";
import type { InputDocument, Provenance } from "../../normalization/index.ts";
import { generaliseRef, literal, type Generalised } from "./generalise.ts";
import { proposeSigners, type ProposedSigner, type ProposedSigners } from "./proposed-signers.ts";

/** A policy in the making: what an image's verified evidence lets one demand of the next. */
export interface Proposal {
  readonly signers: readonly ProposedSigner[];
  readonly match: string;
  readonly collections: readonly string[];
  readonly sections: readonly ProposedSection[];
  /** What was seen and is not part of it, a line each. */
  readonly left: readonly string[];
}

export interface ProposedSection {
  /** `provenance`, `sbom`, …; `attestations` has a predicate type. */
  readonly name: string;
  readonly predicateType: string | null;
  readonly signers: readonly string[];
  readonly fields: readonly ProposedField[];
}

export interface ProposedField {
  readonly name: string;
  readonly values: readonly Generalised[];
  /** Only the predicate says so; no certificate confirms it. */
  readonly claimed: boolean;
}

/** Lists of the document that have a section in policy.yaml. */
const SECTIONS = [
  ["sbom", "sboms"],
  ["vulnerabilities", "vulnerabilityReports"],
  ["tests", "testResults"],
  ["releases", "releases"],
  ["attributes", "attributeReports"],
  ["traces", "runtimeTraces"],
  ["vsa", "verificationSummaries"],
] as const;

/** The narrowest sensible policy for an image; `undefined` where nothing about it is verified that can be demanded. */
export function propose(
  input: InputDocument,
  notaryStores: ReadonlySet<string> = new Set(),
): Proposal | undefined {
  const found = proposeSigners(input, notaryStores);
  const provenance = provenanceSection(input.provenance, found);
  const sections = [
    ...(provenance === undefined ? [] : [provenance]),
    ...SECTIONS.flatMap(([name, list]) => section(name, input[list], found)),
    ...otherSections(input, found),
  ];
  if (sections.length === 0) return undefined;
  const conflicts = input.provenance.flatMap((record) => record.conflicts);
  const used = new Set(sections.flatMap(({ signers }) => signers));
  return {
    signers: found.signers.filter(({ name }) => used.has(name)),
    match: `${input.image.registry}/${input.image.repository}`,
    collections: provenance === undefined ? [] : [conflicts.length === 0 ? "slsa-build-l2" : "slsa-build-l1"],
    sections,
    left: [
      ...found.left,
      ...conflicts.map(
        ({ field, claimed, certificate }) =>
          `CONTRADICTION: ${field} is claimed to be ${claimed}, and the certificate says ${certificate}`,
      ),
      ...input.evidence
        .filter(({ status }) => status !== "verified")
        .map(
          ({ status, predicateType, mediaType, source, reason }) =>
            `NOT VERIFIED (${status}): ${predicateType ?? mediaType} (${source})${reason === null ? "" : `: ${reason.message}`}`,
        ),
      ...(input.vex.length === 0
        ? []
        : [
            "VEX documents: whose word excuses findings is for people to decide; see `vex` in docs/policy.md",
          ]),
    ].map((line) => oneLine(line, 300)),
  };
}

function section(
  name: string,
  records: readonly { readonly evidence: string }[],
  found: ProposedSigners,
): readonly ProposedSection[] {
  const signers = signersOf(records, found);
  return signers.length === 0 ? [] : [{ name, predicateType: null, signers, fields: [] }];
}

/** Statements of other kinds, by predicate type, and bare signatures. */
function otherSections(input: InputDocument, found: ProposedSigners): readonly ProposedSection[] {
  const told = new Set(
    [input.provenance, input.vex, ...SECTIONS.map(([, list]) => input[list])].flatMap((list) =>
      list.map(({ evidence }) => String(evidence)),
    ),
  );
  const others = input.attestations.filter(({ evidence }) => !told.has(evidence));
  const types = Map.groupBy(others, ({ predicateType }) => predicateType);
  const bare = input.evidence
    .filter(({ status, kind }) => status === "verified" && kind === "signature")
    .map(({ id }) => ({ evidence: id }));
  return [
    ...[...types].flatMap(([predicateType, records]) =>
      section("attestations", records, found).map((one) => ({ ...one, predicateType })),
    ),
    ...section("signature", bare, found),
  ];
}

function provenanceSection(
  records: readonly Provenance[],
  found: ProposedSigners,
): ProposedSection | undefined {
  const signed = records.filter(({ evidence }) => found.of(evidence).length > 0);
  const signers = signersOf(signed, found);
  if (signers.length === 0) return undefined;
  return {
    name: "provenance",
    predicateType: null,
    signers,
    fields: [
      field("builders", signed, "builder.id", ({ builder: { id } }) =>
        id === null ? undefined : generaliseRef(id),
      ),
      field("repositories", signed, "source.repo", ({ source: { repo } }) => exactly(repo)),
      field("refs", signed, "source.ref", ({ source: { ref } }) =>
        ref === null ? undefined : generaliseRef(ref),
      ),
      field("buildTypes", signed, undefined, ({ buildType }) => exactly(buildType)),
    ].flat(),
  };
}

/** A field is demanded where every record states it, none is contradicted, and a pattern can say it. */
function field(
  name: string,
  records: readonly Provenance[],
  certifiable: keyof Provenance["corroboration"] | undefined,
  read: (record: Provenance) => Generalised | undefined,
): readonly ProposedField[] {
  const standing = records.map(({ corroboration }) =>
    certifiable === undefined ? "claimed" : corroboration[certifiable],
  );
  const values = records.map(read);
  if (standing.includes("conflict") || values.includes(undefined)) return [];
  const stated = values.filter((value) => value !== undefined);
  const distinct = [...new Map(stated.map((value) => [value.pattern, value])).values()];
  return [{ name, values: distinct, claimed: standing.some((one) => one !== "certificate") }];
}

function exactly(text: string | null): Generalised | undefined {
  const pattern = text === null ? undefined : literal(text);
  return pattern === undefined ? undefined : { seen: pattern, pattern };
}

function signersOf(
  records: readonly { readonly evidence: string }[],
  found: ProposedSigners,
): readonly string[] {
  return [...new Set(records.flatMap(({ evidence }) => found.of(evidence)))].sort();
}
