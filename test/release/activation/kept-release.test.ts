import { expect } from "chai";
import { besideJson, keptDelivery, MAX_BESIDE } from "../../../src/release/activation/kept-release.ts";
import { SOURCE_LIMITS } from "../../../src/release/sources/limits.ts";
import { archiveFor, delivered } from "./world.ts";

describe("what lies beside a kept archive", () => {
  it("T191 is kept however much evidence strangers have added: whatever a source delivers has room", () => {
    const archive = archiveFor({});
    // Of an OCI source, which delivers the most: four times the largest.
    const evidence = Array.from({ length: 4 }, () => Buffer.alloc(SOURCE_LIMITS.evidenceBytes, 0x20));
    const beside = besideJson({ ...delivered(archive), evidence });
    expect(beside.byteLength).to.be.lessThan(MAX_BESIDE);
    const kept = keptDelivery(archive, beside);
    expect(kept.evidence.map(({ byteLength }) => byteLength)).to.deep.equal(
      evidence.map(({ byteLength }) => byteLength),
    );
  });
});
