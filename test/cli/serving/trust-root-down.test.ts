import { expect } from "chai";
import { createWorld, POLICY, type Pushed, type World } from "../../decision/world.ts";
import { createSigstore, githubIdentity, provenanceV1 } from "../../lab/sigstore/index.ts";
import { policyFolder, removeFolders } from "../../policy/source/policy-folder.ts";
import { PLAIN_POLICY, providerRequest } from "../../server/harness.ts";
import {
  LabRepository,
  NOW,
  serveMirror,
  type LabMirror,
  type Misbehave,
} from "../../verification/tuf/lab.ts";
import { serve, type Serving } from "./world.ts";

describe("a service whose trust-root server is down at the start", () => {
  let world: World;
  let mirror: LabMirror;
  let serving: Serving | undefined;
  const images: Partial<Record<"good" | "unsigned" | "stranger", Pushed>> = {};
  /** A Sigstore that the policy knows nothing of; the trust-root server says that it is the policy's. */
  const other = createSigstore({ name: "other" });
  before(async () => {
    world = await createWorld();
    const [good, unsigned, stranger] = ["good", "unsigned", "stranger"].map((name) =>
      world.push(`acme/${name}`),
    );
    good!.attach(world.attest(good!.digest));
    const statement = provenanceV1({ subjects: [{ digest: stranger!.digest }] });
    stranger!.attach(other.sign({ statement }, { identity: githubIdentity({}) }));
    Object.assign(images, { good, unsigned, stranger });
  });
  beforeEach(async () => {
    mirror = await serveMirror(new LabRepository());
    mirror.repository.publish({ ...other.trustedRoot });
  });
  afterEach(async () => {
    await serving?.close();
    serving = undefined;
    await mirror.close().catch(() => undefined);
    removeFolders();
  });
  after(() => world.close());

  const start = async () => {
    const source = policyFolder({
      "policy.yaml": POLICY,
      "trust/lab.json": JSON.stringify(world.sigstore.trustedRoot),
      "trust/lab.yaml": `tuf: { mirror: "${mirror.url}" }\n`,
      "trust/lab.root.json": Buffer.from(mirror.source().initialRoot).toString(),
      "trust/release.pub": world.key.pem,
    });
    const renewal = { refreshEvery: 3_600_000, cacheFolder: null };
    // The repository's metadata has its own time.
    serving = await serve(world, [{ ...PLAIN_POLICY, source }], { trust: { renewal, clock: () => NOW } });
    return serving;
  };

  const until = async (done: () => boolean) => {
    for (let tries = 0; tries < 1000 && !done(); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(done()).to.equal(true);
  };

  const refuse: Misbehave = (_path, response) => {
    response.socket?.destroy();
    return true;
  };
  /** `silent`: nothing is known of it for as long as these tests wait. */
  const FAULTS: readonly { readonly name: string; readonly misbehave: Misbehave; readonly silent?: true }[] =
    [
      { name: "breaks every connection", misbehave: refuse },
      { name: "never answers", misbehave: () => true, silent: true },
      {
        name: "answers 503",
        misbehave: (_path, response) => {
          response.writeHead(503).end();
          return true;
        },
      },
      {
        name: "answers a page",
        misbehave: (_path, response) => {
          response.writeHead(200, { "content-type": "text/html" }).end("<html>maintenance</html>");
          return true;
        },
      },
      {
        name: "has only what others have signed",
        misbehave: (path, response) => {
          const foreign = new LabRepository();
          foreign.publish({ ...other.trustedRoot });
          response.end(foreign.files.get(path) ?? "{}");
          return true;
        },
      },
    ];
  for (const { name, misbehave, silent = false } of FAULTS) {
    it(`T109 starts with the policy's own root, and lets in nothing else, where it ${name}`, async () => {
      mirror.misbehave = misbehave;
      const running = await start();
      const { service } = running;
      expect((await service.call("GET", "/readyz")).status).to.equal(200);
      const isSettled = () => running.lines().some(({ message }) => message === "trust root not renewed");
      await until(() => mirror.asked.length > 0 && (silent || isSettled()));
      const keys = [images.good, images.unsigned, images.stranger].map((image) => image!.reference);
      const { status, json } = await service.call(
        "POST",
        "/v1/gatekeeper/validate",
        providerRequest(...keys),
      );
      expect(status).to.equal(200);
      const items = json.response.items as readonly { key: string; value: { outcome: string } }[];
      expect(items.map(({ key, value }) => [key, value.outcome])).to.deep.equal([
        [keys[0], "allow"],
        [keys[1], "deny"],
        [keys[2], "deny"],
      ]);
      expect(running.policy().roots).to.deep.equal([{ name: "lab", confirmed: null }]);
    });
  }

  it("takes another root from one that is up: what is asked for above is what would be believed", async () => {
    const { decider, service } = await start();
    const before = decider.names(null).trust.digest;
    await until(() => decider.names(null).trust.digest !== before);
    const { reference } = images.stranger!;
    const { json } = await service.call("POST", "/v1/gatekeeper/validate", providerRequest(reference));
    expect(json.response.items[0].value.outcome).to.equal("allow");
  });
});
