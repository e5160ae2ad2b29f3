import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const folders: string[] = [];

/** Writes a policy folder into the system's temporary folder; its path. */
export function policyFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-policy-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** To be called after the tests of a file. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const publicKey = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
export const privateKey = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
export const otherPublicKey = generateKeyPairSync("ed25519")
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();

export const POLICY = `name: acme-images
version: 3.1.0
signers:
  release:
    issuer: https://token.actions.githubusercontent.com
    identity: "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/v*"
  scanner: { key: trust/scanner.pub, from: 2026-01-01, to: 2026-12-31 }
images:
  - match: ["ghcr.io/acme/**"]
    collections: [slsa-build-l3, github]
    provenance:
      signers: [release]
      builders: ["https://github.com/acme/builder/.github/workflows/build.yml@v2.1.0"]
      repositories: ["https://github.com/acme/*"]
      refs: ["refs/tags/v*"]
  - match: ["ghcr.io/acme/scanned"]
    collections: [minimal]
    attestations:
      - { predicateType: https://cosign.sigstore.dev/attestation/vuln/v1, signers: [scanner] }
  - match: ["registry.k8s.io/**"]
    collections: [minimal]
    signature: { signers: [scanner] }
`;

export const EXCEPTIONS = `exceptions:
  - rule: provenance.builder_allowed
    images: ["ghcr.io/acme/legacy"]
    owner: Ada
    reason: the builder moves in December
    until: 2026-12-31
`;

export const GOOD: Readonly<Record<string, string>> = {
  "policy.yaml": POLICY,
  "exceptions.yaml": EXCEPTIONS,
  "trust/scanner.pub": publicKey,
};

export const OWN_RULE = `package assay.rules.acme.tagged

# METADATA
# title: Tagged
# custom:
#   short_name: tagged
#   solution: Deploy by tag.
deny contains result if {
	not input.image.tag
	result := {"message": "The image has no tag"}
}
`;
