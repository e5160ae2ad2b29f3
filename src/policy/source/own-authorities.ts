import { X509Certificate } from "node:crypto";
import { describeThrown } from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";
import { fileFault, type Folder } from "./folder.ts";
import type { TrustSource } from "./types.ts";

const MAX_TEXT = 1024 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const LIST = /-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/;

interface Authorities {
  readonly authorities: TrustSource["authorities"];
  readonly faults: readonly PolicyFault[];
}

/**
 * X.509 authorities of one's own: `trust/NAME.pem` with certificates, and `trust/NAME.crl` with the revocation lists of
 * its authorities, both in PEM. Files of keys, which signers name, and `others` are left alone. Code: `policy.authority_invalid`.
 */
export async function readAuthorities(folder: Folder, others: ReadonlySet<string>): Promise<Authorities> {
  const faults: PolicyFault[] = [];
  const authorities: Record<string, { pem: string; crls: readonly string[] }> = {};
  const lists = new Set(await folder.list("trust", ".crl")).difference(others);
  const refuse = (file: string, message: string) =>
    void faults.push(fileFault(file, { code: "policy.authority_invalid", message }));
  for (const file of await folder.list("trust", ".pem")) {
    if (others.has(file)) continue;
    const pem = await folder.text(file, MAX_TEXT);
    if (typeof pem !== "string") {
      faults.push(fileFault(file, pem));
      continue;
    }
    if (!pem.includes("-----BEGIN CERTIFICATE-----")) continue;
    const name = file.slice("trust/".length, -".pem".length);
    const listFile = `trust/${name}.crl`;
    const list = lists.delete(listFile) ? await folder.text(listFile, MAX_TEXT) : undefined;
    const wrong = faultOf(pem);
    if (wrong !== undefined) refuse(file, wrong);
    if (typeof list === "object") faults.push(fileFault(listFile, list));
    else if (list !== undefined && !LIST.test(list))
      refuse(listFile, "no revocation list in PEM (BEGIN X509 CRL)");
    else authorities[name] = { pem, crls: list === undefined ? [] : [list] };
  }
  for (const file of lists) {
    refuse(file, "a revocation list needs its authority's certificates in a .pem of the same name beside it");
  }
  return { authorities, faults };
}

function faultOf(pem: string): string | undefined {
  try {
    const certificates = [...pem.matchAll(CERTIFICATE)].map(([block]) => new X509Certificate(block));
    return certificates.some(({ ca }) => ca)
      ? undefined
      : "no certificate of an authority; expected those that issue, and keys as BEGIN PUBLIC KEY";
  } catch (thrown) {
    return `a certificate cannot be read: ${describeThrown(thrown)}`;
  }
}
