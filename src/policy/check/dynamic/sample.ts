import {
  arrayAt,
  at,
  isObject,
  objectAt,
  stringAt,
  type JsonObject,
  type JsonValue,
} from "../../../core/index.ts";
import schema from "../../../../schemas/input.schema.json" with { type: "json" };
import type { Example } from "../../examples/types.ts";
import { STATEMENT_LISTS } from "./fields.ts";

const IMAGE = `sha256:${"a".repeat(64)}`;
const TIME = "2026-11-22T10:00:00Z";

/**
 * Input documents made from the schema for a policy without examples, one for each of its sets of images: a statement of
 * every kind, signed by all of the policy's signers at once. They show whether rules can speak; that the policy allows
 * them is not to be expected.
 */
export function sampleExamples(data: JsonObject): readonly Example[] {
  return (arrayAt(data, "policy", "images") ?? []).flatMap((set) => {
    const [match] = arrayAt(set, "match") ?? [];
    if (typeof match !== "string") return [];
    const [registry = "", ...repository] = filled(match === "**" ? "registry.example/app" : match).split("/");
    const input = sample(registry, repository.join("/"), objectAt(data, "policy", "signers") ?? {}, set);
    return [
      {
        file: `a sample made for ${match}`,
        input,
        time: new Date(TIME),
        expect: { allow: false, violations: [], warnings: undefined },
      },
    ];
  });
}

function sample(registry: string, repository: string, signers: JsonObject, set: JsonValue): JsonObject {
  const made = valueOf(schema, 0);
  const document = isObject(made) ? made : {};
  const subject = { digest: IMAGE, matches: "image", platform: null };
  const by = Object.values(signers).map(signerOf);
  const evidence: JsonObject[] = [];
  const lists: Record<string, JsonObject[]> = {};
  for (const list of STATEMENT_LISTS) {
    const [record] = arrayAt(document, list) ?? [];
    if (!isObject(record)) continue;
    const id = `sha256:${String(evidence.length).padStart(64, "0")}`;
    const [template] = arrayAt(document, "evidence") ?? [];
    evidence.push({
      ...(isObject(template) ? template : {}),
      id,
      kind: "attestation",
      status: "verified",
      reason: null,
      predicateType: stringAt(record, "predicateType") ?? null,
      subject,
      signers: by,
    });
    lists[list] = [
      { ...record, evidence: id, ...("subject" in record ? { subject } : {}), ...claims(list, set) },
    ];
  }
  const [vex] = lists["vex"] ?? [];
  const reports = (lists["vulnerabilityReports"] ?? []).map((report) => ({
    ...report,
    findings: withVex(report["findings"], stringAt(vex, "evidence") ?? IMAGE),
  }));
  if (reports.length > 0) lists["vulnerabilityReports"] = reports;
  return {
    ...document,
    ...lists,
    schemaVersion: "1",
    time: TIME,
    image: {
      ...objectAt(document, "image"),
      registry,
      repository,
      digest: IMAGE,
      reference: `${registry}/${repository}@${IMAGE}`,
    },
    evidence,
    unverified: Object.fromEntries(STATEMENT_LISTS.map((list) => [list, []])),
    baseImages: [],
    completeness: { complete: true, reasons: [] },
  };
}

/** What is said of a finding was said by the document's own VEX. */
function withVex(findings: JsonValue | undefined, evidence: string): readonly JsonObject[] {
  return (arrayAt(findings) ?? []).filter(isObject).map((finding) => ({
    ...finding,
    vex: (arrayAt(finding, "vex") ?? []).filter(isObject).map((said) => ({ ...said, evidence })),
  }));
}

/** What the set of images approves, as far as it is said by patterns. */
function claims(list: string, set: JsonValue): JsonObject {
  if (list === "vex") {
    const author = stringAt(set, "vex", "authors", 0, "text");
    return { complete: true, ...(author === undefined ? {} : { author: filled(author) }) };
  }
  if (list !== "provenance") return {};
  const first = (name: string) => {
    const text = stringAt(set, "provenance", name, 0, "text");
    return text === undefined ? undefined : filled(text);
  };
  const [builder, repo, ref] = [first("builders"), first("repositories"), first("refs")];
  return {
    ...(builder === undefined
      ? {}
      : { builder: { id: builder, name: builder.replace(/@.*$/, ""), ref: null, version: null } }),
    ...(repo === undefined && ref === undefined
      ? {}
      : {
          source: {
            repo: repo ?? null,
            uri: repo ?? null,
            ref: ref ?? null,
            refKind: "tag",
            commit: "0".repeat(40),
            commitAlgorithm: "sha1",
            hint: false,
          },
        }),
  };
}

