import { oneLine } from "../../core/index.ts";
import type { Generalised } from "./generalise.ts";
import { slugOf } from "./policy-yaml.ts";
import type { ProposedSection, Proposal } from "./proposal.ts";
import type { ProposedSigner } from "./proposed-signers.ts";

/** What the comment at the head says of where the proposal comes from. */
export interface Provenience {
  readonly reference: string;
  readonly digest: string;
  readonly time: string;
  /** A signer names its trust root where there are several. */
  readonly nameTrustRoots: boolean;
}

/** policy.yaml of a proposal: every line says what was seen and what was generalised. */
export function proposedYaml(proposal: Proposal, from: Provenience): string {
  const { signers, match, collections, sections, left } = proposal;
  return [
    "# PROPOSED from the verified evidence of one image. Read every line before you rely on it: what is allowed below is",
    "# what this image happened to have, and whoever signed it may sign the next one.",
    `# image ${oneLine(from.reference, 300)}`,
    `# ${from.digest} at ${from.time}`,
    ...(left.length === 0
      ? []
      : ["#", "# Seen, and NOT part of this policy:", ...left.map((line) => `# - ${oneLine(line, 300)}`)]),
    "",
    `name: ${slugOf(match).slice(0, 90).replace(/-$/, "")}`,
    "version: 0.1.0",
    "",
    "signers:",
    ...signers.flatMap((signer) => signerLines(signer, from)),
    "",
    "images:",
    '  # This repository alone; "…/**" is everything below a path.',
    `  - match: [${quote(match)}]`,
    ...(collections.length === 0 ? [] : [`    collections: [${collections.join(", ")}]`]),
    ...sections.filter(({ name }) => name !== "attestations").flatMap(sectionLines),
    ...attestationLines(sections.filter(({ name }) => name === "attestations")),
    "",
  ].join("\n");
}

function signerLines(signer: ProposedSigner, from: Provenience): string[] {
  const { name } = signer;
  if (signer.kind === "key") return [`  ${name}: { key: ${quote(`trust/${name}.pub`)} }`];
  if (signer.kind === "notary") {
    return [`  ${name}: { notary: ${quote(signer.store)}, subject: ${quote(signer.subject)} }`];
  }
  if (signer.kind === "authority") {
    return [
      `  ${name}:`,
      "    # Whoever has a certificate of this authority with all that is said here.",
      `    authority: ${quote(signer.authority)}`,
      ...(signer.identity === null ? [] : identityLines(signer.identity)),
      ...(signer.subject === null ? [] : [`    subject: ${quote(signer.subject)}`]),
    ];
  }
  return [
    `  ${name}:`,
    `    issuer: ${quote(signer.issuer)}`,
    ...identityLines(signer.identity),
    ...(from.nameTrustRoots ? [`    trustRoot: ${quote(signer.trustRoot)}`] : []),
  ];
}

function identityLines(identity: Generalised): string[] {
  return [...seenLines([identity], "    "), `    identity: ${quote(identity.pattern)}`];
}

function sectionLines({ name, signers, fields }: ProposedSection): string[] {
  return [
    `    ${name}:`,
    `      signers: [${signers.map(quote).join(", ")}]`,
    ...fields.flatMap(({ name: field, values, claimed }) => [
      ...seenLines(values, "      "),
      ...(claimed ? ["      # claimed by the builder; no certificate confirms it"] : []),
      `      ${field}: [${values.map(({ pattern }) => quote(pattern)).join(", ")}]`,
    ]),
  ];
}

function attestationLines(sections: readonly ProposedSection[]): string[] {
  if (sections.length === 0) return [];
  return [
    "    attestations:",
    ...sections.flatMap(({ predicateType, signers }) => [
      `      - predicateType: ${quote(predicateType ?? "")}`,
      `        signers: [${signers.map(quote).join(", ")}]`,
    ]),
  ];
}

function seenLines(values: readonly Generalised[], indent: string): string[] {
  return values
    .filter(({ seen, pattern }) => seen !== pattern)
    .map(({ seen, pattern }) => `${indent}# generalised: ${oneLine(seen, 300)} → ${oneLine(pattern, 300)}`);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
