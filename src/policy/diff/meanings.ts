/**
 * How a field of a set of images means its value, from which the direction of a change follows:
 * - `approved`: a list of what is accepted; stating it demands something, a further entry accepts more
 * - `demanded`: a list or map of what must hold; a further entry demands more
 * - `at-least`: a number; more demands more
 * - `within`: a duration or a number; less demands more
 * - `tolerated`: a duration; longer accepts more, and stating it does too
 * - `threshold`: a severity from which findings deny; lower demands more
 * - `assumed`: a severity that is taken where none is stated; higher demands more
 * - `flag`: `true` demands something; `leniency`: `true` accepts something
 * - `ranked`: words from the mildest to the strictest; absent is the one that the schema gives as default
 * - `excusers`: whose word excuses; stating it accepts more, so does a further entry
 * - `demand`: any value demands something; another value is just another
 * - `note`: demands nothing by itself
 */
export type Meaning =
  | {
      readonly kind:
        | "approved"
        | "demanded"
        | "at-least"
        | "within"
        | "tolerated"
        | "threshold"
        | "assumed"
        | "flag"
        | "leniency"
        | "excusers"
        | "demand"
        | "note";
    }
  | { readonly kind: "ranked"; readonly words: readonly string[]; readonly absent: string };

const REQUIRE = ["any", "newest", "all"] as const;

/** By whole path, by all of it but a name of the policy's own, then by the path's last part. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  "vex.signers": { kind: "excusers" },
  "vex.require": { kind: "ranked", words: REQUIRE, absent: "all" },
  "vulnerabilities.require": { kind: "ranked", words: REQUIRE, absent: "newest" },
  "tests.require": { kind: "ranked", words: REQUIRE, absent: "newest" },
  "sbom.licenses.unknown": { kind: "ranked", words: ["allow", "warn", "deny"], absent: "deny" },
  "provenance.parameters.inputs": { kind: "ranked", words: ["allowed", "forbidden"], absent: "allowed" },
  "schedule.hours.from": { kind: "demand" },
  "schedule.hours.to": { kind: "demand" },
  "schedule.freeze.from": { kind: "demand" },
  "schedule.freeze.to": { kind: "demand" },
  "image.platforms": { kind: "demanded" },
  "traces.maxEntries.*": { kind: "within" },
  ...meaning(
    "approved",
    "signers builders repositories refs buildTypes workflows triggers allowed ownerIds",
    "repositoryIds visibility verifiers trusted sources users registries formats allow scanners",
    "authors statuses policies resources predicateTypes weekdays policyDigests slsaVersions",
    "packages tags producers monitors",
  ),
  ...meaning(
    "demanded",
    "required forbidden forbiddenParameters deny denyIds controls configurations levels",
    "annotations freeze optional deprecated own logs",
  ),
  ...meaning("at-least", "minSigners minBuilders level reproducedBy minComponents minFiles dependencyLevel"),
  ...meaning("within", "maxAge databaseMaxAge maxEntries"),
  grace: { kind: "tolerated" },
  ...meaning("threshold", "failOn unpatched"),
  unknownSeverity: { kind: "assumed" },
  ...meaning(
    "flag",
    "requireHosted hermetic reproducible steps pinned succeeded complete matchSbom",
    "consistentPlatforms nonRoot known matchesImage valid ntia supplier timestamp matchResource",
    "noFailed noErred noSkipped noWarned repository builder workflow parameters",
  ),
  ...meaning("leniency", "allowPullRequests allowWarned"),
  ...meaning("demand", "expiresLabel timezone predicateType type url name value"),
  reason: { kind: "note" },
  require: { kind: "ranked", words: REQUIRE, absent: "any" },
};

/** What a field means; `undefined` for one that this version does not know. */
export function meaningOf(path: readonly string[]): Meaning | undefined {
  return own(path.join(".")) ?? own([...path.slice(0, -1), "*"].join(".")) ?? own(path.at(-1) ?? "");
}

function own(name: string): Meaning | undefined {
  return Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;
}

function meaning(
  kind: Exclude<Meaning["kind"], "ranked">,
  ...names: readonly string[]
): Readonly<Record<string, Meaning>> {
  return Object.fromEntries(
    names.flatMap((line) => line.split(" ")).map((name): [string, Meaning] => [name, { kind }]),
  );
}
