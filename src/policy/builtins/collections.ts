import { contains } from "../rego/membership.ts";
import { equalValues, setOf, valueAt } from "../rego/compare.ts";
import {
  isRegoArray,
  RegoNumber,
  RegoObject,
  RegoSet,
  type RegoArray,
  type RegoValue,
} from "../rego/value.ts";
import { BuiltinError, MAX_RESULT_ELEMENTS, type BuiltinTable } from "./contract.ts";
import { anyOperand, elementsOf, numberOperand, objectOperand, toInteger } from "./operands.ts";

export const collectionBuiltins: BuiltinTable = {
  "object.subset": (operands) => subset(anyOperand(operands, 0), anyOperand(operands, 1)),

  "numbers.range_step": (operands) => {
    const [from, to, step] = [integerAt(operands, 0), integerAt(operands, 1), integerAt(operands, 2)];
    if (step <= 0n) throw new BuiltinError("step must be a positive integer");
    const distance = from <= to ? to - from : from - to;
    if (distance / step >= MAX_RESULT_ELEMENTS) throw new BuiltinError("too many numbers in range");
    const signed = from <= to ? step : -step;
    return Array.from({ length: Number(distance / step) + 1 }, (_, i) =>
      RegoNumber.of(from + BigInt(i) * signed),
    );
  },

  "graph.reachable_paths": (operands) => {
    const graph = objectOperand(operands, 0);
    const roots = elementsOf(anyOperand(operands, 1), 1);
    const paths: RegoValue[] = [];
    for (const root of roots) {
      const edges = valueAt(graph, root);
      if (edges === undefined) continue;
      const neighbours = vertices(edges);
      if (neighbours.length === 0) paths.push([root]);
      for (const neighbour of neighbours) walk(graph, neighbour, [root], paths, 0);
    }
    return setOf(paths);
  },
};

function integerAt(operands: readonly RegoValue[], index: number): bigint {
  const integer = toInteger(numberOperand(operands, index));
  if (integer === undefined) {
    throw new BuiltinError(`operand ${index + 1} must be integer number but got floating-point number`);
  }
  return integer;
}

/** Whether `sub` is in `whole`: objects recursively, sets by membership, arrays as an unbroken run. */
function subset(whole: RegoValue, sub: RegoValue): boolean {
  if (whole instanceof RegoObject && sub instanceof RegoObject) return objectSubset(whole, sub);
  if (whole instanceof RegoSet && sub instanceof RegoSet) return setSubset(whole, sub);
  const array = asArray(whole);
  const run = asArray(sub);
  if (array !== undefined && run !== undefined) return arraySubset(array, run);
  if (array !== undefined && sub instanceof RegoSet) return arrayHoldsSet(array, sub);
  throw new BuiltinError("both arguments object.subset must be of the same type or array and set");
}

function asArray(value: RegoValue): RegoArray | undefined {
  return value !== null && typeof value !== "boolean" && isRegoArray(value) ? value : undefined;
}

function objectSubset(whole: RegoObject, sub: RegoObject): boolean {
  return sub.entries.every(([key, value]) => {
    const other = valueAt(whole, key);
    if (other === undefined) return false;
    if (equalValues(value, other)) return true;
    if (other instanceof RegoObject && value instanceof RegoObject) return objectSubset(other, value);
    if (other instanceof RegoSet && value instanceof RegoSet) return setSubset(other, value);
    const [array, run] = [asArray(other), asArray(value)];
    return array !== undefined && run !== undefined && arraySubset(array, run);
  });
}

function setSubset(whole: RegoSet, sub: RegoSet): boolean {
  const isMember = contains(whole.elements);
  return sub.elements.every((element) => isMember(element));
}

function arraySubset(whole: RegoArray, run: RegoArray): boolean {
  for (let start = 0; start + run.length <= whole.length; start++) {
    if (run.every((element, i) => equalValues(element, whole[start + i] ?? null))) return true;
  }
  return false;
}

/** As OPA counts: an element that stands twice in the array counts twice, and an empty array holds not even the empty set. */
function arrayHoldsSet(whole: RegoArray, sub: RegoSet): boolean {
  const isMember = contains(sub.elements);
  let unmatched = sub.elements.length;
  return whole.some((element) => {
    if (isMember(element)) unmatched--;
    return unmatched === 0;
  });
}

/** The neighbours of a vertex: elements of an array or a set; anything else has none. */
function vertices(edges: RegoValue): readonly RegoValue[] {
  if (edges instanceof RegoSet) return edges.elements;
  return asArray(edges) ?? [];
}

const MAX_PATH_LENGTH = 2000;

/** Adds every path from `path` on over `vertex`, until an end, a cycle or a vertex that the graph does not have. */
function walk(
  graph: RegoObject,
  vertex: RegoValue,
  path: readonly RegoValue[],
  paths: RegoValue[],
  visited: number,
): void {
  if (visited > MAX_PATH_LENGTH || paths.length > MAX_RESULT_ELEMENTS / 10)
    throw new BuiltinError("too many paths");
  const edges = valueAt(graph, vertex);
  if (edges === undefined) {
    paths.push(path);
    return;
  }
  const extended = [...path, vertex];
  const neighbours = vertices(edges);
  if (neighbours.length === 0) paths.push(extended);
  for (const neighbour of neighbours) {
    if (extended.some((passed) => equalValues(passed, neighbour))) paths.push(extended);
    else walk(graph, neighbour, extended, paths, visited + 1);
  }
}
