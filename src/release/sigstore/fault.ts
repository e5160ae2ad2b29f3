import { describeThrown, failure, oneLine, type Failure } from "../../core/index.ts";

export type SigningCode =
  /** The private key: unreadable, protected by a passphrase that is not the one given, or of a kind that cannot sign here. */
  | "signing.key_invalid"
  /** The identity token: absent, no token at all, expired, without a subject. */
  | "signing.token_invalid"
  /** Services named wrongly, or not those that this way of signing needs. */
  | "signing.config_invalid"
  /** A service that could not be reached, refused, or answered what is no answer. */
  | "signing.service_failed"
  /** What was signed does not verify: nothing of it is handed on. */
  | "signing.not_verified"
  | "internal";

/** Thrown inside this folder, caught by its main functions, so that whatever fails ends as one coded line. */
export class SigningFault extends Error {
  readonly code: SigningCode;

  constructor(code: SigningCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function refuseSigning(code: SigningCode, message: string): never {
  throw new SigningFault(code, oneLine(message));
}

export function failedSigning(thrown: unknown): Failure<SigningCode> {
  return thrown instanceof SigningFault
    ? failure(thrown.code, oneLine(thrown.message))
    : failure("internal", `assay could not sign: ${describeThrown(thrown)}`);
}
