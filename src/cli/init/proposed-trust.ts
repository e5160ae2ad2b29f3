import { readFile } from "node:fs/promises";
import { failure, oneLine, success, type Result } from "../../core/index.ts";
import type { TrustMaterial } from "../../verification/index.ts";
import type { TrustSettings } from "../settings.ts";
import type { Proposal } from "./proposal.ts";
import type { PolicyFile } from "./types.ts";

/** What lies in trust/ of a proposal. */
export interface ProposedTrust {
  readonly files: readonly PolicyFile[];
  /** Sigstores among them. */
  readonly roots: number;
}

/**
 * The trust that the evidence was verified with, as a policy's folder holds it: every trusted root (the public Sigstore's is
 * embedded), and of keys, authorities and stores those that proposed signers go by. Code: `usage`: a file whose name
 * cannot be a name in policy.yaml.
 */
export async function proposedTrust(
  { trustedRoots, authorities, notaryStores }: TrustSettings,
  { signers }: Proposal,
  trust: TrustMaterial,
): Promise<Result<ProposedTrust, "usage">> {
  const named = [
    ...trustedRoots.map((path, i) => ({ kind: "root" as const, path, name: trust.roots[i]?.name })),
    ...authorities.map((path, i) => ({
      kind: "authority" as const,
      path,
      name: trust.authorities?.[i]?.name,
    })),
    ...notaryStores.map((path, i) => ({ kind: "store" as const, path, name: trust.notary?.[i]?.name })),
  ];
  const used = new Set(
    signers.map((signer) =>
      signer.kind === "authority" ? signer.authority : signer.kind === "notary" ? signer.store : null,
    ),
  );
  const files: PolicyFile[] = [];
  const stores: string[] = [];
  for (const { kind, path, name = "" } of named) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
      return failure("usage", `${oneLine(path)}: expected a file name of letters, digits, . _ and -`);
    }
    const text = await readFile(path, "utf8");
    if (kind === "root") files.push({ path: `trust/${name}.json`, text });
    else if (used.has(name)) {
      const { certificates, lists } = splitPem(text);
      files.push({ path: `trust/${name}.pem`, text: certificates });
      if (lists !== "") files.push({ path: `trust/${name}.crl`, text: lists });
      if (kind === "store") stores.push(storeLine(name, lists !== ""));
    }
  }
  if (stores.length > 0)
    files.push({ path: "trust/notary.yaml", text: `${["stores:", ...stores].join("\n")}\n` });
  return success({ files: [...files, ...keyFiles(signers, trust)], roots: trustedRoots.length });
}

function storeLine(name: string, hasLists: boolean): string {
  const lists = hasLists ? `, crls: [${JSON.stringify(`trust/${name}.crl`)}]` : "";
  return `  ${JSON.stringify(name)}: { type: ca, certificates: [${JSON.stringify(`trust/${name}.pem`)}]${lists} }`;
}

/** One file of the command line holds certificates and revocation lists; a policy's folder has them apart. */
function splitPem(text: string): { readonly certificates: string; readonly lists: string } {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g)];
  const of = (isWanted: (label: string) => boolean) =>
    blocks
      .filter(([, label = ""]) => isWanted(label))
      .map(([block]) => `${block}\n`)
      .join("");
  return {
    certificates: of((label) => label === "CERTIFICATE"),
    lists: of((label) => label === "X509 CRL"),
  };
}

function keyFiles(signers: Proposal["signers"], trust: TrustMaterial): readonly PolicyFile[] {
  return signers.flatMap((signer) => {
    if (signer.kind !== "key") return [];
    const key = trust.keys.find((one) => one.keyId === signer.keyId)?.key;
    if (key === undefined) return [];
    return [
      { path: `trust/${signer.name}.pub`, text: key.export({ type: "spki", format: "pem" }).toString() },
    ];
  });
}
