import { arrayAt, at, isObject, objectAt, stringAt, type JsonValue } from "../core/index.ts";
import { toMoment } from "../policy/index.ts";
import type { SignerSettings } from "../release/index.ts";
import type { YamlFile, YamlPath } from "./config-file.ts";
import { parsePeriod } from "./duration.ts";
import { findTie } from "./policies/namespaces.ts";

/** One of the policies that the service decides with. */
export interface PolicySettings extends PolicyRelease {
  /** For logs, metrics and the folder of what is kept. */
  readonly name: string;
  /** Patterns of the namespaces that it decides for; `null`: all that no other policy names, and requests without one. */
  readonly namespaces: readonly string[] | null;
  /** Milliseconds between questions to the source; 0: only when asked to. */
  readonly refresh: number;
  /** Milliseconds for which a server may hold a question; `null`: it is not asked to. */
  readonly longPoll: number | null;
  /** For HTTP(S); a registry is sent its own. */
  readonly credentials: PolicyCredentials | null;
  /** Absolute path of the folder in which the last good bundle is kept. */
  readonly lastGood: string | null;
  /** Absolute path of the policy.lock that says what alone may be active. */
  readonly lock: string | null;
  readonly requireSequence: boolean;
  /** Milliseconds after which what the source has not confirmed is stale; `null`: never. */
  readonly maxAge: number | null;
  /** Milliseconds after which a release is stale whatever its source says; `null`: never. */
  readonly maxReleaseAge: number | null;
  /** Whether what is stale decides no more. */
  readonly expire: boolean;
  /** The policy (an absolute path) that judges the bundle's own provenance. */
  readonly provenance: { readonly policy: string } | null;
  /** What is decided beside it and never answered. */
  readonly shadow: PolicyRelease | null;
}

/** Where a policy comes from, and who may have signed it. */
export interface PolicyRelease {
  /** An absolute path, or a URL as it was given. */
  readonly source: string;
  /** One of them is enough; empty: unsigned policies are taken. */
  readonly signers: readonly SignerSettings[];
}

/** Absolute paths. */
export interface PolicyCredentials {
  readonly tokenFile: string | null;
  readonly clientCert: string | null;
  readonly clientKey: string | null;
  readonly ca: string | null;
}

type Paths = (name: string) => string;

/** What a policy is called that has no name. */
const DEFAULT_NAME = "default";

const REFRESH_MS = 60_000;

/** From `policies` of a document that fits the schema. */
export function policiesConfig(value: JsonValue, path: Paths): readonly PolicySettings[] {
  return (arrayAt(value, "policies") ?? []).map((policy) => ({
    ...release(policy, path),
    name: stringAt(policy, "name") ?? DEFAULT_NAME,
    namespaces: at(policy, "namespaces") === undefined ? null : texts(policy, "namespaces"),
    refresh: at(policy, "refresh") === 0 ? 0 : (parsePeriod(stringAt(policy, "refresh") ?? "") ?? REFRESH_MS),
    longPoll: parsePeriod(stringAt(policy, "longPoll") ?? "") ?? null,
    credentials: credentials(objectAt(policy, "credentials"), path),
    lastGood: optionalPath(policy, "lastGood", path),
    lock: optionalPath(policy, "lock", path),
    requireSequence: at(policy, "requireSequence") === true,
    maxAge: parsePeriod(stringAt(policy, "maxAge") ?? "") ?? null,
    maxReleaseAge: parsePeriod(stringAt(policy, "maxReleaseAge") ?? "") ?? null,
    expire: at(policy, "expire") === true,
    provenance: provenance(objectAt(policy, "provenance"), path),
    shadow: shadow(objectAt(policy, "shadow"), path),
  }));
}

/** What the schema cannot say of `policies`, a line each (threat T254). */
export function policyFaults(yaml: YamlFile, policies: readonly PolicySettings[]): readonly string[] {
  const faults: string[] = [];
  const complain = (at: YamlPath, fault: string) => {
    faults.push(yaml.complain(["policies", ...at], fault));
  };
  const names = new Map<string, number>();
  let forTheRest: number | undefined;
  for (const [index, policy] of policies.entries()) {
    const namesake = names.get(policy.name);
    if (namesake !== undefined) {
      complain(
        [index, "name"],
        `policies.${namesake} is called ${policy.name} too; each needs a name of its own`,
      );
    }
    names.set(policy.name, namesake ?? index);
    if (policy.namespaces === null && forTheRest !== undefined) {
      const fault = `neither it nor policies.${forTheRest} says for which namespaces it decides; one at most may be for all the rest`;
      complain([index, "namespaces"], fault);
    }
    if (policy.namespaces === null) forTheRest ??= index;
    for (const [field, fault] of releaseFaults(at(yaml.value, "policies", index), policy)) {
      complain([index, ...field], fault);
    }
  }
  const tie = findTie(policies);
  if (tie !== undefined) {
    const { policy, pattern, other, otherPattern } = tie;
    const theirs = policies[other]?.namespaces?.[otherPattern] ?? "";
    const fault = `some namespaces are also ${theirs} of policies.${other}, and neither is the more specific pattern`;
    complain([policy, "namespaces", pattern], fault);
  }
  return faults;
}

