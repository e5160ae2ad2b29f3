import { isObject, objectAt, stringAt, type JsonObject, type JsonValue } from "../../core/index.ts";
import { covers, holderWords, wordsOf } from "../compiled/index.ts";
import { differing } from "./names.ts";
import type { Direction, FoundChange } from "./types.ts";

/**
 * What changed in who the signers' names mean. A signer that is new does nothing by itself: sets of images say what it
 * may say. One that is gone says nothing any more, not to rules of the policy's own either.
 */
export function compareSigners(before: JsonObject, after: JsonObject): readonly FoundChange[] {
  return differing(objectAt(before, "policy", "signers"), objectAt(after, "policy", "signers")).flatMap(
    ({ name, before: old, after: now }): FoundChange[] => {
      const change = (direction: Direction, message: string): FoundChange => ({
        direction,
        area: "signers",
        subject: name,
        message,
      });
      if (old === undefined) {
        return [{ ...change("changed", `defined: ${holderWords(now)}`), step: "minor" }];
      }
      if (now === undefined) return [change("changed", `no longer defined; was ${holderWords(old)}`)];
      if (stringAt(old, "kind") !== stringAt(now, "kind")) {
        return [change("changed", `is another: ${holderWords(old)} → ${holderWords(now)}`)];
      }
      return differing(flat(old), flat(now)).map(({ name: field, before: was, after: is }) =>
        change(directionOf(field, was, is), `${field}: ${wordsOf(was)} → ${wordsOf(is)}`),
      );
    },
  );
}

/** A signer's fields: the certificate's beside the others, the identity as its pattern. */
function flat(signer: JsonValue): JsonObject {
  if (!isObject(signer)) return {};
  const { certificate, pattern, identity, ...rest } = signer;
  const plain = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  return {
    ...plain,
    ...(identity === undefined && pattern === undefined ? {} : { identity: pattern ?? identity ?? "" }),
    ...Object.fromEntries(
      Object.entries(isObject(certificate) ? certificate : {}).map(([field, value]) => [
        `certificate.${field}`,
        value,
      ]),
    ),
  };
}

/** Every field narrows who is meant, so one more is stricter. */
function directionOf(field: string, before: JsonValue | undefined, after: JsonValue | undefined): Direction {
  if (before === undefined) return "stricter";
  if (after === undefined) return "looser";
  if (isObject(before) && isObject(after)) {
    const [narrower, wider] = [covers(before, after), covers(after, before)];
    return narrower === wider ? "changed" : narrower ? "stricter" : "looser";
  }
  if (typeof before === "string" && typeof after === "string") {
    const later = Date.parse(after) - Date.parse(before);
    if (field === "from") return later > 0 ? "stricter" : "looser";
    if (field === "to" || field === "distrust") return later > 0 ? "looser" : "stricter";
  }
  return "changed";
}
