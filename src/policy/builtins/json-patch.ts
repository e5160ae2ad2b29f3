import { equalValues } from "../rego/compare.ts";
import {
  isRegoArray,
  RegoNumber,
  RegoObject,
  RegoSet,
  typeName,
  type RegoArray,
  type RegoValue,
} from "../rego/value.ts";
import { BuiltinError, type BuiltinTable } from "./contract.ts";
import { anyOperand, arrayOperand, toInt64 } from "./operands.ts";

/** RFC 6902 as OPA extends it: paths may be arrays of segments, and sets are addressed by their members. */
export const jsonPatchBuiltins: BuiltinTable = {
  "json.patch": (operands) => {
    let document: RegoValue | undefined = anyOperand(operands, 0);
    for (const operation of arrayOperand(operands, 1)) {
      if (!(operation instanceof RegoObject))
        throw new BuiltinError("must be an array of JSON-Patch objects");
      document = apply(document, operation);
    }
    if (document === undefined) throw new BuiltinError("the whole document was removed");
    return document;
  },
};

type Path = readonly RegoValue[];

function apply(document: RegoValue | undefined, operation: RegoObject): RegoValue | undefined {
  const path = parsePath(attribute(operation, "path"));
  const op = attribute(operation, "op");
  switch (op) {
    case "add":
      return insert(document, path, attribute(operation, "value"));
    case "remove":
      return remove(document, path);
    case "replace":
      return insert(remove(document, path), path, attribute(operation, "value"));
    case "move": {
      const from = parsePath(attribute(operation, "from"));
      return insert(remove(document, from), path, valueAtPath(document, from));
    }
    case "copy":
      return insert(document, path, valueAtPath(document, parsePath(attribute(operation, "from"))));
    case "test":
      if (!equalValues(valueAtPath(document, path), attribute(operation, "value"))) {
        throw new BuiltinError("the value is not the one of the patch's test");
      }
      return document;
    default:
      throw new BuiltinError("unrecognized op");
  }
}

function attribute(operation: RegoObject, name: string): RegoValue {
  const value = operation.member(name);
  if (value === undefined) throw new BuiltinError(`missing required attribute '${name}'`);
  return value;
}

function parsePath(path: RegoValue): Path {
  if (path === "") return [];
  if (typeof path === "string") {
    const segments = path.replace(/^\/+/, "").split("/");
    return segments.map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  if (path !== null && typeof path !== "boolean" && isRegoArray(path)) return path;
  throw new BuiltinError(`a path must be a string or an array of segments but got ${typeName(path)}`);
}

function insert(document: RegoValue | undefined, path: Path, value: RegoValue): RegoValue {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (document === undefined) throw new BuiltinError("nothing is there to insert into");
  if (rest.length > 0) return replaceChild(document, key, insert(child(document, key), rest, value));
  if (document instanceof RegoObject) return withMember(document, key, value);
  if (document instanceof RegoSet) {
    if (!equalValues(key, value))
      throw new BuiltinError("the key of a set does not equal the value to be inserted");
    return new RegoSet([...document.elements.filter((element) => !equalValues(element, value)), value]);
  }
  const array = arrayOf(document);
  return array.toSpliced(indexIn(array.length, key, array.length), 0, value);
}

function remove(document: RegoValue | undefined, path: Path): RegoValue | undefined {
  const [key, ...rest] = path;
  if (document === undefined) throw new BuiltinError("nothing is there to remove");
  if (key === undefined) return undefined;
  const found = child(document, key);
  if (rest.length > 0) {
    const changed = remove(found, rest);
    return changed === undefined ? document : replaceChild(document, key, changed);
  }
  if (document instanceof RegoObject) {
    return new RegoObject(document.entries.filter(([k]) => !equalValues(k, key)));
  }
  if (document instanceof RegoSet) {
    return new RegoSet(document.elements.filter((element) => !equalValues(element, key)));
  }
  const array = arrayOf(document);
  return array.toSpliced(indexIn(array.length, key, array.length - 1), 1);
}

function valueAtPath(document: RegoValue | undefined, path: Path): RegoValue {
  if (document === undefined) throw new BuiltinError("nothing is there to read");
  return path.reduce(child, document);
}

function child(document: RegoValue, key: RegoValue): RegoValue {
  let found: RegoValue | undefined;
  if (document instanceof RegoObject) found = document.entries.find(([k]) => equalValues(k, key))?.[1];
  else if (document instanceof RegoSet)
    found = document.elements.find((element) => equalValues(element, key));
  else {
    const array = arrayOf(document);
    found = array[indexIn(array.length, key, array.length - 1)];
  }
  if (found === undefined) throw new BuiltinError("the path does not exist");
  return found;
}

function replaceChild(document: RegoValue, key: RegoValue, value: RegoValue): RegoValue {
  if (document instanceof RegoObject) return withMember(document, key, value);
  if (document instanceof RegoSet) {
    return new RegoSet(document.elements.map((element) => (equalValues(element, key) ? value : element)));
  }
  const array = arrayOf(document);
  return array.with(indexIn(array.length, key, array.length - 1), value);
}

function withMember(object: RegoObject, key: RegoValue, value: RegoValue): RegoObject {
  const others = object.entries.filter(([k]) => !equalValues(k, key));
  return new RegoObject([...others, [key, value]]);
}

function arrayOf(document: RegoValue): RegoArray {
  if (document === null || typeof document === "boolean" || !isRegoArray(document)) {
    throw new BuiltinError(`expected composite type, found ${typeName(document)}`);
  }
  return document;
}

/** Where in an array a path segment points; `-` is behind its end. */
function indexIn(length: number, key: RegoValue, most: number): number {
  if (key === "-" && length <= most) return length;
  if (typeof key === "string" && key !== "0" && key.startsWith("0")) {
    throw new BuiltinError("leading zeros are not allowed in JSON paths");
  }
  const text = key instanceof RegoNumber ? key.text : typeof key === "string" ? key.replace(/^\+/, "") : "";
  const index = toInt64(new RegoNumber(text));
  if (index === undefined) throw new BuiltinError("invalid index");
  if (index < 0n || index > BigInt(most)) throw new BuiltinError("index out of bounds");
  return Number(index);
}
