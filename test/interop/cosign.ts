import type { Setting } from "./setting.ts";

/** One of the ways in which cosign 3 signs. */
export interface CosignWay {
  readonly name: string;
  /** Where it puts what it makes. */
  readonly source: "referrer" | "cosign-tag";
  readonly by: "key" | "identity";
  /** Where it is recorded. */
  readonly log: "rekorV1" | "rekorV2" | null;
  /** Whence the evidence has trusted times. */
  readonly times: readonly ("rekor" | "tsa")[];
  readonly flags: (setting: Setting) => readonly string[];
}

const LEGACY = ["--use-signing-config=false", "--new-bundle-format=false"];

export const COSIGN_WAYS: readonly CosignWay[] = [
  {
    name: "a bundle by key",
    source: "referrer",
    by: "key",
    log: null,
    times: [],
    flags: (setting) => bundleByKey(setting),
  },
  {
    name: "a bundle by key, recorded in Rekor v1",
    source: "referrer",
    by: "key",
    log: "rekorV1",
    times: ["rekor"],
    flags: (setting) => [...byKey(setting), ...services(setting, "rekor-v1.json", "root.json")],
  },
  {
    name: "a bundle by key, recorded in Rekor v2 and stamped",
    source: "referrer",
    by: "key",
    log: "rekorV2",
    times: ["tsa"],
    flags: (setting) => [...byKey(setting), ...services(setting, "rekor-v2.json", "root.json")],
  },
  {
    name: "a keyless bundle with Rekor v1",
    source: "referrer",
    by: "identity",
    log: "rekorV1",
    times: ["rekor"],
    flags: (setting) => [...byIdentity(setting), ...services(setting, "rekor-v1.json", "root.json")],
  },
  {
    name: "a keyless bundle with Rekor v2 and a timestamp",
    source: "referrer",
    by: "identity",
    log: "rekorV2",
    times: ["tsa"],
    flags: (setting) => [...byIdentity(setting), ...services(setting, "rekor-v2.json", "root.json")],
  },
  {
    name: "the older form by key",
    source: "cosign-tag",
    by: "key",
    log: null,
    times: [],
    flags: (setting) => olderFormByKey(setting),
  },
  {
    name: "the older form by key, recorded in Rekor v1",
    source: "cosign-tag",
    by: "key",
    log: "rekorV1",
    times: ["rekor"],
    flags: (setting) => [...byKey(setting), ...LEGACY, "--rekor-url", setting.server.url],
  },
  {
    name: "the older form, keyless with Rekor v1 and a timestamp",
    source: "cosign-tag",
    by: "identity",
    log: "rekorV1",
    times: ["rekor", "tsa"],
    flags: (setting) => [
      ...byIdentity(setting),
      ...LEGACY,
      "--fulcio-url",
      setting.server.url,
      "--rekor-url",
      setting.server.url,
      "--timestamp-server-url",
      setting.server.timestampUrl,
      "--trusted-root",
      setting.file("root.json"),
    ],
  },
];

/** Of a key imported under this name: a bundle, neither logged nor stamped. */
export function bundleByKey(setting: Setting, name = "cosign"): readonly string[] {
  return [...byKey(setting, name), ...services(setting, "alone.json", "no-root.json")];
}

/** … and the older form. */
export function olderFormByKey(setting: Setting, name = "cosign"): readonly string[] {
  return [...byKey(setting, name), ...LEGACY, "--tlog-upload=false"];
}

function byKey(setting: Setting, name = "cosign"): readonly string[] {
  return ["--key", setting.file(`${name}.key`)];
}

function byIdentity(setting: Setting): readonly string[] {
  return ["--identity-token", setting.token];
}

function services(setting: Setting, config: string, root: string): readonly string[] {
  return ["--signing-config", setting.file(config), "--trusted-root", setting.file(root)];
}

export const PREDICATE = {
  builder: { id: "https://builder.example/interop" },
  buildType: "https://builder.example/build@v1",
};

/** `cosign sign`. */
export async function cosignSign(
  setting: Setting,
  flags: readonly string[],
  reference: string,
): Promise<void> {
  await setting.clients.run("cosign", "sign", "--yes", ...flags, reference);
}

/** `cosign attest` of SLSA provenance 0.2. */
export async function cosignAttest(
  setting: Setting,
  flags: readonly string[],
  reference: string,
): Promise<void> {
  const predicate = ["--type", "slsaprovenance", "--predicate", setting.file("predicate.json", PREDICATE)];
  await setting.clients.run("cosign", "attest", "--yes", ...predicate, ...flags, reference);
}

/** Both. */
export async function cosignAll(setting: Setting, way: CosignWay, reference: string): Promise<void> {
  await cosignSign(setting, way.flags(setting), reference);
  await cosignAttest(setting, way.flags(setting), reference);
}
