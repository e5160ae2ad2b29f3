import seeds from "@sigstore/tuf/seeds.json" with { type: "json" };
import { isObject, parseStrictJson, type JsonObject } from "../../core/index.ts";

/** trusted_root.json of the public-good Sigstore, as `@sigstore/tuf` of this release carries it. */
export function publicGoodRootJson(): JsonObject {
  const encoded = seeds["https://tuf-repo-cdn.sigstore.dev"].targets["trusted_root.json"];
  const parsed = parseStrictJson(Buffer.from(encoded, "base64"));
  if (!parsed.ok || !isObject(parsed.value))
    throw new TypeError("@sigstore/tuf carries no trusted_root.json");
  return parsed.value;
}
