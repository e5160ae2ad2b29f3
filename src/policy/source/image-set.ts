import { arrayAt, at, objectAt, stringAt, type JsonValue } from "../../core/index.ts";
import type { ImageSetSource } from "./types.ts";

/**
 * One set of images as policy.yaml states it, of a document that the schema has found well formed. A list keeps what
 * is text: an entry that is none could only make the set demand more than it can have.
 */
export function readImageSet(set: JsonValue): ImageSetSource {
  const provenance = objectAt(set, "provenance");
  const signature = objectAt(set, "signature");
  const evidence = objectAt(set, "evidence");
  return {
    match: texts(set, "match") ?? [],
    collections: texts(set, "collections"),
    include: texts(set, "include"),
    exclude: texts(set, "exclude"),
    provenance:
      provenance === undefined
        ? undefined
        : {
            signers: texts(provenance, "signers") ?? [],
            builders: texts(provenance, "builders"),
            repositories: texts(provenance, "repositories"),
            refs: texts(provenance, "refs"),
            buildTypes: texts(provenance, "buildTypes"),
            allowPullRequests: flag(provenance, "allowPullRequests"),
            requireHosted: flag(provenance, "requireHosted"),
          },
    signature: signature === undefined ? undefined : { signers: texts(signature, "signers") ?? [] },
    attestations: arrayAt(set, "attestations")?.map((required) => ({
      predicateType: stringAt(required, "predicateType") ?? "",
      signers: texts(required, "signers") ?? [],
    })),
    evidence:
      evidence === undefined
        ? undefined
        : { signers: texts(evidence, "signers"), complete: flag(evidence, "complete") },
  };
}

function texts(value: JsonValue, key: string): readonly string[] | undefined {
  return arrayAt(value, key)?.filter((entry) => typeof entry === "string");
}

function flag(value: JsonValue, key: string): boolean | undefined {
  const found = at(value, key);
  return typeof found === "boolean" ? found : undefined;
}
