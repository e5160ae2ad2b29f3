import { expect } from "chai";
import { attachBundle, pushCosignTag } from "../lab/images.ts";
import { type LabStore, type PushedImage } from "../lab/registry/store.ts";
import {
  cosignAttestation,
  cosignSignature,
  cosignSignStatement,
  GITHUB_ISSUER,
  githubRun,
  provenanceV1,
  signerWorkflow,
} from "../lab/sigstore/index.ts";
import { gathered, outline } from "./assay.ts";
import { REGISTRIES, startRegistry, type RunningRegistry } from "./registries.ts";
import { createSetting, pushImage, type Setting } from "./setting.ts";

const IDENTITY = signerWorkflow(githubRun());

/** One of the ways in which the lab signs and attaches. */
interface LabWay {
  readonly name: string;
  readonly command: "verify" | "verify-attestation";
  readonly by: "key" | "identity";
  /** What cosign must be told besides the signer and the root. */
  readonly flags: readonly string[];
  readonly attach: (setting: Setting, store: LabStore, repository: string, image: PushedImage) => void;
  /** What assay sees, without the end of the line. */
  readonly seen: string;
}

const PROVENANCE = ["--type", "slsaprovenance1"];
const OLDER = "--new-bundle-format=false";
const UNLOGGED = "--insecure-ignore-tlog=true";
const STAMPED = "--use-signed-timestamps";
const REFERRER = "referrer: https://slsa.dev/provenance/v1";

const statementOf = ({ digest }: PushedImage) => provenanceV1({ subjects: [{ digest }] });

const LAB_WAYS: readonly LabWay[] = [
  {
    name: "a keyless bundle with Rekor v1",
    command: "verify-attestation",
    by: "identity",
    flags: PROVENANCE,
    seen: REFERRER,
    attach({ sigstore }, store, repository, image) {
      const bundle = sigstore.sign({ statement: statementOf(image) });
      attachBundle(store, repository, image.descriptor, bundle);
    },
  },
  {
    name: "a keyless bundle with Rekor v2 and a timestamp",
    command: "verify-attestation",
    by: "identity",
    flags: [...PROVENANCE, STAMPED],
    seen: REFERRER,
    attach({ sigstore }, store, repository, image) {
      const bundle = sigstore.sign({ statement: statementOf(image) }, { log: "rekor-v2" });
      attachBundle(store, repository, image.descriptor, bundle);
    },
  },
  {
    name: "a bundle by key",
    command: "verify-attestation",
    by: "key",
    flags: [...PROVENANCE, UNLOGGED],
    seen: REFERRER,
    attach({ sigstore, key }, store, repository, image) {
      const bundle = sigstore.signWithKey({ statement: statementOf(image) }, key);
      attachBundle(store, repository, image.descriptor, bundle);
    },
  },
  {
    name: "a signature as a bundle",
    command: "verify",
    by: "identity",
    flags: [],
    seen: "referrer: https://sigstore.dev/cosign/sign/v1",
    attach({ sigstore }, store, repository, image) {
      const bundle = sigstore.sign({ statement: cosignSignStatement([{ digest: image.digest }]) });
      attachBundle(store, repository, image.descriptor, bundle);
    },
  },
  {
    name: "an older attestation, keyless",
    command: "verify-attestation",
    by: "identity",
    flags: [...PROVENANCE, OLDER],
    seen: "cosign-tag: https://slsa.dev/provenance/v1",
    attach({ sigstore }, store, repository, image) {
      const layer = cosignAttestation(sigstore, statementOf(image));
      pushCosignTag(store, repository, image.digest, "att", [layer]);
    },
  },
  {
    name: "an older signature, keyless",
    command: "verify",
    by: "identity",
    flags: [OLDER],
    seen: "cosign-tag: signature",
    attach({ sigstore }, store, repository, image) {
      pushCosignTag(store, repository, image.digest, "sig", [cosignSignature(sigstore, image.digest)]);
    },
  },
  {
    name: "an older signature by key",
    command: "verify",
    by: "key",
    flags: [OLDER, UNLOGGED],
    seen: "cosign-tag: signature",
    attach({ sigstore, key }, store, repository, image) {
      const layer = cosignSignature(sigstore, image.digest, { key, log: "none" });
      pushCosignTag(store, repository, image.digest, "sig", [layer]);
    },
  },
];

/** The lab is true where the real cosign believes it, and assay where it says what cosign says. */
describe("what the lab makes, cosign verifies, and assay agrees", () => {
  let setting: Setting;
  before(async function () {
    setting = await createSetting(this, ["oras", "cosign", "conforming", "distribution", "misreporting"]);
  });
  after(() => setting?.close());

  const judge = async (way: LabWay, reference: string, signer: readonly string[], root: string) => {
    const flags = [...way.flags, ...signer, "--trusted-root", setting.file(root)];
    return setting.clients.try("cosign", way.command, ...flags, reference);
  };
  const identity = (name: string): readonly string[] => [
    "--certificate-identity",
    name,
    "--certificate-oidc-issuer",
    GITHUB_ISSUER,
  ];

  for (const kind of REGISTRIES) {
    describe(`in ${kind.name}`, () => {
      let registry: RunningRegistry;
      before(async () => {
        registry = await startRegistry(kind, setting.clients);
      });
      after(() => registry?.close());

      for (const way of LAB_WAYS) {
        it(way.name, async () => {
          const { repository, reference, digest } = await pushImage(setting, registry.host, (store, name) => {
            const image = store.pushImage(name, { seed: way.name });
            way.attach(setting, store, name, image);
            return image;
          });
          const { trusts } = setting;
          const [signer, stranger, root, good, bad] =
            way.by === "key"
              ? ([
                  ["--key", setting.file("cosign.pub")],
                  ["--key", setting.file("other.pub")],
                  "no-root.json",
                  trusts.key,
                  trusts.otherKey,
                ] as const)
              : ([
                  identity(IDENTITY),
                  identity(`${IDENTITY}-not`),
                  "root.json",
                  trusts.root,
                  trusts.otherRoot,
                ] as const);

          const accepted = await judge(way, reference, signer, root);
          expect(accepted.ok, accepted.stderr).to.equal(true);
          expect(accepted.stdout + accepted.stderr).to.contain(digest.slice("sha256:".length));
          const named = way.by === "key" ? setting.key.keyId : `${IDENTITY} in root`;
          expect(outline(await gathered(`${repository}:latest`, good))).to.deep.equal([
            `${way.seen}: ${named}`,
          ]);

          expect((await judge(way, reference, stranger, root)).ok).to.equal(false);
          const why = way.by === "key" ? "key.unknown" : "certificate.untrusted";
          expect(outline(await gathered(reference, bad))).to.deep.equal([`${way.seen}: failed ${why}`]);
          if (way.by === "identity") {
            expect((await judge(way, reference, signer, "other-root.json")).ok).to.equal(false);
          }
        });
      }
    });
  }
});
