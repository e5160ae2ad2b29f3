import {
  failure,
  isArray,
  isObject,
  member,
  success,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import type { PullNames } from "../../decision/index.ts";
import { pullNamesOf } from "../pull-secrets/index.ts";
import type { FieldPath, ImageResource } from "./resources.ts";

/** One place of an object that names an image. */
export interface ImagePlace {
  /** From the object's root; list positions are numbers. */
  readonly path: readonly (string | number)[];
  readonly image: string;
  /** What finds the same place in another state of the object: the container's or volume's name, not its position. */
  readonly slot: string;
  /** The part of the object from which pods are made, its labels and annotations included; one array for all in it. */
  readonly template: readonly (string | number)[];
  /** What the pod spec that it stands in says of pull secrets; a field outside of one says nothing. */
  readonly pull?: PullNames;
}

export type ObjectCode = "admission.malformed" | "admission.no_image" | "admission.too_many_images";

interface Spot {
  readonly path: readonly (string | number)[];
  readonly value: JsonValue;
}

/**
 * Every image that an object names, in the order of its fields: containers, init containers (sidecars among them),
 * ephemeral containers and image volumes of every pod spec, then configured fields (threats A052, A138, T235, T236).
 * Nothing is passed over: a list that is none, and a container without an image, are `admission.malformed`; an object that
 * names no image is `admission.no_image` unless its kind may (threats A067, T237). More than `most` places, or elements of
 * a list, are `admission.too_many_images`, said before any time is spent on them (threat T238).
 */
export function findImages(
  object: JsonValue,
  { podSpecs, images, optional, kind }: ImageResource,
  most: number,
): Result<readonly ImagePlace[], ObjectCode> {
  try {
    const places: ImagePlace[] = [];
    const add = (found: readonly ImagePlace[]) => {
      places.push(...found);
      if (places.length > most) throw tooMany(most);
    };
    for (const path of podSpecs) spotsAt(object, path, most).forEach((spot) => add(podImages(spot, most)));
    for (const path of images) add(spotsAt(object, path, most).map(fieldImage));
    if (places.length > 0 || optional) return success(places);
    const expected = [...podSpecs, ...images].map(fieldText).join(", ");
    return failure("admission.no_image", `the ${kind} names no image; expected them in ${expected}`);
  } catch (thrown) {
    if (!(thrown instanceof ObjectFault)) throw thrown;
    return failure(thrown.code, thrown.message);
  }
}

class ObjectFault extends Error {
  readonly code: ObjectCode;
  constructor(code: ObjectCode, message: string) {
    super(message);
    this.code = code;
  }
}

function malformed(path: readonly (string | number)[], expected: string): ObjectFault {
  return new ObjectFault("admission.malformed", `${fieldText(path)} must be ${expected}`);
}

function tooMany(most: number): ObjectFault {
  return new ObjectFault("admission.too_many_images", `the object has more than ${most} places for images`);
}

/** The lists of a pod spec that hold containers. */
const CONTAINER_LISTS = ["containers", "initContainers", "ephemeralContainers"];

function podImages({ path, value: spec }: Spot, most: number): readonly ImagePlace[] {
  if (!isObject(spec)) throw malformed(path, "a pod spec");
  // `spec.template.spec`: the template is more than its spec. A path of one step is an object of its own.
  const template = path.length > 1 && path.at(-1) === "spec" ? path.slice(0, -1) : path;
  const names = pullNamesOf(spec);
  const pod = { template, ...(names !== undefined && { pull: names }) };
  const containers = CONTAINER_LISTS.flatMap((list) =>
    elements(spec, path, list, most).map((container): ImagePlace => {
      const slot = JSON.stringify([path, list, member(container.value, "name") ?? null]);
      return { ...imageAt(container, "image"), slot, ...pod };
    }),
  );
  const volumes = elements(spec, path, "volumes", most).flatMap((volume): readonly ImagePlace[] => {
    const source = member(volume.value, "image");
    if (source === undefined) return [];
    const slot = JSON.stringify([path, "volumes", member(volume.value, "name") ?? null]);
    return [{ ...imageAt({ path: [...volume.path, "image"], value: source }, "reference"), slot, ...pod }];
  });
  return [...containers, ...volumes];
}

function elements(
  spec: JsonValue,
  path: readonly (string | number)[],
  name: string,
  most: number,
): readonly Spot[] {
  const list = member(spec, name);
  if (list === undefined) return [];
  return listAt({ path: [...path, name], value: list }, most);
}

function listAt({ path, value }: Spot, most: number): readonly Spot[] {
  if (!isArray(value)) throw malformed(path, "a list");
  if (value.length > most) throw tooMany(most);
  return value.map((element, index) => ({ path: [...path, index], value: element }));
}

function imageAt({ path, value }: Spot, field: string): Pick<ImagePlace, "path" | "image"> {
  const at = [...path, field];
  const image = member(value, field);
  if (typeof image !== "string" || image === "") throw malformed(at, "an image");
  return { path: at, image };
}

function fieldImage({ path, value }: Spot): ImagePlace {
  if (typeof value !== "string" || value === "") throw malformed(path, "an image");
  return { path, image: value, slot: JSON.stringify(path), template: path };
}

/** What stands at a path: nothing where a field of it is absent, several where it goes through lists. */
function spotsAt(object: JsonValue, path: FieldPath, most: number): readonly Spot[] {
  let spots: readonly Spot[] = [{ path: [], value: object }];
  for (const step of path) {
    spots = spots.flatMap((spot) => (step === "*" ? listAt(spot, most) : fieldAt(spot, step)));
    if (spots.length > most) throw tooMany(most);
  }
  return spots;
}

function fieldAt({ path, value }: Spot, name: string): readonly Spot[] {
  if (!isObject(value)) throw malformed(path, "an object");
  const field = member(value, name);
  return field === undefined ? [] : [{ path: [...path, name], value: field }];
}

/** `spec.containers[0].image`. Steps are Kubernetes' own or the configuration's, never the object's. */
export function fieldText(path: readonly (string | number)[]): string {
  const text = path.map((step) => (typeof step === "number" || step === "*" ? `[${step}]` : `.${step}`));
  return text.join("").replace(/^\./, "") || "the object";
}
