import { failure, isObject, oneLine, stringAt, success, type Reason, type Result } from "../../core/index.ts";
import type { Limits } from "../types.ts";
import { findImages, type ImagePlace, type ObjectCode } from "./images.ts";
import type { AdmissionRequest } from "./review.ts";
import { distinctImages } from "./judge.ts";
import { isWorkload, resourceOf, WITHOUT_IMAGES, type ImageResource } from "./resources.ts";
import type { AdmissionSettings } from "./settings.ts";
import { unchangedPlaces } from "./unchanged.ts";

export type PlanCode = ObjectCode | "admission.unknown_kind";

/** What a review asks of us. */
export type Plan =
  /** Nothing that could bring an image: allowed without a look. */
  | PassPlan
  /** Not understood, or too much: denied without a look. */
  | { readonly kind: "refuse"; readonly reason: Reason<PlanCode> }
  | JudgePlan;

export interface PassPlan {
  readonly kind: "pass";
  readonly why: string;
  /** How many places are left alone because an update does not change them. */
  readonly unchanged: number;
}

export interface JudgePlan {
  readonly kind: "judge";
  readonly resource: ImageResource;
  /** The places that are judged: at least one. */
  readonly places: readonly ImagePlace[];
  /** How many places are left alone because an update does not change them. */
  readonly unchanged: number;
}

export interface PlanOptions {
  readonly settings: AdmissionSettings;
  readonly limits: Pick<Limits, "keys" | "keyLength" | "reviewImages">;
  /** Whether an update's unchanged places are left alone. */
  readonly skipUnchanged: boolean;
}

/**
 * What is to be judged for a review. What nobody has said how to read is refused: a webhook that is asked about it
 * has been told to guard it (threat T229). An object on its way out is judged like any other: its finalizers may keep it
 * alive for long (threats A051, A059).
 */
export function planReview(request: AdmissionRequest, options: PlanOptions): Plan {
  const { operation, subResource, object, oldObject } = request;
  if (operation === "DELETE" || operation === "CONNECT") {
    return pass(`${operation} brings no image`);
  }
  if (WITHOUT_IMAGES.has(subResource)) {
    return pass(`the subresource ${subResource} brings no image`);
  }
  const resource = resourceFor(request, options.settings);
  if (!resource.ok) return { kind: "refuse", reason: resource.reason };
  const found = findImages(object, resource.value, options.limits.keys);
  if (!found.ok) return { kind: "refuse", reason: found.reason };

  const same =
    operation === "UPDATE" && options.skipUnchanged
      ? unchangedPlaces(found.value, object, oldObject, resource.value, options.limits)
      : new Set<ImagePlace>();
  const places = found.value.filter((place) => !same.has(place));
  if (places.length === 0) {
    return pass(same.size === 0 ? "the object names no image" : "the update changes no image", same.size);
  }
  const tooMany = checkNumber(places, options);
  if (tooMany !== undefined) return { kind: "refuse", reason: tooMany };
  return { kind: "judge", resource: resource.value, places, unchanged: same.size };
}

function pass(why: string, unchanged = 0): PassPlan {
  return { kind: "pass", why, unchanged };
}

function resourceFor(
  { kind, namespace, object }: AdmissionRequest,
  settings: AdmissionSettings,
): Result<ImageResource, PlanCode> {
  const name = oneLine(kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`, 200);
  const resource = resourceOf(kind, settings.resources);
  if (resource === undefined) {
    return failure(
      "admission.unknown_kind",
      `nothing says where a ${name} names images: name it in admission.resources, or take it out of the webhook's rules`,
    );
  }
  if (!isObject(object))
    return failure("admission.malformed", `the review brings no object; expected a ${name}`);
  const said = stringAt(object, "kind");
  const group = groupOf(stringAt(object, "apiVersion"));
  if ((said !== undefined && said !== kind.kind) || (group !== undefined && group !== kind.group)) {
    return failure("admission.malformed", `the object is no ${name}, as the review says it is`);
  }
  if (isWorkload(resource) && namespace === null) {
    return failure("admission.malformed", `the review names no namespace; every ${name} has one`);
  }
  return success(resource);
}

function groupOf(apiVersion: string | undefined): string | undefined {
  if (apiVersion === undefined) return undefined;
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

function checkNumber(
  places: readonly ImagePlace[],
  { limits: { keyLength, reviewImages } }: PlanOptions,
): Reason<PlanCode> | undefined {
  const distinct = distinctImages(places).length;
  if (distinct > reviewImages) {
    return {
      code: "admission.too_many_images",
      message: `the object names ${distinct} different images; at most ${reviewImages} are judged`,
    };
  }
  if (places.every(({ image }) => image.length <= keyLength)) return undefined;
  return {
    code: "admission.malformed",
    message: `the object names an image of more than ${keyLength} characters`,
  };
}
