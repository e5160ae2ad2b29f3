import { success, type Result } from "../core/index.ts";
import { matches } from "./compiled/index.ts";
import { compilePattern, patternData } from "./source/pattern.ts";

/**
 * Tells which values a pattern matches, whole, as a policy's own patterns do (`compilePattern`, rego/lib/pattern.rego).
 * Code: `policy.pattern_invalid`.
 */
export function patternMatcher(text: string): Result<(value: string) => boolean, "policy.pattern_invalid"> {
  const compiled = compilePattern(text);
  if (!compiled.ok) return compiled;
  const pattern = patternData(compiled.value);
  return success((value) => matches(pattern, value));
}
