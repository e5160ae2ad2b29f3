import { oneLine } from "../../../core/index.ts";
import type { HttpCredentials } from "../settings.ts";
import { SourceFault } from "../fault.ts";
import { SOURCE_LIMITS } from "../limits.ts";
import { readSettled } from "../settled-file.ts";

/** What the files of `HttpCredentials` hold. */
export interface Proof {
  /** Of the `Authorization` header. */
  readonly authorization: string | undefined;
  readonly client: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly ca: Buffer | undefined;
}

/** Reads them anew, so that rotation needs no restart. No message repeats what a file holds. */
export async function readProof(paths: HttpCredentials, signal: AbortSignal): Promise<Proof> {
  const { tokenFile, clientCert, clientKey, ca } = paths;
  if ((clientCert === undefined) !== (clientKey === undefined)) {
    throw new SourceFault("source.invalid", "a client certificate and its key go together");
  }
  const read = async (path: string | undefined) => (path === undefined ? undefined : readWhole(path, signal));
  const [token, cert, key, roots] = await Promise.all([
    read(tokenFile),
    read(clientCert),
    read(clientKey),
    read(ca),
  ]);
  return {
    authorization: token === undefined ? undefined : bearer(token, tokenFile ?? ""),
    client: cert === undefined || key === undefined ? undefined : { cert, key },
    ca: roots,
  };
}

function bearer(bytes: Buffer, path: string): string {
  const token = bytes.toString("latin1").trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new SourceFault("source.invalid", `${oneLine(path)} holds no token: expected one line of ASCII`);
  }
  return `Bearer ${token}`;
}

async function readWhole(path: string, signal: AbortSignal): Promise<Buffer> {
  const read = await readSettled(path, SOURCE_LIMITS.credentialBytes, signal);
  if (read === null) throw new SourceFault("source.changed_while_read", `${oneLine(path)} is being written`);
  return Buffer.from(read.bytes);
}
