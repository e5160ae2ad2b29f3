import { describeThrown, failure, type Failure, type Result } from "../../core/index.ts";
import { askThrough, type ContentSource, type RegistryCode } from "../../registry/index.ts";
import type { Guard, RegistryGuards } from "./registry-guards.ts";

type Answer<T> = Result<T, RegistryCode>;

/** By these a registry shows that it cannot answer at all; every other answer shows that it can. */
const FAILURES: ReadonlySet<RegistryCode> = new Set([
  "registry.unavailable",
  "registry.timeout",
  "registry.throttled",
]);

/** Milliseconds that a registry has had in any case, where it is the caller who gives up. */
const LEAST_PATIENCE = 500;

/**
 * A source that keeps one registry's troubles from everybody else (T212): so many requests to it at once, and none while
 * it is known to fail. What is not asked is `registry.unavailable`, which leaves a decision open and is nowhere
 * remembered. `isTenants`: it asks with a tenant's credentials, whose own limit says nothing of the registry to others.
 */
export function guardedContent(
  source: ContentSource,
  guards: RegistryGuards,
  { isTenants = false }: { readonly isTenants?: boolean } = {},
): ContentSource {
  return askThrough(source, async (registry, { signal }, question) => {
    const guard = guards.of(registry);
    if (guard.breaker.remaining > 0) return paused(registry, guard);
    return guard.bulkhead.run(signal, () => attemptOf({ registry, guard, guards, isTenants }, question), {
      full: () =>
        failure("registry.unavailable", `too many requests wait for ${registry} already: try again`),
      left: () => failure("registry.timeout", `the deadline passed before ${registry} could be asked`),
    });
  });
}

interface Asked {
  readonly registry: string;
  readonly guard: Guard;
  readonly guards: RegistryGuards;
  readonly isTenants: boolean;
}

async function attemptOf<T>(
  { registry, guard, guards, isTenants }: Asked,
  question: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  // It may have failed while this one waited for room.
  const attempt = guard.breaker.attempt();
  if (attempt === undefined) return paused(registry, guard);
  const began = guards.elapsed();
  try {
    const answer = await question();
    const code = answer.ok ? undefined : answer.reason.code;
    if (code === undefined || !FAILURES.has(code)) attempt.succeeded();
    else if (code === "registry.throttled" && isTenants) attempt.withdrawn();
    else if (code === "registry.timeout" && guards.elapsed() - began < LEAST_PATIENCE) attempt.withdrawn();
    else {
      guard.lastCode = code;
      attempt.failed();
    }
    return answer;
  } catch (thrown) {
    attempt.withdrawn();
    return failure("registry.unavailable", `the request failed: ${describeThrown(thrown)}`);
  }
}

function paused(registry: string, { breaker, lastCode }: Guard): Failure<RegistryCode> {
  const seconds = Math.ceil(breaker.remaining / 1000);
  return failure(
    "registry.unavailable",
    `${registry} failed again and again, at last with ${lastCode}: it is not asked for another ${seconds} s`,
  );
}
