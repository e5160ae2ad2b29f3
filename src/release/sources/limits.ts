import { BUNDLE_LIMITS } from "../../policy/index.ts";

const KIB = 1024;
const MIB = KIB * KIB;

/** What is taken from a source at most, before anything of it is believed. */
export const SOURCE_LIMITS = {
  /** Of a bundle's archive. */
  archiveBytes: BUNDLE_LIMITS.archiveBytes,
  /** Of one file of evidence. */
  evidenceBytes: 8 * MIB,
  /** Sigstore bundles beside one archive. */
  evidence: 32,
  /** Of a file with a token, a certificate or a key. */
  credentialBytes: 64 * KIB,
  /** Files of a policy folder. */
  folderFiles: 5000,
  /** Of all files of a policy folder. */
  folderBytes: 64 * MIB,
  redirects: 5,
} as const;