function signerOf(signer: JsonValue): JsonObject {
  if (stringAt(signer, "kind") === "key") {
    return { kind: "key", keyId: stringAt(signer, "keyId") ?? IMAGE, trustRoot: "key" };
  }
  const parts = (arrayAt(signer, "subject") ?? []).filter((part) => typeof part === "string");
  const subject = parts.join(", ");
  return {
    kind: stringAt(signer, "kind") === "certificate" ? "certificate" : "x509",
    identity: filled(stringAt(signer, "identity") ?? subject),
    identityType: subject === "" ? "uri" : "subject",
    issuer: stringAt(signer, "issuer") ?? null,
    trustRoot:
      stringAt(signer, "trustRoot") ??
      stringAt(signer, "authority") ??
      stringAt(signer, "store") ??
      "public-good",
    certificate: {},
    serialNumber: "01",
  };
}

/** A text that a pattern matches. */
function filled(pattern: string): string {
  return pattern.replaceAll(/\*+/g, "x");
}

/** How many elements of one list differ in their words. */
const VARIETIES = 3;

/**
 * Elements of a list: one, and where some of its fields are words to choose from, further ones with other words, so that a
 * list of dependencies has a base image too.
 */
function elementsOf(items: JsonValue | undefined, depth: number): readonly JsonValue[] {
  const first = valueOf(items, depth);
  const choices = choicesOf(items);
  if (!isObject(first) || choices.length === 0) return [first];
  const others = Array.from({ length: VARIETIES - 1 }, (_, index) => ({
    ...first,
    ...Object.fromEntries(
      choices.flatMap(([name, words]) => {
        const word = words.filter((one) => one !== first[name])[index];
        return word === undefined ? [] : [[name, word]];
      }),
    ),
  }));
  return [first, ...others];
}

/** Fields of an object's schema that are words to choose from. */
function choicesOf(items: JsonValue | undefined): readonly (readonly [string, readonly JsonValue[]])[] {
  const reference = stringAt(items, "$ref")?.replace("#/definitions/", "");
  const shape = reference === undefined ? items : at(schema, "definitions", reference);
  return Object.entries(objectAt(shape, "properties") ?? {}).flatMap(([name, field]) => {
    const words = arrayAt(field, "enum") ?? [];
    return words.length > 1 ? [[name, words] as const] : [];
  });
}

/** A value that a schema allows: its first example, its first choice, or the plainest of its type. */
function valueOf(node: JsonValue | undefined, depth: number): JsonValue {
  if (depth > 12 || !isObject(node)) return null;
  const [example] = arrayAt(node, "examples") ?? [];
  if (example !== undefined) return example;
  if (node["const"] !== undefined) return node["const"];
  const [choice] = arrayAt(node, "enum") ?? [];
  if (choice !== undefined) return choice;
  const reference = stringAt(node, "$ref");
  if (reference !== undefined) {
    return valueOf(at(schema, "definitions", reference.replace("#/definitions/", "")), depth + 1);
  }
  const [option] = arrayAt(node, "anyOf") ?? arrayAt(node, "oneOf") ?? [];
  if (option !== undefined) return valueOf(option, depth + 1);
  const type = stringAt(node, "type") ?? stringAt(node, "type", 0);
  switch (type) {
    case "object":
      return Object.fromEntries(
        Object.entries(objectAt(node, "properties") ?? {}).map(([key, value]) => [
          key,
          valueOf(value, depth + 1),
        ]),
      );
    case "array":
      return elementsOf(node["items"], depth + 1);
    case "boolean":
      return false;
    case "integer":
    case "number":
      return 1;
    case "string":
      return "text";
    default:
      return null;
  }
}
