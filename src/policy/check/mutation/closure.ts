import { wordsOf, type Scope } from "../static/scope.ts";
import type { Module } from "../syntax/types.ts";
import { walkModule } from "../syntax/walk.ts";

type Path = readonly string[];

/** The test modules that read a module, or that are named after it. */
export function testsOf(module: Module, tests: readonly Module[], scope: Scope): readonly Module[] {
  const name = module.package.join(".");
  return tests.filter(
    (test) =>
      test.package.join(".") === `${name}_test` || readsOf(test, scope).some((path) => names(path, module)),
  );
}

/** The modules and everything that they read, directly or through others. */
export function closureOf(modules: readonly Module[], scope: Scope): readonly Module[] {
  const closure = new Set(modules);
  for (const module of closure) {
    const reads = readsOf(module, scope);
    for (const other of scope.modules) {
      const isTest = other.file.endsWith("_test.rego") && !other.file.endsWith("fixtures_test.rego");
      if (!isTest && reads.some((path) => names(path, other))) closure.add(other);
    }
  }
  return [...closure];
}

const known = new WeakMap<Scope, WeakMap<Module, readonly Path[]>>();

/** Paths below `data` that a module reads; where a name is computed, as far as it is plain. */
function readsOf(module: Module, scope: Scope): readonly Path[] {
  const remembered = known.get(scope) ?? new WeakMap<Module, readonly Path[]>();
  known.set(scope, remembered);
  const before = remembered.get(module);
  if (before !== undefined) return before;
  const paths = new Map<string, Path>();
  const add = (words: Path) => {
    const path = scope.dataPath(module, words);
    if (path !== undefined && path.length > 0) paths.set(path.join("."), path);
  };
  walkModule(module, {
    term: (term) => add(term.kind === "call" ? term.operator.split(".") : wordsOf(term)),
    expression: ({ content }) => {
      if (content.kind === "call") add(content.operator.split("."));
    },
  });
  const found = [...paths.values()];
  remembered.set(module, found);
  return found;
}

/** The path leads into the module: to one of its names, or to a place above it. */
function names(path: Path, module: Module): boolean {
  const home = module.package;
  if (path.length <= home.length) return begins(home, path);
  return begins(path, home) && module.definitions.some(({ name }) => name === path[home.length]);
}

function begins(path: Path, start: Path): boolean {
  return start.every((word, i) => path[i] === word);
}
