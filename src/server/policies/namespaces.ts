/** Namespaces that a policy decides for: `team-a`, `team-a-*`. It matches whole; `*` stands for any characters, also none. */
export type NamespacePattern = string;

/** What decides for some namespaces; without any, for all that nobody else names, and for requests that name none. */
export interface ByNamespace {
  readonly name: string;
  readonly namespaces: readonly NamespacePattern[] | null;
}

/** Two patterns of different policies of which neither is the more specific one, though both take some namespace. */
export interface NamespaceTie {
  /** Positions in the list of policies, and in their lists of namespaces. */
  readonly policy: number;
  readonly pattern: number;
  readonly other: number;
  readonly otherPattern: number;
}

/**
 * Finds who decides for a namespace: the most specific pattern wins, which is the one all of whose names the others take
 * too. Where `findTie` found none, that is one policy, whatever the namespace.
 */
export class NamespaceMap<Policy extends ByNamespace> {
  readonly #default: Policy | undefined;
  readonly #exact = new Map<string, Policy>();
  /** Each before those that it lies within. */
  readonly #patterns: readonly { readonly pattern: NamespacePattern; readonly policy: Policy }[];

  constructor(policies: readonly Policy[]) {
    this.#default = policies.find(({ namespaces }) => namespaces === null);
    const patterns: { readonly pattern: NamespacePattern; readonly policy: Policy }[] = [];
    for (const policy of policies) {
      for (const pattern of policy.namespaces ?? []) {
        if (pattern.includes("*")) patterns.push({ pattern, policy });
        else this.#exact.set(pattern, policy);
      }
    }
    // Whatever lies within the inner one lies within the outer one too, and so does the outer one itself.
    const within = ({ pattern: outer }: { readonly pattern: NamespacePattern }) =>
      patterns.filter(({ pattern }) => liesWithin(pattern, outer)).length;
    this.#patterns = patterns.toSorted((a, b) => within(a) - within(b));
  }

  /** `null`: the request names none. */
  find(namespace: string | null): Policy | undefined {
    if (namespace === null) return this.#default;
    const exact = this.#exact.get(namespace);
    if (exact !== undefined) return exact;
    return this.#patterns.find(({ pattern }) => takes(pattern, namespace))?.policy ?? this.#default;
  }
}

/** The first two patterns that leave open who decides. */
export function findTie(policies: readonly ByNamespace[]): NamespaceTie | undefined {
  const all = policies.flatMap(({ namespaces }, policy) =>
    (namespaces ?? []).map((text, pattern) => ({ text, policy, pattern })),
  );
  for (const [index, one] of all.entries()) {
    for (const earlier of all.slice(0, index)) {
      if (earlier.policy === one.policy || !isTie(one.text, earlier.text)) continue;
      const { policy: other, pattern: otherPattern } = earlier;
      return { policy: one.policy, pattern: one.pattern, other, otherPattern };
    }
  }
  return undefined;
}

function isTie(one: NamespacePattern, other: NamespacePattern): boolean {
  if (one === other) return true;
  if (!one.includes("*") || !other.includes("*")) return false;
  return overlap(one, other) && liesWithin(one, other) === liesWithin(other, one);
}

/** Whether every name that `inner` takes is taken by `outer`: its `*` is then as good as a character that only a `*` takes. */
function liesWithin(inner: NamespacePattern, outer: NamespacePattern): boolean {
  return takes(outer, inner.replaceAll("*", "#"));
}

/** In time that both lengths bound: only the last `*` is ever tried again. */
function takes(pattern: NamespacePattern, name: string): boolean {
  let [at, read, star, resume] = [0, 0, -1, 0];
  while (read < name.length) {
    if (pattern[at] === "*") [star, resume, at] = [at, read, at + 1];
    else if (pattern[at] === name[read]) [at, read] = [at + 1, read + 1];
    else if (star === -1) return false;
    else [at, resume, read] = [star + 1, resume + 1, resume + 1];
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** Whether some name is taken by both. */
function overlap(one: NamespacePattern, other: NamespacePattern): boolean {
  // Which beginnings of `other` go with the beginning of `one` that has been read.
  let reached = withEmptyStars(new Set([0]), other);
  for (const character of one) {
    const next = new Set<number>();
    for (const at of reached) {
      if (character === "*") for (let to = at; to <= other.length; to++) next.add(to);
      else if (other[at] === "*") next.add(at);
      else if (other[at] === character) next.add(at + 1);
    }
    if (next.size === 0) return false;
    reached = withEmptyStars(next, other);
  }
  return reached.has(other.length);
}

/** A `*` may stand for nothing: what follows it is reached with it. */
function withEmptyStars(places: Set<number>, pattern: NamespacePattern): Set<number> {
  for (const place of places) if (pattern[place] === "*") places.add(place + 1);
  return places;
}