function* releaseFaults(
  stated: JsonValue | undefined,
  { source, longPoll, credentials, maxAge, maxReleaseAge, expire }: PolicySettings,
): Iterable<readonly [YamlPath, string]> {
  const isHttp = /^https?:\/\//i.test(source);
  yield* sourceFaults(stated, []);
  yield* sourceFaults(objectAt(stated, "shadow"), ["shadow"]);
  if (longPoll !== null && !isHttp) yield [["longPoll"], "only servers of http(s):// can hold a question"];
  if (credentials !== null && !isHttp) {
    yield [
      ["credentials"],
      "they are for http(s):// alone; a registry is sent what Docker's config.json has",
    ];
  }
  if (credentials !== null && (credentials.clientCert === null) !== (credentials.clientKey === null)) {
    yield [["credentials"], "clientCert and clientKey go together"];
  }
  if (expire && maxAge === null && maxReleaseAge === null) {
    yield [["expire"], "maxAge is missing, which says when it does"];
  }
}

/** Of the source and the signers, which a shadow has as well. */
function* sourceFaults(stated: JsonValue | undefined, at: YamlPath): Iterable<readonly [YamlPath, string]> {
  const source = stringAt(stated, "source") ?? "";
  if (isUrl(source) && /^[^/]*\/\/[^/]*@/.test(source)) {
    yield [[...at, "source"], "holds credentials, which would be logged: name them in `credentials`"];
  }
  for (const [index, signer] of (arrayAt(stated, "signers") ?? []).entries()) {
    const place = [...at, "signers", index];
    const has = (name: string) => isObject(signer) && Object.hasOwn(signer, name);
    const others = ["issuer", "identity"].filter(has);
    if (has("key") && others.length > 0) {
      yield [place, `is either a key or an identity, not both: ${others.join(", ")} go without key`];
    } else if (!has("key") && !(has("issuer") && has("identity"))) {
      yield [place, "names nobody: expected key, or issuer and identity"];
    } else if (!has("key")) {
      const alien = ["keyId", "scope", "from", "to"].filter(has);
      if (alien.length > 0) yield [place, `only a key has ${alien.join(", ")}`];
    }
    for (const name of ["from", "to"] as const) {
      if (has(name) && momentAt(signer, name, "start") === undefined) {
        yield [[...place, name], "is neither a day, as 2026-12-31, nor a moment of RFC 3339"];
      }
    }
  }
}

function release(stated: JsonValue | undefined, path: Paths): PolicyRelease {
  const source = stringAt(stated, "source") ?? "";
  return {
    source: isUrl(source) ? source : path(source),
    signers: (arrayAt(stated, "signers") ?? []).map((signer) => signerSettings(signer, path)),
  };
}

function signerSettings(stated: JsonValue, path: Paths): SignerSettings {
  const [name, key] = [stringAt(stated, "name"), stringAt(stated, "key")];
  const [keyId, scope] = [stringAt(stated, "keyId"), stringAt(stated, "scope")];
  const [from, to] = [momentAt(stated, "from", "start"), momentAt(stated, "to", "end")];
  const root = stringAt(stated, "trustedRoot");
  const common = {
    ...(name === undefined ? {} : { name }),
    ...(root === undefined ? {} : { trustedRoot: path(root) }),
  };
  if (key === undefined) {
    const [issuer = "", identity = ""] = [stringAt(stated, "issuer"), stringAt(stated, "identity")];
    return { ...common, issuer, identity };
  }
  return {
    ...common,
    key: path(key),
    ...(keyId === undefined ? {} : { keyId }),
    ...(scope === undefined ? {} : { scope }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** A day lasts from its first to its last second, UTC, as in policy.yaml; `undefined` for what is no time. */
function momentAt(stated: JsonValue, name: string, end: "start" | "end"): Date | undefined {
  const moment = toMoment(stringAt(stated, name) ?? "", end);
  return moment === undefined ? undefined : new Date(moment);
}

function credentials(stated: JsonValue | undefined, path: Paths): PolicyCredentials | null {
  if (stated === undefined) return null;
  return {
    tokenFile: optionalPath(stated, "tokenFile", path),
    clientCert: optionalPath(stated, "clientCert", path),
    clientKey: optionalPath(stated, "clientKey", path),
    ca: optionalPath(stated, "ca", path),
  };
}

function provenance(stated: JsonValue | undefined, path: Paths): PolicySettings["provenance"] {
  const policy = stringAt(stated, "policy");
  return policy === undefined ? null : { policy: path(policy) };
}

function shadow(stated: JsonValue | undefined, path: Paths): PolicyRelease | null {
  return stated === undefined ? null : release(stated, path);
}

function optionalPath(stated: JsonValue | undefined, name: string, path: Paths): string | null {
  const file = stringAt(stated, name);
  return file === undefined ? null : path(file);
}

function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

function texts(settings: JsonValue, key: string): readonly string[] {
  return (arrayAt(settings, key) ?? []).filter((text) => typeof text === "string");
}
