import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientName } from "../../scripts/provision/index.ts";
import {
  createSigstore,
  GITHUB_ISSUER,
  keyPair,
  type KeyPair,
  type Sigstore,
} from "../lab/sigstore/index.ts";
import { writeLayout, type ManifestDescriptor } from "../lab/images.ts";
import { LabStore, type PushedImage } from "../lab/registry/store.ts";
import type { Trusted } from "./assay.ts";
import { provisionClients, type Clients } from "./clients.ts";
import { serveSigstore, type SigstoreServer } from "./sigstore-server.ts";

/** Real clients beside the lab's Sigstore, with files of keys and roots for both cosign and assay. */
export interface Setting {
  readonly clients: Clients;
  readonly sigstore: Sigstore;
  readonly server: SigstoreServer;
  /** The key that `cosign.key` and `cosign.pub` hold. */
  readonly key: KeyPair;
  /** An identity token of the GitHub Actions run that the lab certifies. */
  readonly token: string;
  readonly trusts: {
    readonly key: Trusted;
    readonly root: Trusted;
    readonly otherKey: Trusted;
    readonly otherRoot: Trusted;
  };
  /** The path of a file in this setting's folder; written first where content is given. */
  readonly file: (name: string, content?: string | object) => string;
  close(): Promise<void>;
}

const REPOSITORY = "image";

/** For a `before` hook; see `provisionClients` for what happens where a client cannot be had. */
export async function createSetting(context: Mocha.Context, names: readonly ClientName[]): Promise<Setting> {
  const clients = await provisionClients(context, names);
  const sigstore = createSigstore({ name: "interop.lab" });
  const server = await serveSigstore(sigstore);
  const key = keyPair();
  const file = (name: string, content?: string | object): string => {
    const path = join(clients.folder, name);
    if (content !== undefined) {
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    }
    return path;
  };
  file("root.json", sigstore.trustedRoot);
  file("rekor-v1.json", server.signingConfig("rekor-v1"));
  file("rekor-v2.json", server.signingConfig("rekor-v2"));
  await clients.run("cosign", "signing-config", "create", "--out", file("alone.json"));
  await clients.run("cosign", "trusted-root", "create", "--out", file("no-root.json"));
  await importKey(clients, file, "cosign", key);
  return {
    clients,
    sigstore,
    server,
    key,
    token: identityToken(),
    trusts: {
      key: { keys: [file("cosign.pub")] },
      root: { trustedRoots: [file("root.json")] },
      otherKey: { keys: [file("other.pub", keyPair().pem)] },
      otherRoot: { trustedRoots: [file("other-root.json", createSigstore().trustedRoot)] },
    },
    file,
    async close() {
      await server.close();
      clients.close();
    },
  };
}

/** Makes `name.key` and `name.pub`, as cosign keeps them, of a key. */
export async function importKey(
  clients: Clients,
  file: Setting["file"],
  name: string,
  key: KeyPair,
): Promise<void> {
  const pem = key.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const source = file(`${name}.pem`, pem);
  await clients.run("cosign", "import-key-pair", "--key", source, "--output-key-prefix", file(name));
}

function identityToken(): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const subject = "repo:acme/app:ref:refs/tags/v1.2.3";
  const claims = { iss: GITHUB_ISSUER, sub: subject, aud: "sigstore", iat: now, exp: now + 3600 };
  // Nobody verifies it here, but cosign wants it to have the form of a signed token.
  return [encode({ alg: "RS256", typ: "JWT" }), encode(claims), encode({ signature: "none" })].join(".");
}

/** An image that was pushed. */
export interface PushedReference {
  /** `host/repository`. */
  readonly repository: string;
  readonly digest: string;
  /** `host/repository@digest`. */
  readonly reference: string;
}

let pushed = 0;

/**
 * Fills a store of the lab, writes it as an OCI layout, and has oras copy the image from there into a repository of its
 * own, with everything that refers to it, and every tag that the store has besides.
 */
export async function pushImage(
  setting: Setting,
  host: string,
  fill: (store: LabStore, repository: string) => Pick<PushedImage, "digest"> = (store, repository) =>
    store.pushImage(repository, { seed: String(pushed) }),
): Promise<PushedReference> {
  pushed += 1;
  const { path, digest, tags } = layoutOf(setting, `image-${String(pushed)}`, fill);
  const repository = `${host}/acme/image-${String(pushed)}`;
  const copy = (what: string, to: string): Promise<string> =>
    setting.clients.run("oras", "cp", "-r", "--from-oci-layout", `${path}${what}`, "--to-plain-http", to);
  await copy(`@${digest}`, `${repository}:latest`);
  for (const tag of tags) await copy(`:${tag}`, `${repository}:${tag}`);
  return { repository, digest, reference: `${repository}@${digest}` };
}

/** An OCI layout of what `fill` pushes, in which every manifest stands in index.json, so that none is overlooked. */
export function layoutOf(
  setting: Setting,
  name: string,
  fill: (store: LabStore, repository: string) => Pick<PushedImage, "digest">,
): { readonly path: string; readonly digest: string; readonly tags: readonly string[] } {
  const store = new LabStore();
  const { digest } = fill(store, REPOSITORY);
  const { manifests, tags } = store.repository(REPOSITORY);
  const tagOf = new Map<string, string>(Array.from(tags, ([tag, tagged]) => [tagged, tag]));
  const roots = Array.from(manifests, ([at, { bytes, mediaType }]) => {
    const tag = tagOf.get(at);
    const root: ManifestDescriptor = { mediaType, digest: at, size: bytes.byteLength };
    return tag === undefined ? root : { ...root, annotations: { "org.opencontainers.image.ref.name": tag } };
  });
  const path = setting.file(name);
  writeLayout(store, REPOSITORY, path, roots);
  return { path, digest, tags: [...tags.keys()] };
}
