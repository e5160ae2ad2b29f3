import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildWorld, type DemoWorld } from "../../demo/images.ts";
import { decide, type DecidingContext } from "../../src/decision/index.ts";
import type { JsonObject } from "../../src/core/index.ts";
import type { Descriptor } from "../../src/registry/index.ts";
import {
  cosignSignStatement,
  githubIdentity,
  provenanceV1,
  statement,
  type BundleJson,
  type GithubRun,
} from "../lab/sigstore/index.ts";
import { createWorld, impatientRegistry, openWorld, requestFor, verdictOf, type World } from "./world.ts";

describe("decide: the images of the demo", () => {
  let demo: DemoWorld;
  let context: DecidingContext;
  const registry = impatientRegistry();
  before(async () => {
    demo = await buildWorld();
    const policy = readFileSync(join(import.meta.dirname, "../../demo/policy/policy.yaml"), "utf8");
    context = { ...(await openWorld(policy, { demo: demo.trustedRoot })), registry };
  });
  after(async () => {
    registry.close();
    await context.engine.close();
    await demo.registry.close();
  });

  const VERDICTS = [
    ["acme/app", "allow"],
    ["acme/unsigned", "deny", "provenance.present"],
    ["acme/experimental", "deny", "provenance.builder_allowed"],
    ["acme/forged", "deny", "provenance.signer_allowed"],
    ["acme/replayed", "deny", "provenance.present"],
    ["acme/tampered", "deny", "provenance.present"],
    ["acme/playground", "deny", "source.repository_allowed"],
  ];

  it("are judged each as its story demands", async () => {
    const judged = await Promise.all(
      demo.images.map(async ({ reference, expected }) => {
        const signal = AbortSignal.timeout(15_000);
        const decided = await decide(requestFor(reference), context, { signal });
        expect(decided.decision.outcome).to.equal(expected);
        return [reference.replace(/^[^/]+\/(.*):1\.2\.3$/u, "$1"), ...verdictOf(decided)];
      }),
    );
    expect(judged).to.deep.equal(VERDICTS);
  });
});

const OTHER_BUILDER = { workflow: "experimental.yml" };
const OTHER_REPOSITORY = { repository: "acme/playground" };

