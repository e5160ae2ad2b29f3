import type { JsonObject } from "../../../src/core/index.ts";
import type { Signer } from "../../../src/verification/index.ts";

/** A predicate as one producer writes it, made by hand: nothing in it is anybody's real build. */
export interface Sample {
  readonly name: string;
  /** Section of shared/reference/provenance-formats.md that tells each path, and the specification behind it. */
  readonly source: string;
  readonly predicateType: string;
  readonly predicate: JsonObject;
  readonly signers: readonly Signer[];
}

export const COMMIT = "1f2e3d4c5b6a79881f2e3d4c5b6a79881f2e3d4c";
export const OTHER_COMMIT = "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd";
export const HEX = "0123456789abcdef".repeat(4);
export const REPO = "https://github.com/acme/app";
export const TAG = "refs/tags/v1.2.0";
export const RUN_URL = `${REPO}/actions/runs/8373487125/attempts/1`;
export const WORKFLOW = ".github/workflows/release.yml";
