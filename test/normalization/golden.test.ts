import { expect } from "chai";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { encodeValue } from "../../src/normalization/encode.ts";
import { recordOf } from "./make.ts";
import { SAMPLES } from "./samples/index.ts";
import { inputSchemaErrors } from "./schema.ts";

/** `ASSAY_WRITE_GOLDEN=1` writes the records anew; read the difference before committing it. */
const isWriting = process.env["ASSAY_WRITE_GOLDEN"] === "1";

describe("normalized records, whole", () => {
  for (const sample of SAMPLES) {
    it(`${sample.name} (${sample.source})`, () => {
      const file = new URL(`golden/${sample.name}.json`, import.meta.url);
      const record: unknown = JSON.parse(encodeValue(recordOf(sample)));
      if (isWriting) writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
      expect(existsSync(file), "a golden file of this name").to.equal(true);
      expect(record).to.deep.equal(JSON.parse(readFileSync(file, "utf8")));
      expect(inputSchemaErrors(record, "provenance")).to.deep.equal([]);
    });
  }
});
