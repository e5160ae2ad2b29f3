import type { Builtin, BuiltinTable } from "./contract.ts";

/**
 * Which family provides a builtin. Whatever stands in no list is refused when a bundle is loaded: what asks a
 * network or is not deterministic (`http.send`, `rand.intn`, `uuid.rfc4122`, `opa.runtime`, …), what would need
 * Go's exact output without being worth it, and names that nobody knows (threats A090, A096, T157).
 */
const FAMILIES: readonly { readonly names: readonly string[]; readonly load: () => Promise<BuiltinTable> }[] =
  [
    {
      names: [
        "sprintf",
        "strings.any_prefix_match",
        "strings.any_suffix_match",
        "strings.count",
        "indexof_n",
        "glob.quote_meta",
      ],
      load: async () => (await import("./strings.ts")).stringBuiltins,
    },
    {
      names: [
        "time.now_ns",
        "time.parse_rfc3339_ns",
        "time.parse_ns",
        "time.parse_duration_ns",
        "time.format",
        "time.date",
        "time.clock",
        "time.weekday",
        "time.add_date",
        "time.diff",
      ],
      load: async () => (await import("./time.ts")).timeBuiltins,
    },
    {
      names: ["semver.is_valid", "semver.compare"],
      load: async () => (await import("./semver.ts")).semverBuiltins,
    },
    {
      names: ["regex.find_n", "regex.split", "regex.replace", "regex.template_match"],
      load: async () => (await import("./regex.ts")).regexBuiltins,
    },
    {
      names: ["object.subset", "numbers.range_step", "graph.reachable_paths"],
      load: async () => (await import("./collections.ts")).collectionBuiltins,
    },
    {
      names: [
        "base64url.encode_no_pad",
        "hex.encode",
        "hex.decode",
        "urlquery.encode",
        "urlquery.decode",
        "urlquery.encode_object",
        "urlquery.decode_object",
        "json.marshal_with_options",
      ],
      load: async () => (await import("./encoding.ts")).encodingBuiltins,
    },
    { names: ["json.patch"], load: async () => (await import("./json-patch.ts")).jsonPatchBuiltins },
    {
      names: [
        "crypto.md5",
        "crypto.sha1",
        "crypto.sha256",
        "crypto.hmac.md5",
        "crypto.hmac.sha1",
        "crypto.hmac.sha256",
        "crypto.hmac.sha512",
        "crypto.hmac.equal",
      ],
      load: async () => (await import("./crypto.ts")).cryptoBuiltins,
    },
    { names: ["io.jwt.decode"], load: async () => (await import("./jwt.ts")).jwtBuiltins },
    {
      names: ["units.parse", "units.parse_bytes"],
      load: async () => (await import("./units.ts")).unitBuiltins,
    },
    {
      names: ["net.cidr_is_valid", "net.cidr_expand", "net.cidr_contains_matches"],
      load: async () => (await import("./net.ts")).netBuiltins,
    },
    { names: ["uuid.parse"], load: async () => (await import("./uuid.ts")).uuidBuiltins },
    // Nobody reads what a policy prints: it is dropped (threat T170).
    {
      names: ["trace", "internal.print"],
      load: () => Promise.resolve({ trace: () => true, "internal.print": () => true }),
    },
  ];

const known = new Map(FAMILIES.flatMap((family) => family.names.map((name) => [name, family] as const)));

/** The names of all builtins that bundles may call beside those inside of the module. */
export const PROVIDED_BUILTINS: readonly string[] = [...known.keys()];

export function isProvided(name: string): boolean {
  return known.has(name);
}

/** The functions behind the names, each family loaded only when one of its names is asked for. */
export async function loadBuiltins(names: readonly string[]): Promise<ReadonlyMap<string, Builtin>> {
  const found = new Map<string, Builtin>();
  for (const name of names) {
    const table = await known.get(name)?.load();
    const builtin = table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
    if (builtin !== undefined) found.set(name, builtin);
  }
  return found;
}
