import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import {
  arrayAt,
  at,
  isObject,
  objectAt,
  stringAt,
  type JsonObject,
  type JsonValue,
} from "../../src/core/index.ts";
import { deploy, objectsOf } from "../deploy/manifests.ts";
import type { Answer, Clients } from "./clients.ts";

export const CHART = join(deploy, "helm", "assay");

/** A policy as the chart's values bring it. */
export const POLICY = {
  "policy.yaml": [
    "name: acme-images",
    "version: 1.0.0",
    "signers:",
    '  release: { issuer: https://issuer.example, identity: "https://github.com/acme/*" }',
    "images:",
    '  - match: ["**"]',
    "    collections: [minimal]",
    "    signature: { signers: [release] }",
    "",
  ].join("\n"),
};

export type Values = Readonly<Record<string, unknown>>;

/** The chart, rendered for the release `assay` in the namespace `assay`, with values in place of `base`'s. */
export class Chart {
  readonly #clients: Clients;
  readonly #base: Values;

  constructor(clients: Clients, base: Values) {
    this.#clients = clients;
    this.#base = base;
  }

  /** A file with these values. */
  values(change: Values = {}): string {
    const path = join(mkdtempSync(join(this.#clients.folder, "values-")), "values.json");
    writeFileSync(path, JSON.stringify({ ...this.#base, ...change }));
    return path;
  }

  lint(change: Values): Promise<string> {
    return this.#clients.run("helm", "lint", CHART, "--strict", "-f", this.values(change));
  }

  try(change: Values = {}): Promise<Answer> {
    return this.#clients.try("helm", "template", "assay", CHART, "-n", "assay", "-f", this.values(change));
  }

  async objects(change: Values = {}): Promise<readonly JsonObject[]> {
    const { ok, stdout, stderr } = await this.try(change);
    if (!ok) throw new Error(stderr);
    return objectsOf(stdout);
  }
}

/** The only object of a kind. */
export function one(objects: readonly JsonObject[], kind: string): JsonObject {
  const found = objects.filter((object) => object["kind"] === kind);
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw new Error(`${String(found.length)} objects are a ${kind}`);
  return first;
}

/** What the Deployment's pods are to be. */
export function podOf(objects: readonly JsonObject[]): JsonObject | undefined {
  return objectAt(one(objects, "Deployment"), "spec", "template", "spec");
}

/** All texts under a key, however deep. */
export function findAll(value: JsonValue | undefined, key: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => findAll(entry, key));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) =>
    name === key && typeof entry === "string" ? [entry] : findAll(entry, key),
  );
}

/** Secrets and ConfigMaps that are not the chart's, by name: a text for each key. */
export type Others = Readonly<Record<string, Readonly<Record<string, string>>>>;

const ETC = "/etc/assay";

/**
 * Puts what the pod's volumes hold below /etc/assay into a folder, as a kubelet does, and returns the paths of the volumes
 * that are writable.
 */
export function layOut(
  objects: readonly JsonObject[],
  folder: string,
  others: Others = {},
): readonly string[] {
  const spec = podOf(objects);
  const volumes = new Map(
    (arrayAt(spec, "volumes") ?? []).map((volume) => [stringAt(volume, "name") ?? "", volume]),
  );
  const writable: string[] = [];
  for (const mount of arrayAt(spec, "containers", 0, "volumeMounts") ?? []) {
    const path = stringAt(mount, "mountPath") ?? "";
    const volume = volumes.get(stringAt(mount, "name") ?? "");
    if (volume === undefined) throw new Error(`${path} has no volume`);
    if (at(mount, "readOnly") !== true) {
      writable.push(path);
      continue;
    }
    const subPath = stringAt(mount, "subPath");
    for (const [name, text] of filesOf(volume, objects, others)) {
      if (subPath !== undefined && subPath !== name) continue;
      const target = join(folder, relative(ETC, path), subPath === undefined ? name : "");
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  }
  return writable;
}

function filesOf(
  volume: JsonValue,
  objects: readonly JsonObject[],
  others: Others,
): readonly (readonly [string, string | Buffer])[] {
  const secret = stringAt(volume, "secret", "secretName");
  const configMap = stringAt(volume, "configMap", "name");
  const [kind, name = ""] = secret === undefined ? ["ConfigMap", configMap] : ["Secret", secret];
  const object = objects.find((each) => each["kind"] === kind && stringAt(each, "metadata", "name") === name);
  const decoded = (field: string): [string, Buffer][] =>
    Object.entries(objectAt(object, field) ?? {}).map(([key, text]) => [
      key,
      Buffer.from(
        typeof text === "string" ? text : "",
        field === "data" && kind === "ConfigMap" ? "utf8" : "base64",
      ),
    ]);
  const data =
    object === undefined
      ? Object.entries(others[name] ?? {})
      : [...decoded("data"), ...decoded("binaryData")];
  if (data.length === 0) throw new Error(`there is no ${kind} ${name}`);
  const items = arrayAt(volume, kind === "Secret" ? "secret" : "configMap", "items");
  if (items === undefined) return data;
  return items.map((item) => {
    const [, text] = data.find(([key]) => key === stringAt(item, "key")) ?? [];
    if (text === undefined) throw new Error(`${kind} ${name} has no ${String(stringAt(item, "key"))}`);
    return [stringAt(item, "path") ?? "", text] as const;
  });
}
