import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { notaryManifest, notarySignature, type Form, type NotaryOptions } from "../lab/notary.ts";
import { OCI_MANIFEST, type LabStore } from "../lab/registry/store.ts";
import { keyPair, type KeyKind, type SigningIdentity } from "../lab/sigstore/index.ts";
import { createTimestampAuthority } from "../lab/sigstore/tsa.ts";
import { FORMS, RELEASE, trustingStores, tsaStore } from "../verification/notary/lab.ts";
import { authority, pem, pemOf, signer } from "../verification/x509-lab.ts";
import { gathered, outline } from "./assay.ts";
import { REGISTRIES, startRegistry, type RunningRegistry } from "./registries.ts";
import { createSetting, pushImage, type Setting } from "./setting.ts";

const DAY = 86_400_000;
const IDENTITY = "C=US, ST=WA, O=Acme, CN=Release\\2C Team in acme";
const TRUSTED_IDENTITY = "x509.subject: C=US, ST=WA, O=Acme";
const MEDIA_TYPES = { jws: "application/jose+json", cose: "application/cose" } as const;
const KINDS: readonly KeyKind[] = ["P-256", "P-384", "P-521", "RSA-2048", "RSA-4096"];

/** The Notary Project's own library and assay believe each other's signatures, and refuse the same. */
describe("Notary Project signatures and notation-go", () => {
  const valid = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 30 * DAY) };
  const root = authority({ name: "Interop Root", ...valid });
  const issuing = authority({ name: "Interop Issuing", pathLength: 0, ...valid }, root);
  const other = authority({ name: "Other Root", ...valid });
  const tsa = createTimestampAuthority({ name: "tsa", from: valid.notBefore, until: valid.notAfter });
  const by = release("P-256");
  const trust = trustingStores({ acme: { type: "ca", pem: pemOf(root) }, stamps: tsaStore(tsa) });
  const strangers = trustingStores({ acme: { type: "ca", pem: pemOf(other) } });

  let setting: Setting;
  before(async function () {
    const registries = REGISTRIES.map(({ client }) => client);
    setting = await createSetting(this, ["oras", "cosign", "notation", ...registries]);
    file("ca.pem", pemOf(root));
    file("other.pem", pemOf(other));
    file("tsa.pem", pem("CERTIFICATE", tsa.root.der));
  });
  after(() => setting?.close());

  function release(kind: KeyKind, dates: { notBefore: Date; notAfter: Date } = valid): SigningIdentity {
    return signer(issuing, { key: keyPair(kind), subject: RELEASE, names: [], ...dates });
  }
  function file(name: string, content?: string): string {
    const path = join(setting.clients.folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  for (const kind of REGISTRIES) {
    describe(`in ${kind.name}`, () => {
      let registry: RunningRegistry;
      before(async () => {
        registry = await startRegistry(kind, setting.clients);
      });
      after(() => registry?.close());

      const sign = async (
        reference: string,
        form: Form,
        identity: SigningIdentity,
        ...flags: readonly string[]
      ): Promise<void> => {
        const key = file(
          "key.pem",
          identity.key.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
        );
        const chain = file("chain.pem", pemOf(identity, issuing, root));
        const all = ["-key", key, "-chain", chain, "-type", MEDIA_TYPES[form], ...flags, reference];
        await setting.clients.run("notation", "sign", ...all);
      };

      for (const form of FORMS) {
        it(`${form}: what notation signs, assay finds and proves, and to nobody else's authority`, async () => {
          const image = await pushImage(setting, registry.host);
          await sign(image.reference, form, by, "-expiry", "24h", "-meta", "com.acme.build=123");

          const input = await gathered(`${image.repository}:latest`, { material: trust });
          expect(outline(input)).to.deep.equal([`referrer: signature: ${IDENTITY}`]);
          expect(input.evidence[0]?.annotations).to.deep.equal({ "com.acme.build": "123" });
          const refused = await gathered(image.reference, { material: strangers });
          expect(outline(refused)).to.deep.equal(["referrer: signature: failed certificate.untrusted"]);
        });
      }
    });
  }

  describe("with keys of every kind and signatures of the lab", () => {
    let registry: RunningRegistry;
    before(async () => {
      const [kind] = REGISTRIES;
      if (kind === undefined) throw new Error("no registry");
      registry = await startRegistry(kind, setting.clients);
    });
    after(() => registry?.close());

    /** An image with a signature that the lab made, and what notation says of it. */
    async function judged(
      form: Form,
      change: Partial<NotaryOptions>,
      ca = "ca.pem",
      identity = TRUSTED_IDENTITY,
    ) {
      const image = await pushImage(setting, registry.host, (store: LabStore, repository) => {
        const pushed = store.pushImage(repository, { seed: `${form} ${Math.random()}` });
        const { mediaType, digest, size } = pushed.descriptor;
        const base = { digest, target: { mediaType, size }, by, above: [issuing, root], time: new Date() };
        const envelope = notarySignature(form, { ...base, ...change });
        store.pushBlob(repository, envelope);
        store.pushBlob(repository, "{}");
        const manifest = notaryManifest(form, envelope, { mediaType, digest, size });
        store.pushManifest(repository, JSON.stringify(manifest), OCI_MANIFEST);
        return pushed;
      });
      const flags = ["-ca", file(ca), "-tsa", file("tsa.pem"), "-identity", identity];
      const notation = await setting.clients.run("notation", "verify", ...flags, image.reference);
      const assay = outline(
        await gathered(image.reference, { material: ca === "ca.pem" ? trust : strangers }),
      );
      return { notation: notation.trim().split(" ")[0], assay };
    }

    const proven = { notation: "ok", assay: [`referrer: signature: ${IDENTITY}`] };
    const refused = (code: string) => ({
      notation: "refused",
      assay: [`referrer: signature: failed ${code}`],
    });
    /** A certificate that has run out by now, and a time at which it had not. */
    const past = {
      notBefore: new Date(valid.notBefore.getTime() + 1000),
      notAfter: new Date(Date.now() - DAY / 2),
    };
    const then = new Date(Date.now() - (DAY * 3) / 4);

    for (const form of FORMS) {
      for (const kind of KINDS) {
        it(`${form}: both believe the lab's signature by a key of ${kind}`, async () => {
          expect(await judged(form, { by: release(kind) })).to.deep.equal(proven);
        });
      }

      it(`${form}: both believe a timestamp after the certificate ran out, and nothing without it`, async () => {
        const change = { by: release("P-256", past), time: then };
        const stamped = { ...change, timestamp: { authority: tsa } };
        expect(await judged(form, stamped)).to.deep.equal(proven);
        expect(await judged(form, change)).to.deep.equal(refused("certificate.expired"));
      });

      const spoilings: readonly {
        name: string;
        change: Partial<NotaryOptions>;
        code: string;
        ca?: string;
      }[] = [
        { name: "another's authority", change: {}, ca: "other.pem", code: "certificate.untrusted" },
        { name: "another image", change: { digest: `sha256:${"ab".repeat(32)}` }, code: "subject.mismatch" },
        {
          name: "an expiry that has passed",
          change: { time: then, expiry: new Date(then.getTime() + 1000) },
          code: "signature.expired",
        },
        { name: "another's key", change: { by: { ...by, key: keyPair() } }, code: "signature.invalid" },
        { name: "a chain without its root", change: { above: [issuing] }, code: "certificate.invalid" },
      ];
      it(`${form}: assay refuses a critical attribute that nobody knows, where notation-go passes over it`, async () => {
        const change = ({ header }: { header: Record<string, unknown> }): void => {
          header["com.acme.unknown"] = "x";
          header["crit"] = ["io.cncf.notary.signingScheme", "com.acme.unknown"];
        };
        const { assay } = refused("format.unsupported");
        expect(await judged(form, { change })).to.deep.equal({ notation: "ok", assay });
      });

      for (const { name, change, code, ca } of spoilings) {
        it(`${form}: both refuse ${name}`, async () => {
          expect(await judged(form, change, ca)).to.deep.equal(refused(code));
        });
      }
    }
  });
});
