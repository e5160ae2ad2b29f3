import { oneLine } from "../../core/index.ts";
import type { InspectedException, InspectedSet, InspectedTrust, Inspection } from "../../policy/index.ts";
import type { Paint } from "./paint.ts";

/** What a policy holds, for a person. */
export function inspectionText(inspection: Inspection, paint: Paint): string {
  const { name, version, revision, digest, entrypoints, roots, bytes, builtins, reads, rules } = inspection;
  const { sequence, rollback, examples } = inspection;
  const row = (title: string, text: string) => `  ${paint("dim", title.padEnd(12))}${oneLine(text, 2000)}`;
  const rows = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", paint("bold", title), ...lines.map((line) => `  ${oneLine(line, 1000)}`)];
  return [
    paint("bold", oneLine(`${name} ${revision}`)),
    ...(version === null || version === revision ? [] : [row("version", version)]),
    row("digest", digest),
    row("sequence", sequence === null ? "none" : `${sequence}`),
    ...(rollback === null ? [] : [row("rollback", `to ${rollback.to}: ${rollback.reason}`)]),
    row("examples", examples === 0 ? "none" : `${examples}, decided before it is activated`),
    row("entrypoints", entrypoints.join(", ")),
    row("roots", roots.join(", ")),
    row("rules", `${rules.library} of the standard library, ${rules.own.length} of its own`),
    row("size", `policy.wasm ${kilobytes(bytes.wasm)}, data ${kilobytes(bytes.data)}`),
    row("builtins", builtins.length === 0 ? "none" : builtins.join(", ")),
    row("reads", reads === null ? "the bundle does not tell" : reads.join(", ")),
    ...inspection.images.flatMap((set) => setLines(set, paint)),
    ...rows(
      "Signers",
      inspection.signers.map((signer) => `${signer.name}: ${signer.is}`),
    ),
    ...rows(
      "Builders",
      inspection.builders.map(
        ({ builder, signers, level }) => `${builder} signed by ${signers}: SLSA build level ${level}`,
      ),
    ),
    ...rows("Trust", trustLines(inspection.trust)),
    ...rows("Exceptions", inspection.exceptions.map(exceptionLine)),
    "",
  ].join("\n");
}

function setLines({ match, mode, allowAll, rules, excluded, demands }: InspectedSet, paint: Paint): string[] {
  const modeWords = mode === "enforce" ? "" : `  (${mode}: nothing is denied)`;
  return [
    "",
    `${paint("bold", oneLine(match.join(", "), 1000))}${modeWords}`,
    ...(allowAll === null ? [] : [`  ${paint("yellow", "everything is allowed")}: ${oneLine(allowAll)}`]),
    ...Object.entries(demands).map(([field, value]) => `  ${paint("dim", oneLine(field, 100))} ${value}`),
    ...rules.map(({ code, title, own, action, effectiveOn }) => {
      const notes = [
        ...(own ? ["own"] : []),
        ...(action === null ? [] : [action === "warn" ? "warns only" : "denies"]),
        ...(effectiveOn === null ? [] : [`from ${effectiveOn}`]),
      ];
      const noted = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
      return `  • ${oneLine(code, 120)}${paint("dim", `  ${oneLine(title ?? "")}${noted}`)}`;
    }),
    ...excluded.map((term) => `  ${paint("dim", "without")} ${oneLine(term)}`),
  ];
}

function trustLines({
  roots,
  keys,
  authorities,
  trustStores,
  distrusted,
}: InspectedTrust): readonly string[] {
  return [
    ...roots.map((root) => {
      const age =
        root.newest === null ? "" : `, newest part of ${root.newest} (${root.ageDays ?? 0} days ago)`;
      const until = root.until === null ? "" : `, certifies until ${root.until}`;
      return `root ${root.name}: ${root.certificateAuthorities} certificate authorities, ${root.transparencyLogs} logs, ${root.timestampAuthorities} timestamp authorities${age}${until}`;
    }),
    ...keys.map(({ name, terms }) => `key ${name}${terms === "" ? "" : `: ${terms}`}`),
    ...authorities.map((name) => `X.509 authority ${name}`),
    ...trustStores.map((name) => `trust store ${name}`),
    ...(distrusted === 0 ? [] : [`${distrusted} entries of what is distrusted`]),
  ];
}

function exceptionLine({ rule, images, owner, reason, until, state, daysLeft }: InspectedException): string {
  const end =
    until === null
      ? state
      : `${state}, until ${until}${state === "current" ? ` (${daysLeft ?? 0} days)` : ""}`;
  return `${rule} for ${images}: ${end}; ${owner}: ${reason}`;
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KB`;
}
