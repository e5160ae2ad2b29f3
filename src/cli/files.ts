import { open } from "node:fs/promises";
import { describeThrown, failure, oneLine, success, type Result } from "../core/index.ts";

/** A whole file of at most `limit` bytes; also of what only a stream tells the size of, as `/dev/stdin`. */
export async function readInputFile(path: string, limit: number): Promise<Result<Buffer, "file.unreadable">> {
  try {
    await using file = await open(path, "r");
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1024 * 1024 })) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > limit) {
        return failure("file.unreadable", `${oneLine(path)}: larger than ${limit} bytes`);
      }
      chunks.push(bytes);
    }
    return success(Buffer.concat(chunks, length));
  } catch (thrown) {
    return failure("file.unreadable", `${oneLine(path)}: cannot be read: ${describeThrown(thrown)}`);
  }
}
