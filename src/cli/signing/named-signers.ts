import { resolve } from "node:path";
import { failure, type Result } from "../../core/index.ts";
import { openSigners, type ReleaseSigner, type SignerSettings } from "../../release/index.ts";
import type { Arguments, Flags } from "../arguments.ts";
import { IDENTITY_FLAGS } from "../flags.ts";
import { identitySetting } from "../settings.ts";

/** Who may have signed a policy. */
export const SIGNER_FLAGS = {
  key: { value: "FILE", repeatable: true, help: "a public key that may sign; each of several may" },
  "key-id": { value: "ID", help: "the key's name that an OPA signature must bear" },
  scope: { value: "SCOPE", help: "the scope that an OPA signature must be for" },
  "certificate-identity": {
    ...IDENTITY_FLAGS["certificate-identity"],
    help: "the identity in the signer's certificate; * matches within a path segment, ** across",
  },
  "certificate-oidc-issuer": IDENTITY_FLAGS["certificate-oidc-issuer"],
  "trusted-root": { value: "FILE", help: "a trusted_root.json in place of the public Sigstore's" },
} satisfies Flags;

/** The signers that `SIGNER_FLAGS` name; none where they name none. */
export async function namedSigners(args: Arguments): Promise<Result<readonly ReleaseSigner[]>> {
  const identity = identitySetting(args);
  if (!identity.ok) return identity;
  const keys = args.texts("key");
  const keyFlag = ["key-id", "scope"].find((flag) => args.has(flag));
  if (keys.length === 0 && keyFlag !== undefined) return failure("usage", `--${keyFlag} goes with --key`);
  const [keyId, scope, root] = ["key-id", "scope", "trusted-root"].map((flag) => args.text(flag));
  const trustedRoot = root === undefined ? {} : { trustedRoot: resolve(root) };
  const settings: readonly SignerSettings[] = [
    ...keys.map((key) => ({
      name: key,
      key: resolve(key),
      ...(keyId === undefined ? {} : { keyId }),
      ...(scope === undefined ? {} : { scope }),
      ...trustedRoot,
    })),
    ...(identity.value === null ? [] : [{ ...identity.value, ...trustedRoot }]),
  ];
  return openSigners(settings);
}
