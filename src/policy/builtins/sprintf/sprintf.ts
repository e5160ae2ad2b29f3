import { printValue } from "../../rego/write-text.ts";
import { RegoNumber, type RegoValue } from "../../rego/value.ts";
import { BuiltinError, MAX_RESULT_LENGTH } from "../contract.ts";
import { toInt64 } from "../operands.ts";
import { noFlags, type Flags } from "./flags.ts";
import { formatFloat64 } from "./float.ts";
import { formatBigInt, formatInt64 } from "./integer.ts";
import { formatString } from "./string.ts";

/** Go's `fmt` takes no width, precision or index beyond this. */
const MAX_NUMBER = 1_000_000;

/** What OPA hands to Go's `fmt` for one Rego value. */
type Argument =
  | { readonly type: "int64" | "*big.Int"; readonly value: bigint }
  | { readonly type: "float64"; readonly value: number }
  | { readonly type: "string"; readonly value: string };

/** `sprintf` exactly as OPA runs Go's `fmt.Sprintf`, with its words for missing, extra and wrong arguments. */
export function sprintf(format: string, values: readonly RegoValue[]): string {
  return new Printer(format, values.map(argumentOf)).run();
}

function argumentOf(value: RegoValue): Argument {
  if (typeof value === "string") return { type: "string", value };
  if (!(value instanceof RegoNumber)) return { type: "string", value: printValue(value) };
  if (/[.eE]/.test(value.text)) {
    const double = value.toDouble();
    return Number.isFinite(double)
      ? { type: "float64", value: double }
      : { type: "string", value: value.text };
  }
  const int = toInt64(value);
  if (int !== undefined) return { type: "int64", value: int };
  const big = value.toBigInt();
  return big === undefined ? { type: "string", value: value.text } : { type: "*big.Int", value: big };
}

/** Follows Go's `doPrintf` step by step: the order in which it reads indexes, width and precision shows. */
class Printer {
  readonly #format: string;
  readonly #arguments: readonly Argument[];
  readonly #out: string[] = [];
  #length = 0;
  #at = 0;
  #next = 0;
  #flags: Flags = noFlags();
  #afterIndex = false;
  #goodIndex = true;
  #reordered = false;

  constructor(format: string, values: readonly Argument[]) {
    this.#format = format;
    this.#arguments = values;
  }

  run(): string {
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf("%", this.#at);
      this.#write(this.#format.slice(this.#at, percent < 0 ? undefined : percent));
      if (percent < 0) break;
      this.#at = percent + 1;
      this.#directive();
    }
    this.#extra();
    return this.#out.join("");
  }

  #directive(): void {
    this.#flags = noFlags();
    this.#goodIndex = true;
    this.#afterIndex = false;
    this.#readFlags();
    this.#readIndex();
    this.#readWidth();
    this.#readPrecision();
    if (!this.#afterIndex) this.#readIndex();
    this.#readVerb();
  }

