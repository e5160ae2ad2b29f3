import { X509Certificate } from "node:crypto";
import { normalize } from "node:path/posix";
import { arrayAt, describeThrown, objectAt, stringAt, type JsonValue } from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";
import type { Folder } from "./folder.ts";
import { schemaFaults } from "./schema.ts";
import type { NotaryStoreSource } from "./types.ts";
import { readYaml, type YamlFile } from "./yaml-file.ts";

export const NOTARY_FILE = "trust/notary.yaml";
const MAX_TEXT = 1024 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const LIST = /-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/;

interface NotaryStores {
  readonly stores: Readonly<Record<string, NotaryStoreSource>>;
  /** The files of certificates and lists, as `Folder` lists them: they are no authorities of one's own. */
  readonly files: ReadonlySet<string>;
  readonly faults: readonly PolicyFault[];
}

/**
 * The trust stores of the Notary Project that trust/notary.yaml names, with their files' contents; none where there is
 * no such file. Codes: `policy.notary_invalid`, those of the schema and of `Folder`.
 */
export async function readNotaryStores(folder: Folder): Promise<NotaryStores> {
  const stores: Record<string, NotaryStoreSource> = {};
  const files = new Set<string>();
  const faults: PolicyFault[] = [];
  if (!(await folder.list("trust", ".yaml")).includes(NOTARY_FILE)) return { stores, files, faults };
  const file = await readYaml(folder, NOTARY_FILE);
  if (!file.ok) return { stores, files, faults: file.faults };
  faults.push(...schemaFaults(file.value, "notary"));
  if (faults.length > 0) return { stores, files, faults };
  for (const [name, value] of Object.entries(objectAt(file.value.value, "stores") ?? {})) {
    const read = async (what: "certificates" | "crls"): Promise<readonly string[]> => {
      const texts: string[] = [];
      for (const [index, path] of pathsAt(value, what).entries()) {
        const text = await readPem(folder, path, what);
        files.add(normalize(path));
        if (typeof text === "string") texts.push(text);
        else faults.push(file.value.fault(["stores", name, what, index], text.code, text.message));
      }
      return texts;
    };
    const pem = (await read("certificates")).join("\n");
    const crls = await read("crls");
    const revocation = stringAt(value, "revocation") ?? "enforce";
    if (revocation === "skip" && crls.length > 0) faults.push(contradiction(file.value, name));
    stores[name] = { type: stringAt(value, "type") ?? "", pem, crls, revocation };
  }
  return { stores, files, faults };
}

function contradiction(file: YamlFile, name: string): PolicyFault {
  const message = `the store ${name} has crls and yet skips revocation; leave out one of them`;
  return file.fault(["stores", name, "revocation"], "policy.notary_invalid", message);
}

function pathsAt(value: JsonValue, what: string): readonly string[] {
  return (arrayAt(value, what) ?? []).flatMap((path) => (typeof path === "string" ? [path] : []));
}

async function readPem(
  folder: Folder,
  path: string,
  what: "certificates" | "crls",
): Promise<string | { readonly code: string; readonly message: string }> {
  const text = await folder.text(path, MAX_TEXT);
  if (typeof text !== "string") return text;
  const wrong = what === "certificates" ? faultOfCertificates(text) : faultOfLists(text);
  return wrong === undefined ? text : { code: "policy.notary_invalid", message: `${path}: ${wrong}` };
}

function faultOfCertificates(pem: string): string | undefined {
  try {
    const found = [...pem.matchAll(CERTIFICATE)].map(([block]) => new X509Certificate(block));
    return found.length > 0 ? undefined : "no certificate in PEM (BEGIN CERTIFICATE)";
  } catch (thrown) {
    return `a certificate cannot be read: ${describeThrown(thrown)}`;
  }
}

function faultOfLists(pem: string): string | undefined {
  return LIST.test(pem)
    ? undefined
    : "no revocation list in PEM (BEGIN X509 CRL); `openssl crl -inform DER` makes one of a binary list";
}
