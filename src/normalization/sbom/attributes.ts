import {
  isArray,
  isObject,
  member,
  parseStrictJson,
  type JsonObject,
  type JsonValue,
} from "../../core/index.ts";
import type { FoundStatement, PredicateFamily } from "../types.ts";
import { isSpdx3Context, openDocument, sbomFormat } from "./recognise.ts";
import type { ComponentAttributes } from "./types.ts";

type Attribute = ComponentAttributes["attributes"][number];

/** Scanners write some ten of these for each component; beyond this many the record says that it is not complete. */
const MOST_ATTRIBUTES = 200_000;

/** JSON inside an annotation is one small object. */
const ANNOTATION_LIMITS = { bytes: 64 * 1024, depth: 20 };

/**
 * What SBOMs say of components beyond the component model, apart from `sboms` because it is mostly longer than these and few
 * rules ask for it: CycloneDX `properties`, and annotations of SPDX packages that hold JSON with a name and a value.
 */
export const componentAttributesFamily: PredicateFamily = {
  fills: ["componentAttributes"],
  recognises: (predicateType, predicate) => sbomFormat(predicateType, predicate) !== undefined,
  read: (found) => {
    const record = readAttributes(found);
    return record === undefined ? {} : { componentAttributes: [record] };
  },
};

/** The record of an SBOM; `undefined` for whatever is none. */
export function readAttributes(found: FoundStatement): ComponentAttributes | undefined {
  const format = sbomFormat(found.predicateType, found.predicate);
  if (format === undefined) return undefined;
  const { document, fault } = openDocument(format, found.predicate);
  const list = new AttributeList();
  if (fault !== null || isTagValue(format, found.predicate)) list.isComplete = false;
  if (format === "cyclonedx") readCyclonedx(document, list);
  else if (isSpdx3Context(document)) readSpdx3(document, list);
  else readSpdx2(document, list);
  return {
    evidence: found.id,
    predicateType: found.predicateType,
    subject: found.subject,
    attributes: list.attributes,
    complete: list.isComplete,
  };
}

/** SPDX's text form has its annotations elsewhere than the packages, and they are not read. */
function isTagValue(format: "spdx" | "cyclonedx", predicate: JsonObject): boolean {
  const data = member(predicate, "Data");
  return format === "spdx" && typeof data === "string" && !/^\s*\{/.test(data.slice(0, 1000));
}

class AttributeList {
  readonly attributes: Attribute[] = [];
  isComplete = true;

  add(component: string, name: JsonValue | undefined, value: JsonValue | undefined): void {
    if (typeof name !== "string" || name === "" || this.attributes.length >= MOST_ATTRIBUTES) {
      this.isComplete = false;
    } else this.attributes.push({ component, name, value: textOf(value) });
  }

  /** The objects of a list; anything else may have said something. */
  objects(holder: JsonObject, name: string): readonly JsonObject[] {
    const list = member(holder, name) ?? null;
    if (list === null) return [];
    const found = isArray(list) ? list.filter(isObject) : [];
    if (!isArray(list) || found.length < list.length) this.isComplete = false;
    return found;
  }
}

function textOf(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function nameOf(...stated: readonly (JsonValue | undefined)[]): string {
  return (
    stated.find((one): one is string => typeof one === "string" && one !== "") ?? "a component without name"
  );
}

/** CycloneDX 1.3 and later: `properties` of each component, however deep it stands. */
function readCyclonedx(document: JsonObject, list: AttributeList): void {
  const metadata = member(document, "metadata");
  const root = isObject(metadata) ? member(metadata, "component") : undefined;
  // A stack of our own: a document may be nested deeper than calls can be.
  const open = [...(isObject(root) ? [root] : []), ...list.objects(document, "components")].toReversed();
  for (let component = open.pop(); component !== undefined; component = open.pop()) {
    const holder = nameOf(member(component, "purl"), member(component, "name"));
    for (const property of list.objects(component, "properties")) {
      list.add(holder, member(property, "name"), member(property, "value"));
    }
    for (const inner of list.objects(component, "components").toReversed()) open.push(inner);
  }
}

/** SPDX 2.2 and 2.3: the comments of a package's annotations. */
function readSpdx2(document: JsonObject, list: AttributeList): void {
  for (const found of list.objects(document, "packages")) {
    const holder = nameOf(member(found, "name"), member(found, "SPDXID"));
    for (const annotation of list.objects(found, "annotations")) {
      readAnnotation(holder, member(annotation, "comment"), list);
    }
  }
}

/** SPDX 3.0: elements of the class Annotation, and the extension that carries CycloneDX properties. */
function readSpdx3(document: JsonObject, list: AttributeList): void {
  const names = new Map<JsonValue | undefined, JsonValue | undefined>();
  const elements = list.objects(document, "@graph");
  for (const element of elements) names.set(idOf(element), member(element, "name"));
  for (const element of elements) {
    if (typeOf(element) === "Annotation") {
      const subject = member(element, "subject");
      readAnnotation(nameOf(names.get(subject), subject), member(element, "statement"), list);
    }
    for (const extension of list.objects(element, "extension")) {
      const holder = nameOf(member(element, "name"), idOf(element));
      for (const property of list.objects(extension, "extension_cdxProperty")) {
        list.add(
          holder,
          member(property, "extension_cdxPropName"),
          member(property, "extension_cdxPropValue"),
        );
      }
    }
  }
}

function idOf(element: JsonObject): JsonValue | undefined {
  return member(element, "spdxId") ?? member(element, "@id");
}

function typeOf(element: JsonObject): JsonValue | undefined {
  return member(element, "type") ?? member(element, "@type");
}

/** Words for people are no attribute; what begins as JSON and is none may have been one. */
function readAnnotation(component: string, text: JsonValue | undefined, list: AttributeList): void {
  if (typeof text !== "string" || !/^\s*\{/.test(text.slice(0, 1000))) return;
  const parsed = parseStrictJson(Buffer.from(text), ANNOTATION_LIMITS);
  if (!parsed.ok || !isObject(parsed.value)) {
    list.isComplete = false;
    return;
  }
  const name = member(parsed.value, "name");
  if (name !== undefined) list.add(component, name, member(parsed.value, "value"));
}