  #readFlags(): void {
    for (; ; this.#at++) {
      switch (this.#format[this.#at]) {
        case "#":
          this.#flags.sharp = true;
          break;
        case "0":
          this.#flags.zero = true;
          break;
        case "+":
          this.#flags.plus = true;
          break;
        case "-":
          this.#flags.minus = true;
          break;
        case " ":
          this.#flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  /** `[3]`: the next argument is the third. */
  #readIndex(): void {
    this.#afterIndex = false;
    if (this.#format[this.#at] !== "[") return;
    this.#reordered = true;
    const rest = this.#format.slice(this.#at);
    const close = rest.indexOf("]", 1);
    if (rest.length < 3 || close < 0) {
      this.#goodIndex = false;
      this.#at++;
      return;
    }
    this.#at += close + 1;
    const inside = rest.slice(1, close);
    const isNumber = /^\d+$/.test(inside) && tooLargeAt(inside) === undefined;
    const index = isNumber ? Number(inside) - 1 : -1;
    this.#afterIndex = isNumber;
    if (isNumber && index >= 0 && index < this.#arguments.length) this.#next = index;
    else this.#goodIndex = false;
  }

  #readWidth(): void {
    if (this.#format[this.#at] === "*") {
      this.#at++;
      const width = this.#numberFromArgument();
      if (width === undefined) this.#write("%!(BADWIDTH)");
      else this.#flags.width = Math.abs(width);
      if (width !== undefined && width < 0) {
        this.#flags.minus = true;
        this.#flags.zero = false;
      }
      this.#afterIndex = false;
      return;
    }
    this.#flags.width = this.#readNumber();
    if (this.#afterIndex && this.#flags.width !== undefined) this.#goodIndex = false;
  }

  #readPrecision(): void {
    if (this.#format[this.#at] !== "." || this.#at + 1 >= this.#format.length) return;
    this.#at++;
    if (this.#afterIndex) this.#goodIndex = false;
    this.#readIndex();
    if (this.#format[this.#at] === "*") {
      this.#at++;
      const precision = this.#numberFromArgument();
      this.#flags.precision = precision !== undefined && precision >= 0 ? precision : undefined;
      if (this.#flags.precision === undefined) this.#write("%!(BADPREC)");
      this.#afterIndex = false;
      return;
    }
    this.#flags.precision = this.#readNumber() ?? 0;
  }

  /** Digits in the format; too many of them swallow the rest of it. */
  #readNumber(): number | undefined {
    const digits = /^\d*/.exec(this.#format.slice(this.#at, this.#at + 20))?.[0] ?? "";
    if (digits === "") return undefined;
    if (tooLargeAt(digits) !== undefined) {
      this.#at = this.#format.length;
      return undefined;
    }
    this.#at += digits.length;
    return Number(digits);
  }

  #numberFromArgument(): number | undefined {
    const argument = this.#arguments[this.#next];
    if (argument === undefined) return undefined;
    this.#next++;
    if (argument.type !== "int64") return undefined;
    const value = Number(argument.value);
    return Math.abs(value) > MAX_NUMBER ? undefined : value;
  }

  #readVerb(): void {
    const code = this.#format.codePointAt(this.#at);
    if (code === undefined) {
      this.#write("%!(NOVERB)");
      return;
    }
    const verb = String.fromCodePoint(code);
    this.#at += verb.length;
    const argument = this.#arguments[this.#next];
    if (verb === "%") this.#write("%");
    else if (!this.#goodIndex) this.#write(`%!${verb}(BADINDEX)`);
    else if (argument === undefined) this.#write(`%!${verb}(MISSING)`);
    else {
      if (verb === "v" || verb === "w") {
        const { sharp, plus } = this.#flags;
        this.#flags = { ...this.#flags, sharpV: sharp, sharp: false, plusV: plus, plus: false };
      }
      this.#write(this.#print(argument, verb));
      this.#next++;
    }
  }

  #print(argument: Argument, verb: string): string {
    if (verb === "T") return formatString(argument.type, "s", this.#flags) ?? "";
    // Go would print an address of its memory, or the words that the number is stored in.
    if ((verb === "p" || verb === "w") && argument.type === "*big.Int") {
      throw new BuiltinError(`%${verb} of a big number`);
    }
    return printArgument(argument, verb, this.#flags) ?? this.#badVerb(argument, verb);
  }

  #badVerb(argument: Argument, verb: string): string {
    return `%!${verb}(${argument.type}=${printArgument(argument, "v", this.#flags) ?? ""})`;
  }

  #extra(): void {
    const extra = this.#arguments.slice(this.#next);
    if (this.#reordered || extra.length === 0) return;
    const words = extra.map((value) => `${value.type}=${printArgument(value, "v", noFlags()) ?? ""}`);
    this.#write(`%!(EXTRA ${words.join(", ")})`);
  }

  #write(text: string): void {
    this.#length += text.length;
    if (this.#length > MAX_RESULT_LENGTH) throw new BuiltinError("result too long");
    this.#out.push(text);
  }
}

function printArgument(argument: Argument, verb: string, flags: Flags): string | undefined {
  switch (argument.type) {
    case "int64":
      return formatInt64(argument.value, verb, flags);
    case "*big.Int":
      return formatBigInt(argument.value, verb, flags);
    case "float64":
      return formatFloat64(argument.value, verb, flags);
    case "string":
      return formatString(argument.value, verb, flags);
    default:
      return argument satisfies never;
  }
}

/** Go checks before each digit whether the number so far is too large already. */
function tooLargeAt(digits: string): number | undefined {
  for (let i = 1; i < digits.length; i++) if (Number(digits.slice(0, i)) > MAX_NUMBER) return i;
  return undefined;
}
