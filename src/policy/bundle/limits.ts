const MIB = 1024 * 1024;

/** What a bundle may be at most; more is refused before it is read (threats T168, T184). */
export const BUNDLE_LIMITS = {
  /** Of the archive as it comes. */
  archiveBytes: 32 * MIB,
  /** Of the tar inside. */
  tarBytes: 128 * MIB,
  files: 2000,
  nameBytes: 1024,
  /** Of times and owners that say nothing: of one header, and of all together. */
  paxBytes: 64 * 1024,
  paxBytesTotal: 4 * MIB,
  manifestBytes: MIB,
  /** Roots of a manifest, and its entrypoints: each is compared with all others. */
  manifestNames: 1000,
  /** That its Rego files begin. */
  rules: 100_000,
  /** data.json takes about nine times its size in every worker. */
  dataBytes: 16 * MIB,
  moduleBytes: 64 * MIB,
  examples: 500,
  /** Of all examples together. */
  exampleBytes: 16 * MIB,
} as const;
