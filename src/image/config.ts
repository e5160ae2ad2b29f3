import {
  failure,
  isArray,
  isObject,
  member,
  parseStrictJson,
  stringAt,
  stringMap,
  success,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../core/index.ts";
import { foldedTwins } from "../registry/index.ts";
import { platformName } from "./resolve.ts";
import type { ImageConfig } from "./types.ts";

/** Bytes of a config that are read. */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

export const CONFIG_TYPES: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
]);

export interface ReadConfig {
  readonly config: ImageConfig;
  /** `null` where the config does not tell it. */
  readonly platform: string | null;
}

const KEYS: ReadonlySet<string> = new Set(["created", "os", "architecture", "variant", "config"]);
const RUN_KEYS: ReadonlySet<string> = new Set([
  "User",
  "Labels",
  "Env",
  "Entrypoint",
  "Cmd",
  "WorkingDir",
  "ExposedPorts",
]);

/**
 * Reads an image config (image-spec, config.md; Docker's has the same members). A member of the wrong kind, or one
 * that a reader ignoring case would take for another, makes the whole config invalid: the runtime could read `user`
 * where a rule has read `User`. What it says of layers is not looked at (T052).
 */
export function parseImageConfig(bytes: Uint8Array): Result<ReadConfig, "image.config_invalid"> {
  const parsed = parseStrictJson(bytes, { bytes: MAX_CONFIG_BYTES, depth: 50 });
  if (!parsed.ok) return invalid(parsed.reason.message);
  const document = parsed.value;
  if (!isObject(document)) return invalid("it is no JSON object");
  const given = member(document, "config") ?? {};
  if (!isObject(given)) return invalid("its config is no object");
  if (foldedTwins(document, KEYS).length > 0 || foldedTwins(given, RUN_KEYS).length > 0) {
    return invalid("it has a member that differs from a known one in capitals only");
  }
  const config = readFields(document, given);
  return config === undefined
    ? invalid("a member is of the wrong kind")
    : success({ config, platform: readPlatform(document) });
}

function readFields(document: JsonObject, run: JsonObject): ImageConfig | undefined {
  const created = text(document, "created");
  const user = text(run, "User");
  const workingDirectory = text(run, "WorkingDir");
  const labels = stringMap(member(run, "Labels") ?? {});
  const environment = texts(member(run, "Env"));
  const entrypoint = texts(member(run, "Entrypoint"));
  const command = texts(member(run, "Cmd"));
  const ports = member(run, "ExposedPorts") ?? {};
  if (
    created === undefined ||
    user === undefined ||
    workingDirectory === undefined ||
    labels === undefined ||
    environment === undefined ||
    entrypoint === undefined ||
    command === undefined ||
    !isObject(ports)
  ) {
    return undefined;
  }
  return {
    created,
    user,
    labels,
    environment: environment ?? [],
    entrypoint,
    command,
    workingDirectory,
    exposedPorts: Object.keys(ports),
  };
}

function readPlatform(document: JsonObject): string | null {
  const os = stringAt(document, "os");
  const architecture = stringAt(document, "architecture");
  const variant = stringAt(document, "variant");
  return os === undefined || architecture === undefined
    ? null
    : platformName({ os, architecture, ...(variant !== undefined && { variant }) });
}

/** `null` where it is absent or empty, `undefined` where it is no string. */
function text(object: JsonObject, key: string): string | null | undefined {
  const value = member(object, key) ?? "";
  if (typeof value !== "string") return undefined;
  return value === "" ? null : value;
}

/** `null` where it is absent, `undefined` where it is no list of strings; one string stands for a list of one. */
function texts(value: JsonValue | undefined): readonly string[] | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return [value];
  if (!isArray(value)) return undefined;
  const strings = value.filter((element) => typeof element === "string");
  return strings.length === value.length ? strings : undefined;
}

function invalid(fault: string) {
  return failure("image.config_invalid", `the image's config cannot be used: ${fault}`);
}
