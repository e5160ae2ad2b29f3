import { at, objectAt, stringAt, type JsonObject } from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";
import { checkExceptions } from "./exceptions.ts";
import { fileFault, Folder } from "./folder.ts";
import { checkImageSets } from "./image-sets.ts";
import { schemaFaults } from "./schema.ts";
import { checkSigner, type RawSigner } from "./signers.ts";
import { readTrust } from "./trust.ts";
import type { Checked } from "./checked.ts";
import type { ExceptionSource, PolicySource, SignerSource } from "./types.ts";
import { readYaml, type YamlFile } from "./yaml-file.ts";

const MAX_TEXT = 1024 * 1024;
const MAX_OWN_RULES = 500;

/**
 * Reads and checks a policy folder: policy.yaml, exceptions.yaml, trust/ and rules/. Whether the rules and collections
 * that it names exist is checked by `compileData`, which knows the library. Everything wrong is reported at once, each
 * fault with file, line, column and field.
 */
export async function loadPolicyFolder(path: string): Promise<Checked<PolicySource>> {
  const folder = await Folder.open(path);
  if (!(folder instanceof Folder)) return refuse([fileFault(path, folder)]);
  const file = await readYaml(folder, "policy.yaml");
  if (!file.ok) return file;
  const misfits = schemaFaults(file.value, "policy");
  if (misfits.length > 0) return refuse(misfits);

  const signers = await readSigners(file.value, folder);
  const images = checkImageSets(
    file.value,
    new Set(Object.keys(objectAt(file.value.value, "signers") ?? {})),
  );
  const exceptions = await readExceptions(folder);
  const trust = await readTrust(folder, signers.signers, file.value);
  const ownRules = await readOwnRules(folder);
  const faults = [
    ...signers.faults,
    ...images.faults,
    ...exceptions.faults,
    ...trust.faults,
    ...ownRules.faults,
  ];
  if (faults.length > 0) return refuse(faults);
  return {
    ok: true,
    value: {
      name: stringAt(file.value.value, "name") ?? "",
      version: stringAt(file.value.value, "version") ?? "",
      signers: signers.signers,
      builders: at(file.value.value, "builders") ?? [],
      images: images.sets,
      exceptions: exceptions.exceptions,
      trust: trust.trust,
      ownRules: ownRules.rules,
      file: file.value,
      exceptionsFile: exceptions.file,
    },
  };
}

async function readSigners(file: YamlFile, folder: Folder) {
  const faults: PolicyFault[] = [];
  const signers: Record<string, SignerSource> = {};
  const namesOfKeys = new Map<string, string>();
  for (const [name, raw] of Object.entries(objectAt(file.value, "signers") ?? {})) {
    const signer = await checkSigner(rawSigner(raw), name, file, folder);
    if ("file" in signer) {
      faults.push(signer);
      continue;
    }
    const other = signer.kind === "key" ? namesOfKeys.get(signer.keyId) : undefined;
    if (other !== undefined) {
      const message = `${name} has the same key as ${other}; name the key once`;
      faults.push(file.fault(["signers", name, "key"], "policy.key_repeated", message));
    }
    if (signer.kind === "key") namesOfKeys.set(signer.keyId, name);
    signers[name] = signer;
  }
  return { signers, faults };
}

function rawSigner(raw: JsonObject[string]): RawSigner {
  const text = (key: string) => stringAt(raw, key);
  const certificate = objectAt(raw, "certificate");
  const fields = [
    "issuer",
    "identity",
    "trustRoot",
    "key",
    "from",
    "to",
    "distrust",
    "log",
    "cloudBuild",
    "authority",
    "notary",
    "subject",
  ].flatMap((key) => {
    const value = key === "distrust" ? at(raw, key) : text(key);
    return typeof value === "string" || typeof value === "boolean" ? [[key, value] as const] : [];
  });
  const claims = Object.entries(certificate ?? {}).flatMap(([key, value]) =>
    typeof value === "string" ? [[key, value] as const] : [],
  );
  return {
    ...Object.fromEntries(fields),
    ...(certificate === undefined ? {} : { certificate: Object.fromEntries(claims) }),
  };
}

async function readExceptions(folder: Folder): Promise<{
  exceptions: readonly ExceptionSource[];
  faults: readonly PolicyFault[];
  file: YamlFile | undefined;
}> {
  const none = { exceptions: [], faults: [], file: undefined };
  if (!(await folder.has("exceptions.yaml"))) return none;
  const file = await readYaml(folder, "exceptions.yaml");
  if (!file.ok) return { ...none, faults: file.faults };
  const checked = checkExceptions(file.value);
  return "faults" in checked
    ? { ...none, faults: checked.faults }
    : { exceptions: checked, faults: [], file: file.value };
}

async function readOwnRules(folder: Folder) {
  const faults: PolicyFault[] = [];
  const rules: { path: string; text: string }[] = [];
  const all = (await folder.list(".", ".rego")).filter((name) => !name.endsWith("_test.rego"));
  const names = all.filter((name) => name.startsWith("rules/"));
  for (const name of all) {
    if (names.includes(name)) continue;
    const message = "Rego outside rules/ would never be evaluated; move it there";
    faults.push(fileFault(name, { code: "policy.rego_misplaced", message }));
  }
  if (names.length > MAX_OWN_RULES) {
    const message = `${names.length} Rego files in rules/; at most ${MAX_OWN_RULES}`;
    return { rules, faults: [fileFault("rules", { code: "policy.limit_exceeded", message })] };
  }
  for (const path of names) {
    const text = await folder.text(path, MAX_TEXT);
    if (typeof text === "string") rules.push({ path, text });
    else faults.push(fileFault(path, text));
  }
  return { rules, faults };
}

function refuse<T>(faults: readonly PolicyFault[]): Checked<T> {
  const [first, ...more] = faults;
  if (first === undefined) throw new RangeError("nothing to refuse");
  return { ok: false, faults: [first, ...more] };
}
