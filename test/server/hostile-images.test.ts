import { expect } from "chai";
import type { Decision } from "../../src/decision/index.ts";
import type { ProviderItem } from "../../src/server/index.ts";
import { createWorld, type Pushed, type World } from "../decision/world.ts";
import { BUNDLE_MEDIA_TYPES, githubIdentity } from "../lab/sigstore/index.ts";
import { kindNamed, objectOf, podSpec } from "./admission/objects.ts";
import { providerRequest, startTestService, type TestService } from "./harness.ts";
import { realDecider } from "./real-decider.ts";

const BUNDLE = BUNDLE_MEDIA_TYPES["0.3"];
const MIB = 1024 * 1024;

/** Bytes of an answer about one image: nothing that a stranger wrote makes it large. */
const SMALL_ANSWER = 8192;

/**
 * Images that once brought a real verifier to crash, hang, or answer wrongly, as the surfaces of the service judge them;
 * what is said of their evidence is tested in test/decision/hostile.test.ts.
 */
describe("the service, on hostile images", () => {
  let world: World;
  let service: TestService;
  before(async () => {
    world = await createWorld();
    service = await startTestService({
      budgets: { gatekeeper: 20_000, kyverno: 20_000, admission: 20_000, dataApi: 20_000 },
      decider: realDecider(world.context),
    });
  });
  after(async () => {
    await service.close();
    await world.close();
  });

  /** What every surface says of an image: the same. */
  const outcomesOf = async ({ reference }: Pushed): Promise<readonly string[]> => {
    const provider = await service.call("POST", "/v1/gatekeeper/validate", providerRequest(reference));
    const decisions = await service.call("POST", "/v1/decisions", { images: [reference] });
    const admission = await service.call("POST", "/v1/admission/validate", review(reference));
    const data = await service.call("POST", "/v1/data/assay/decision", { input: { image: reference } });
    for (const { text } of [provider, decisions, admission, data]) {
      expect(text.length).to.be.below(SMALL_ANSWER);
      expect(text).not.to.contain(MARK);
    }
    const [item] = provider.json.response.items as readonly ProviderItem[];
    const decision = decisions.json.decisions[reference] as Decision;
    const { result } = data.json as { result: Decision };
    expect([item?.value.allow, decision.allow, result.allow]).to.deep.equal(
      [item?.value.outcome, decision.outcome, result.outcome].map((outcome) => outcome === "allow"),
    );
    const admitted = admission.json.response.allowed === true ? "allow" : "deny";
    return [item?.value.outcome ?? "none", decision.outcome, admitted, result.outcome];
  };

  let number = 0;
  const push = () => world.push(`acme/hostile-service-${++number}`);
  const referrer = (image: Pushed, artifactType: string, layers: readonly object[]) => {
    const { mediaType, digest, size } = image.descriptor;
    const config = world.registry.pushBlob(image.repository, "{}", "application/vnd.oci.empty.v1+json");
    const subject = { mediaType, digest, size };
    world.registry.push(image.repository, { artifactType, config, layers, subject });
  };
  const blob = (image: Pushed, content: string | Uint8Array, type: string = BUNDLE) =>
    world.registry.pushBlob(image.repository, content, type);
  const tampered = (image: Pushed): string => {
    const bundle = world.attest(image.digest);
    const payload = Buffer.from(bundle.dsseEnvelope?.payload ?? "", "base64").toString();
    const other = Buffer.from(payload.replace("acme/app", "acme/apq")).toString("base64");
    return JSON.stringify({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: other } });
  };

  const CASES: readonly { readonly name: string; readonly attach: (image: Pushed) => void }[] = [
    { name: "A130 no evidence at all", attach: () => undefined },
    { name: "A141 an artifact manifest without layers", attach: (image) => referrer(image, BUNDLE, []) },
    { name: "A141 a blob of garbage", attach: (image) => image.attach(`${MARK}\u0001{]`) },
    {
      name: "A141 a blob of a kind that nobody knows",
      attach: (image) =>
        referrer(image, "application/x.unknown", [blob(image, MARK, "application/x.unknown")]),
    },
    {
      name: "A141 a blob that is not there",
      attach: (image) =>
        referrer(image, BUNDLE, [{ mediaType: BUNDLE, digest: `sha256:${"cd".repeat(32)}`, size: 100 }]),
    },
    {
      name: "T040 five hundred foreign referrers",
      attach: ({ repository, descriptor }) => {
        for (let index = 0; index < 500; index++) {
          world.registry.pushReferrer(
            repository,
            descriptor,
            "application/x.foreign",
            `{"${MARK}":${index}}`,
          );
        }
      },
    },
    {
      name: "A141 another image's bundle",
      attach: (image) => image.attach(world.attest(`sha256:${"ef".repeat(32)}`)),
    },
    { name: "A141 a bundle that was tampered with", attach: (image) => image.attach(tampered(image)) },
    {
      name: "A141 a valid bundle of another signer of the same Sigstore",
      attach: (image) =>
        image.attach(world.attest(image.digest, {}, githubIdentity({ repository: "mallory/app" }))),
    },
  ];

  for (const { name, attach } of CASES) {
    it(`${name}: denied on every surface, and the good one beside it counts`, async () => {
      const alone = push();
      attach(alone);
      expect(await outcomesOf(alone)).to.deep.equal(["deny", "deny", "deny", "deny"]);
      const beside = push();
      attach(beside);
      beside.attach(world.attest(beside.digest));
      expect(await outcomesOf(beside)).to.deep.equal(["allow", "allow", "allow", "allow"]);
    });
  }

  it("T048 a referrer of 64 MB: a small denial, and the good one beside it counts", async () => {
    const image = push();
    referrer(image, BUNDLE, [blob(image, Buffer.alloc(64 * MIB, MARK))]);
    for (const outcome of ["deny", "allow"]) {
      const path = "/v1/gatekeeper/validate";
      const { text, json } = await service.call("POST", path, providerRequest(image.reference));
      expect(json.response.items[0].value.outcome).to.equal(outcome);
      expect(text.length).to.be.below(SMALL_ANSWER);
      expect(text).not.to.contain(MARK);
      image.attach(world.attest(image.digest));
    }
  });
});

/** Stands in what strangers attach; no answer repeats it. */
const MARK = "written-by-a-stranger";

function review(image: string) {
  const pod = kindNamed("Pod");
  const { group, version, kind } = pod;
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "1",
      kind: { group, version, kind },
      operation: "CREATE",
      namespace: "prod",
      object: objectOf(pod, podSpec(image)),
    },
  };
}