describe("decide: images of several platforms", () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());

  let number = 0;
  const push = (organization = "acme") => {
    const image = world.push(`${organization}/multi-${++number}`, {
      platforms: ["linux/amd64", "linux/arm64"],
    });
    const [amd, arm] = image.platforms.map(({ descriptor }) => descriptor);
    if (amd === undefined || arm === undefined) throw new Error("the image has two platforms");
    return { ...image, amd, arm };
  };

  interface Kind {
    readonly name: string;
    /** What is attached to a manifest of the image, given its digest. */
    readonly attach: (digest: string) => BundleJson | undefined;
    readonly verdict: readonly string[];
  }
  const attested = (run: Partial<GithubRun>) => (digest: string) => world.attest(digest, run);
  const KINDS: readonly Kind[] = [
    { name: "properly attested", attach: attested({}), verdict: ["allow"] },
    { name: "unsigned", attach: () => undefined, verdict: ["deny", "provenance.present"] },
    {
      name: "by an unapproved builder",
      attach: attested(OTHER_BUILDER),
      verdict: ["deny", "provenance.builder_allowed"],
    },
    {
      name: "by a stranger who claims the approved builder",
      attach: (digest) => world.attest(digest, {}, githubIdentity({ repository: "mallory/app" })),
      verdict: ["deny", "provenance.signer_allowed"],
    },
    {
      name: "with the attestation of another image",
      attach: () => world.attest(`sha256:${"ab".repeat(32)}`),
      verdict: ["deny", "provenance.present"],
    },
    {
      name: "tampered after signing",
      attach: (digest) => tampered(world.attest(digest, OTHER_REPOSITORY)),
      verdict: ["deny", "provenance.present"],
    },
    {
      name: "from an unapproved repository",
      attach: attested(OTHER_REPOSITORY),
      verdict: ["deny", "source.repository_allowed"],
    },
  ];

  for (const { name, attach, verdict } of KINDS) {
    it(`T016 ${name}: the same on the index as on each platform`, async () => {
      const index = push();
      const onIndex = attach(index.digest);
      if (onIndex !== undefined) index.attach(onIndex);
      expect(verdictOf(await world.judge(index.reference))).to.deep.equal(verdict);

      const each = push();
      for (const platform of [each.amd, each.arm]) {
        const onPlatform = attach(platform.digest);
        if (onPlatform !== undefined) each.attach(onPlatform, platform);
      }
      // A rule speaks once for each of the two.
      expect([...new Set(verdictOf(await world.judge(each.reference)))]).to.deep.equal(verdict);
    });
  }

  it("T016 T132 one platform alone does not speak for the index", async () => {
    const image = push();
    image.attach(world.attest(image.amd.digest), image.amd);
    expect(verdictOf(await world.judge(image.reference))).to.deep.equal([
      "deny",
      "provenance.subject_matches",
    ]);
    const only = (platform: string) => world.judge(image.reference, { request: { platform } });
    expect(verdictOf(await only("linux/amd64"))).to.deep.equal(["allow"]);
    expect(verdictOf(await only("linux/arm64"))).to.deep.equal(["deny", "provenance.present"]);
    expect(verdictOf(await only("linux/s390x"))).to.deep.equal(["undecided", "image.platform_missing"]);
  });

  it("names the platforms there are in one short line, however many", async () => {
    const platforms = Array.from({ length: 60 }, (_, index) => `linux/arch${index}`);
    const image = world.push(`acme/multi-${++number}`, { platforms });
    const { decision } = await world.judge(image.reference, { request: { platform: "linux/amd64" } });
    expect(decision.reason?.message).to.match(
      /^the image has no platform linux\/amd64; it has: linux\/arch0, /u,
    );
    expect(decision.reason?.message.length).to.be.below(400);
  });

  it("T132 the index's attestation speaks for a platform asked for through it, never for its manifest alone", async () => {
    const image = push();
    image.attach(world.attest(image.digest));
    const through = await world.judge(image.reference, { request: { platform: "linux/arm64" } });
    expect(verdictOf(through)).to.deep.equal(["allow"]);
    expect(through.input?.image.platforms.map(({ platform }) => platform)).to.deep.equal(["linux/arm64"]);
    const alone = `${world.registry.host}/${image.repository}@${image.arm.digest}`;
    expect(verdictOf(await world.judge(alone))).to.deep.equal(["deny", "provenance.present"]);
  });

  it("T016 I4 a platform that the registry hides is still one that needs evidence", async () => {
    const image = push();
    image.attach(world.attest(image.amd.digest), image.amd);
    const answers = [{ status: 404 }, { body: "{}" }];
    for (const answer of answers) {
      world.registry.misbehave = ({ kind, reference }) =>
        kind === "manifest" && reference === image.arm.digest ? answer : undefined;
      const decided = await world.judge(image.reference);
      expect(verdictOf(decided), JSON.stringify(answer)).to.deep.equal([
        "deny",
        "provenance.subject_matches",
      ]);
      expect(decided.input?.completeness.complete).to.equal(false);
    }
    world.registry.misbehave = ({ reference }) =>
      reference === image.arm.digest ? { status: 503 } : undefined;
    const open = await world.judge(image.reference);
    expect(verdictOf(open)).to.deep.equal(["undecided", "registry.unavailable"]);
    world.registry.misbehave = undefined;
  });

  const vuln = "https://cosign.sigstore.dev/attestation/vuln/v1";
  const OTHERS: readonly [string, string, (digest: string) => JsonObject][] = [
    ["signed", "signature.present", (digest) => cosignSignStatement([{ digest }])],
    ["scanned", "attestations.required", (digest) => statement([{ digest }], vuln, { scanner: {} })],
  ];
  for (const [organization, code, make] of OTHERS) {
    it(`T016 ${code}: one platform alone does not speak for the index either`, async () => {
      const image = push(organization);
      const attach = (to: Descriptor) =>
        image.attach(world.sigstore.sign({ statement: make(to.digest) }), to);
      attach(image.amd);
      expect(verdictOf(await world.judge(image.reference))).to.deep.equal(["deny", code]);
      attach(image.arm);
      expect(verdictOf(await world.judge(image.reference))).to.deep.equal(["allow"]);
      const whole = push(organization);
      whole.attach(world.sigstore.sign({ statement: make(whole.digest) }));
      expect(verdictOf(await world.judge(whole.reference))).to.deep.equal(["allow"]);
    });
  }

  it("T017 an attestation of a manifest that is not in the index counts for nothing", async () => {
    const image = push();
    const foreign = world.registry.pushImage(image.repository, { seed: "foreign" });
    image.attach(world.attest(foreign.digest));
    const decided = await world.judge(image.reference);
    expect(verdictOf(decided)).to.deep.equal(["deny", "provenance.present"]);
    expect(decided.input?.evidence.map(({ status, reason }) => [status, reason?.code])).to.deep.equal([
      ["failed", "subject.mismatch"],
    ]);
  });

  it("T018 of two manifests under one platform's name, both need evidence", async () => {
    const image = push();
    const platform = { os: "linux", architecture: "amd64" };
    const index = world.registry.pushIndex(
      image.repository,
      { manifests: [image.amd, image.arm].map((manifest) => ({ ...manifest, platform })) },
      "twice",
    );
    const reference = `${world.registry.host}/${image.repository}@${index.digest}`;
    image.attach(world.attest(image.amd.digest), image.amd);
    const options = { request: { platform: "linux/amd64" } };
    expect(verdictOf(await world.judge(reference))).to.deep.equal(["deny", "provenance.subject_matches"]);
    expect(verdictOf(await world.judge(reference, options))).to.deep.equal([
      "deny",
      "provenance.subject_matches",
    ]);
    image.attach(world.attest(image.arm.digest), image.arm);
    expect(verdictOf(await world.judge(reference, options))).to.deep.equal(["allow"]);
  });

  it("T073 a statement about many images of one build counts for the one it is asked about", async () => {
    const image = push();
    const others = Array.from({ length: 500 }, (_, index) => ({
      name: `other-${index}`,
      digest: `sha256:${index.toString(16).padStart(64, "0")}`,
    }));
    const many = provenanceV1({ subjects: [...others, { name: "ours", digest: image.digest }] });
    image.attach(world.sigstore.sign({ statement: many }));
    expect(verdictOf(await world.judge(image.reference))).to.deep.equal(["allow"]);
  });
});

/** The provenance now names an approved repository, but the signature was made over the old text. */
function tampered(bundle: BundleJson): BundleJson {
  const { dsseEnvelope } = bundle;
  if (dsseEnvelope === undefined) throw new Error("only statements can be altered so");
  const statement = Buffer.from(dsseEnvelope.payload, "base64").toString();
  const payload = Buffer.from(statement.replaceAll("acme/playground", "acme/app")).toString("base64");
  return { ...bundle, dsseEnvelope: { ...dsseEnvelope, payload } };
}
