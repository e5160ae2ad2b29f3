import { oneLine } from "../../core/index.ts";
import type { InputDocument, InputEvidence } from "../../normalization/index.ts";
import type { Signer } from "../../verification/index.ts";
import type { Paint } from "./paint.ts";

/** More pieces of evidence than this are counted, not drawn. */
const MOST_EVIDENCE = 200;

/** The evidence about an image as a tree: each piece with its status, type, signers, times and why it fails. */
export function evidenceTree(input: InputDocument, paint: Paint): string[] {
  const { image, evidence, completeness } = input;
  const branches = [
    ...evidence.slice(0, MOST_EVIDENCE).map((piece) => describeEvidence(piece, paint)),
    ...(evidence.length > MOST_EVIDENCE ? [[`and ${evidence.length - MOST_EVIDENCE} more`]] : []),
    ...completeness.reasons.map(({ code, message }) => [
      `${paint("yellow", "incomplete")}  ${oneLine(code)}: ${oneLine(message)}`,
    ]),
  ];
  const platforms = image.platforms.map(({ platform }) => oneLine(platform, 60)).join(", ");
  return [
    `${oneLine(image.reference)}${platforms === "" ? "" : paint("dim", `  ${oneLine(platforms)}`)}`,
    image.digest,
    ...(branches.length === 0 ? [`└─ ${paint("yellow", "no evidence")}`] : draw(branches)),
  ];
}

/** Each branch: its first line, and the lines below it. */
function draw(branches: readonly (readonly string[])[]): string[] {
  return branches.flatMap(([first = "", ...rest], index) => {
    const last = index === branches.length - 1;
    return [`${last ? "└─" : "├─"} ${first}`, ...rest.map((line) => `${last ? "  " : "│ "}   ${line}`)];
  });
}

const COLOURS = {
  verified: "green",
  failed: "red",
  unsigned: "yellow",
  skipped: "dim",
  unreachable: "yellow",
} as const;

function describeEvidence(piece: InputEvidence, paint: Paint): string[] {
  const { status, predicateType, mediaType, kind, location, subject, signers, times, reason } = piece;
  const type = predicateType ?? (kind === "signature" ? "signature" : mediaType);
  const about = subject?.matches === "platform" ? ` (${oneLine(subject.platform ?? "a platform", 60)})` : "";
  const row = (name: string, text: string) => `${paint("dim", name.padEnd(9))}${text}`;
  return [
    `${paint(COLOURS[status], status.padEnd(11))} ${oneLine(type, 200)}${about}`,
    ...signers.flatMap((signer) => describeSigner(signer).map(([name, text]) => row(name, oneLine(text)))),
    ...times.map(({ time, source, trustRoot }) => {
      const foreign = signers.some((signer) => signer.trustRoot === trustRoot)
        ? ""
        : ` of ${oneLine(trustRoot, 80)}`;
      return row("time", `${oneLine(time, 40)} (${source}${foreign})`);
    }),
    ...(reason === null ? [] : [row("reason", `${oneLine(reason.code)}: ${oneLine(reason.message)}`)]),
    row("found", oneLine(location)),
  ];
}

function describeSigner(signer: Signer): [string, string][] {
  if (signer.kind === "key") return [["signer", `key ${signer.trustRoot} (${signer.keyId})`]];
  return [
    ["signer", signer.identity],
    ["issuer", `${signer.issuer ?? "none"}, proven by ${signer.trustRoot}`],
  ];
}
