/**
 * How much is looked at for one image. A registry is open to whoever may push: each number bounds what a stranger can
 * make assay do (threats A004 to A006, T040, T041). What lies beyond a cap is named in the result, never passed over.
 */
export const LIMITS = {
  /** Requests under way at once; registries throttle clients that open more. */
  concurrency: 32,
  /** Platforms of an index that are asked about beside the index itself: four requests each. Docker Official Images have at most 12. */
  platforms: 32,
  /** Manifests fetched of all that are listed as referrers. Busy images have some dozens. */
  referrers: 200,
  /** Manifests fetched, besides, of referrers whose types are not known: cosign verifies a bundle under any of them. */
  unfamiliarReferrers: 32,
  /** Manifests looked at in one OCI layout. */
  layoutManifests: 200,
  /** Layers of one manifest: cosign keeps every signature of an image as a layer of one. */
  layers: 100,
  /** Blobs fetched from referrers, and as many again from tags, the index and layouts, so that neither starves the other. */
  blobs: 200,
  /** Bytes of one blob or file: a bundle around the largest statement that is read, an SBOM of 64 MiB. Few have 20 MB. */
  blobBytes: 88 * 1024 * 1024,
  /** Bytes of all blobs of one image, and of all files. */
  totalBytes: 256 * 1024 * 1024,
  /** Artifacts left aside that are named one by one; beyond, only their number is. */
  leftAside: 500,
  /** Files read of all that the named folders hold. */
  files: 1000,
  /** Folders inside each other. */
  folderDepth: 8,
  /** Documents in one file of JSON Lines or one array. */
  documents: 1000,
} as const;

export type Limits = { readonly [Name in keyof typeof LIMITS]: number };
