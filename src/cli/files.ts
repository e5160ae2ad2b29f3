import { randomUUID } from "node:crypto";
import { open, rename, rm, writeFile } from "node:fs/promises";
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

/** Whole or not at all: a service that reads the file meanwhile never sees half of it. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<Result<void, "file.unwritable">> {
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, path);
    return success(undefined);
  } catch (thrown) {
    await rm(beside, { force: true }).catch(() => undefined);
    return failure("file.unwritable", `${oneLine(path)}: cannot be written: ${describeThrown(thrown)}`);
  }
}
