import { arrayAt, member, type Digest, type JsonValue } from "../../core/index.ts";
import type { ImagePlace } from "./images.ts";
import type { JudgePlan } from "./plan.ts";
import { isPod } from "./resources.ts";
import { lacksDigest } from "./verdicts.ts";

export interface PatchOperation {
  readonly op: "replace";
  /** JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly value: string;
}

/**
 * The places whose references have no digest. None in a template that a controller keeps equal to one of its own, as a
 * Deployment its ReplicaSets: one that is changed under its hands it makes anew, for ever. Its pods are pinned when they
 * are created.
 */
export function placesToPin(object: JsonValue, { resource, places }: JudgePlan): readonly ImagePlace[] {
  if (!isPod(resource) && isControlled(object)) return [];
  return places.filter(({ image }) => lacksDigest(image));
}

function isControlled(object: JsonValue): boolean {
  const owners = arrayAt(object, "metadata", "ownerReferences") ?? [];
  return owners.some((owner) => member(owner, "controller") === true);
}

/**
 * Puts its digest behind each reference: `nginx:1.27` becomes `nginx:1.27@sha256:…`, so that what is judged afterwards is
 * what runs, wherever the tag points later (threats A054, T012, T239). An image whose digest nobody could find stays as it
 * is, for validation to judge. In the order of the places.
 */
export function pinImages(
  places: readonly ImagePlace[],
  digestOf: (place: ImagePlace) => Digest | undefined,
): readonly PatchOperation[] {
  return places.flatMap((place) => {
    const { path, image } = place;
    const digest = digestOf(place);
    return digest === undefined ? [] : [{ op: "replace", path: pointer(path), value: `${image}@${digest}` }];
  });
}

/** RFC 6901. */
function pointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
