import { RegoNumber } from "../rego/value.ts";
import { BuiltinError, MAX_RESULT_ELEMENTS, type BuiltinTable } from "./contract.ts";
import { arrayOperand, stringOperand, stringsOperand } from "./operands.ts";
import { lengthInRunes } from "./sprintf/flags.ts";
import { sprintf } from "./sprintf/sprintf.ts";

export const stringBuiltins: BuiltinTable = {
  sprintf: (operands) => sprintf(stringOperand(operands, 0), arrayOperand(operands, 1)),

  "strings.any_prefix_match": (operands) => {
    const prefixes = stringsOperand(operands, 1);
    return stringsOperand(operands, 0).some((text) => prefixes.some((prefix) => text.startsWith(prefix)));
  },

  "strings.any_suffix_match": (operands) => {
    const suffixes = stringsOperand(operands, 1);
    return stringsOperand(operands, 0).some((text) => suffixes.some((suffix) => text.endsWith(suffix)));
  },

  "strings.count": (operands) => {
    const [text, part] = [stringOperand(operands, 0), stringOperand(operands, 1)];
    if (part === "") return RegoNumber.of(lengthInRunes(text) + 1);
    let count = 0;
    for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
    return RegoNumber.of(count);
  },

  indexof_n: (operands) => {
    const [text, part] = [stringOperand(operands, 0), stringOperand(operands, 1)];
    if (part === "") throw new BuiltinError("empty search character");
    return runeIndexes(text, part).map((index) => RegoNumber.of(index));
  },

  "glob.quote_meta": (operands) => stringOperand(operands, 0).replaceAll(/[*?\\[\]{}]/g, "\\$&"),
};

/** Where `part` stands in `text`, overlapping too, counted in characters. */
function runeIndexes(text: string, part: string): readonly number[] {
  const indexes: number[] = [];
  let runes = 0;
  let counted = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    for (; counted < at; counted++) if (!isLowSurrogate(text.charCodeAt(counted))) runes++;
    if (isLowSurrogate(text.charCodeAt(at))) continue;
    if (indexes.length >= MAX_RESULT_ELEMENTS) throw new BuiltinError("too many matches");
    indexes.push(runes);
  }
  return indexes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
