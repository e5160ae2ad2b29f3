import seeds from "@sigstore/tuf/seeds.json" with { type: "json" };
import { parseStrictJson, type JsonValue } from "../../core/index.ts";
import { refuseTuf } from "./fault.ts";
import type { TufSource } from "./open-tuf-root.ts";

const MIRROR = "https://tuf-repo-cdn.sigstore.dev";

/** The seeds bear no date: that of the release which brought them, to be changed with it. */
export const SEED = { release: "5.0.1", taken: new Date("2026-11-05T00:19:12Z") };

/** The public-good Sigstore's repository, pinned and seeded by what `@sigstore/tuf` of this release carries. */
export function publicGoodTuf(): TufSource {
  return {
    mirror: MIRROR,
    initialRoot: Buffer.from(seeds[MIRROR]["root.json"], "base64"),
    seed: { root: publicGoodSeed(), taken: SEED.taken },
  };
}

/** trusted_root.json as this release carries it. */
export function publicGoodSeed(): JsonValue {
  const root = parseStrictJson(Buffer.from(seeds[MIRROR].targets["trusted_root.json"], "base64"));
  return root.ok ? root.value : refuseTuf("internal", `the embedded trusted root: ${root.reason.message}`);
}
