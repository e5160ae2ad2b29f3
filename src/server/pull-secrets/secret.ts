import {
  decodeBase64,
  failure,
  isObject,
  objectAt,
  parseStrictJson,
  stringAt,
  success,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import { readDockerAuths, type DockerAuths } from "../../registry/index.ts";

/** Bytes of a secret's Docker configuration, and registries named in it. */
const LARGEST = 256 * 1024;
const MOST_AUTHS = 1_000;

const DEPTH = 16;

/** Where each type of secret holds its configuration, and whether `auths` is a part of it or all of it. */
const TYPES = [
  { type: "kubernetes.io/dockerconfigjson", key: ".dockerconfigjson", whole: false },
  { type: "kubernetes.io/dockercfg", key: ".dockercfg", whole: true },
] as const;

/**
 * The credentials in a Secret; none where it is of another type, whatever is in it: nobody gets other secrets read by
 * naming them. `credentials.unreadable`: it says that it is a pull secret, and is none.
 */
export function readPullSecret(
  secret: JsonValue,
  name: string,
): Result<DockerAuths, "credentials.unreadable"> {
  const type = stringAt(secret, "type");
  const place = TYPES.find((known) => known.type === type);
  const text = place === undefined ? undefined : stringAt(secret, "data", place.key);
  if (place === undefined || text === undefined || text === "") return success([]);
  const bytes = decodeBase64(text);
  if (bytes === undefined || bytes.byteLength > LARGEST) return unreadable(name, "is too large or no base64");
  const parsed = parseStrictJson(bytes, { bytes: LARGEST, depth: DEPTH });
  // The parser's own words could repeat a piece of the secret.
  if (!parsed.ok || !isObject(parsed.value)) return unreadable(name, "holds no JSON object");
  const auths = place.whole ? parsed.value : (objectAt(parsed.value, "auths") ?? {});
  if (Object.keys(auths).length > MOST_AUTHS)
    return unreadable(name, `names more than ${MOST_AUTHS} registries`);
  return success(readDockerAuths(auths));
}

function unreadable(name: string, fault: string) {
  return failure("credentials.unreadable", `the pull secret ${name} ${fault}`);
}
