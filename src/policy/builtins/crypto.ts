import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { Builtin, BuiltinTable } from "./contract.ts";
import { stringOperand } from "./operands.ts";

export const cryptoBuiltins: BuiltinTable = {
  "crypto.md5": digest("md5"),
  "crypto.sha1": digest("sha1"),
  "crypto.sha256": digest("sha256"),
  "crypto.hmac.md5": hmac("md5"),
  "crypto.hmac.sha1": hmac("sha1"),
  "crypto.hmac.sha256": hmac("sha256"),
  "crypto.hmac.sha512": hmac("sha512"),
  "crypto.hmac.equal": (operands) => {
    const [a, b] = [Buffer.from(stringOperand(operands, 0)), Buffer.from(stringOperand(operands, 1))];
    return a.length === b.length && timingSafeEqual(a, b);
  },
};

function digest(algorithm: string): Builtin {
  return (operands) => hash(algorithm, stringOperand(operands, 0), "hex");
}

function hmac(algorithm: string): Builtin {
  return (operands) =>
    createHmac(algorithm, stringOperand(operands, 1)).update(stringOperand(operands, 0)).digest("hex");
}
