import { objectAt, stringAt, type JsonObject } from "../../core/index.ts";
import { wordsOf } from "../compiled/index.ts";
import { differing } from "./names.ts";
import type { FoundChange } from "./types.ts";

/** What the other comparisons read of `policy`; the version is judged by itself. */
const COMPARED_IN_POLICY = new Set(["name", "version", "signers", "builders", "matches", "images"]);
const COMPARED = new Set(["policy", "trust", "exceptions", "library"]);

/**
 * What nothing else compares: the policy's name and the library's own words of its rules, which decide nothing (what they
 * say is in the sets of images, where it counts), and data that this version of assay does not know, which may.
 */
export function compareRest(before: JsonObject, after: JsonObject): readonly FoundChange[] {
  return [
    ...nameChanges(before, after),
    ...libraryChanges(before, after),
    ...differing(before, after)
      .filter(({ name }) => !COMPARED.has(name))
      .map(({ name }) => unknown(name)),
    ...differing(objectAt(before, "policy"), objectAt(after, "policy"))
      .filter(({ name }) => !COMPARED_IN_POLICY.has(name))
      .map(({ name }) => unknown(`policy.${name}`)),
  ];
}

function nameChanges(before: JsonObject, after: JsonObject): readonly FoundChange[] {
  const [old, now] = [stringAt(before, "policy", "name"), stringAt(after, "policy", "name")];
  if (old === now) return [];
  const words = `${wordsOf(old)} → ${wordsOf(now)}; a service does not activate the one after the other`;
  return [change("name", words, "patch")];
}

function libraryChanges(before: JsonObject, after: JsonObject): readonly FoundChange[] {
  const [old, now] = [objectAt(before, "library", "rules"), objectAt(after, "library", "rules")];
  const names = differing(old, now).map(({ name }) => name);
  if (names.length === 0) return [];
  const named = names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
  return [change("texts", `titles or metadata of ${names.length} rules changed: ${named}`, "patch")];
}

function unknown(name: string): FoundChange {
  return change(name, "data changed that this version of assay does not know", "major");
}

function change(subject: string, message: string, step: "patch" | "major"): FoundChange {
  return { direction: "changed", step, area: "policy", subject, message };
}
