/** Sigstore bundles as a file of evidence holds them: one as it is, several a line each. */
export function joinEvidence(documents: readonly Uint8Array[]): Uint8Array {
  const [only] = documents;
  if (only !== undefined && documents.length === 1) return only;
  const lines = documents.map((bytes) => JSON.stringify(JSON.parse(Buffer.from(bytes).toString("utf8"))));
  return Buffer.from(`${lines.join("\n")}\n`);
}
