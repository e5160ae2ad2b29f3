import { failure, success, type Result } from "../core/index.ts";
import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { FaultCode } from "./fault.ts";
import { systemError, wrap } from "./gatekeeper.ts";
import { errorItem, forEachKey, openKeys, transientCodes, type KeyResult } from "./provider-keys.ts";
import type { Service } from "./service-parts.ts";
import type { Decider, Limits } from "./types.ts";

/**
 * `?value=input`: the input document of each key's image in place of a decision, for teams that keep their rules in
 * ConstraintTemplates. No policy is asked, so nothing is allowed or denied here. An image that has none, or one too
 * large to be handed out, has an error, which such a template must deny like a violation.
 */
export async function describeKeys(
  keys: readonly string[],
  exchange: Exchange,
  decider: Decider,
  service: Service,
): Promise<Result<Answer, FaultCode>> {
  const { documentBytes, documentsBytes } = service.limits;
  const tooLarge = failure("answer.too_large", "the input documents are too large together");
  let inHand = 0;
  const results = await forEachKey(keys, exchange, service, async (request, signal) => {
    if (inHand > documentsBytes) return tooLarge;
    const described = await decider.describe(request, { signal });
    const bytes = described.ok ? checkSize(described.value.bytes, documentBytes) : described;
    if (bytes.ok) inHand += bytes.value.byteLength;
    return inHand > documentsBytes ? tooLarge : bytes;
  });
  // Equal keys share one document and have a copy each in the answer.
  const size = results.reduce((sum, { result }) => sum + (result.ok ? result.value.byteLength : 0), 0);
  if (Math.max(size, inHand) > documentsBytes) {
    // An item's error would be remembered under a key that is answered when it is asked for alone.
    return unanswered(
      `the input documents have more than ${documentsBytes} bytes together: ask for fewer at once`,
    );
  }
  const open = transientCodes(results);
  if (open.length > 0) return unanswered(openKeys(open, keys.length, "described"));
  return success({ status: 200, body: encode(results), decisions: [], log: { described: keys.length } });
}

function unanswered(message: string): Result<Answer, FaultCode> {
  return success({ status: 503, body: systemError(message), decisions: [] });
}

function checkSize(bytes: Uint8Array, limit: Limits["documentBytes"]): Result<Uint8Array> {
  if (bytes.byteLength <= limit) return success(bytes);
  return failure(
    "input.too_large",
    `the image's input document has ${bytes.byteLength} bytes, at most ${limit} are handed out: keep the rules about it in assay's policy`,
  );
}

/** The documents are JSON already: they are put in as they are. */
function encode(results: readonly KeyResult<Uint8Array>[]): Uint8Array {
  const [head = "", tail = ""] = JSON.stringify(wrap({ idempotent: false, items: [] })).split("[]");
  const parts: Uint8Array[] = [Buffer.from(`${head}[`)];
  for (const [index, { key, result }] of results.entries()) {
    const comma = index === 0 ? "" : ",";
    if (result.ok) {
      parts.push(
        Buffer.from(`${comma}{"key":${JSON.stringify(key)},"value":`),
        result.value,
        Buffer.from("}"),
      );
    } else {
      parts.push(Buffer.from(`${comma}${JSON.stringify(errorItem(key, result.reason))}`));
    }
  }
  return Buffer.concat([...parts, Buffer.from(`]${tail}`)]);
}
