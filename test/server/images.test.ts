import { expect } from "chai";
import { CachingDecider, DEFAULT_CACHE, DEFAULT_LOAD, evaluate } from "../../src/decision/index.ts";
import type { InputDocument } from "../../src/normalization/index.ts";
import { inputSchemaErrors } from "../normalization/schema.ts";
import type { KeyValue, ProviderItem } from "../../src/server/index.ts";
import { spdxStatement } from "../lab/sigstore/index.ts";
import { createWorld, type World } from "../decision/world.ts";
import { providerRequest, startTestService, type TestService } from "./harness.ts";
import { realDecider } from "./real-decider.ts";

const PATH = "/v1/gatekeeper/validate";

/** What Gatekeeper is answered about real images: every stage is the real one. */
describe("POST /v1/gatekeeper/validate, on images", () => {
  let world: World;
  let service: TestService;
  before(async () => {
    world = await createWorld();
    service = await startTestService({
      budgets: { gatekeeper: 1500, kyverno: 1500, admission: 1500 },
      decider: realDecider(world.context),
    });
  });
  afterEach(() => {
    world.registry.misbehave = undefined;
  });
  after(async () => {
    await service.close();
    await world.close();
  });

  const ask = async (...keys: readonly string[]) => {
    const { json } = await service.call("POST", PATH, providerRequest(...keys));
    return json.response as { readonly items?: readonly ProviderItem[]; readonly systemError?: string };
  };
  const codes = (value?: KeyValue) => value?.reasons.map((reason) => reason.split(":")[0]);
  const good = (name: string) => {
    const image = world.push(name);
    image.attach(world.attest(image.digest));
    return image;
  };

  it("A141 ten keys, one of them bad in whatever way: nine are answered as if it were not there", async () => {
    const nine = Array.from({ length: 9 }, (_, index) => good(`acme/batch-${index}`).reference);
    const { registry } = world;
    const evil = world.push("acme/batch-evil");
    evil.attach("[".repeat(1000));
    const bad = [
      ["not a reference!", "reference.invalid"],
      [`${registry.host}/acme/batch-0:absent`, "registry.not_found"],
      [`${registry.host}/foreign/app:1`, "registry.not_found"],
      [evil.reference, "provenance.present"],
      ["[x y]nginx", "key.invalid"],
    ] as const;
    for (const [key, code] of bad) {
      const { items } = await ask(...nine.slice(0, 4), key, ...nine.slice(4));
      expect(items?.map((item) => item.key)).to.deep.equal([...nine.slice(0, 4), key, ...nine.slice(4)]);
      const denied = items?.filter(({ value }) => !value.allow);
      expect(denied?.map((item) => [item.key, codes(item.value)])).to.deep.equal([[key, [code]]]);
    }
  });

  it("T009 one image in several spellings: each answered under its own, its tag asked for once", async () => {
    const image = world.push("acme/nginx", { tag: "latest" });
    world.registry.requests.length = 0;
    const name = `${world.registry.host}/acme/nginx`;
    const keys = [name, `${name}:latest`, name, `${name}@${image.digest}`, `${name}:latest`];
    const clocks = { now: () => new Date(), elapsed: () => performance.now() };
    const caching = new CachingDecider({ cache: DEFAULT_CACHE, load: DEFAULT_LOAD, clocks });
    const registry = caching.content(world.context.registry ?? expect.fail("a world without registry"));
    const remembering = await startTestService({ decider: realDecider({ ...world.context, registry }) });
    const { json } = await remembering.call("POST", PATH, providerRequest(...keys));
    await remembering.close();
    const { items } = json.response as { readonly items?: readonly ProviderItem[] };
    expect(items?.map(({ key }) => key)).to.deep.equal(keys);
    expect(new Set(items?.map(({ value }) => JSON.stringify([value.digest, codes(value)])))).to.deep.equal(
      new Set([JSON.stringify([image.digest, ["provenance.present"]])]),
    );
    const byTag = world.registry.requests.filter(({ reference }) => reference === "latest");
    expect(byTag).to.have.length(1);
  });

  it("A002 A050 an attestation of another type does not let an image in", async () => {
    const image = world.push("acme/spdx-only");
    image.attach(world.sigstore.sign({ statement: spdxStatement([{ digest: image.digest }]) }));
    const { items } = await ask(image.reference);
    expect(items?.map(({ value }) => [value.allow, codes(value)])).to.deep.equal([
      [false, ["provenance.present"]],
    ]);
  });

  it("A079 T208 a registry that is down or slow is a systemError without items, and right when it is back", async () => {
    const image = good("acme/outage");
    const unsigned = world.push("acme/outage-unsigned");
    for (const answer of [{ status: 503 }, { delayMs: 6000 }]) {
      world.registry.misbehave = () => answer;
      const { items, systemError } = await ask(image.reference, unsigned.reference);
      expect(items).to.equal(undefined);
      expect(systemError).to.match(/^assay: 2 of 2 images could not be decided/u);
      world.registry.misbehave = undefined;
      const back = await ask(image.reference, unsigned.reference);
      expect(back.items?.map(({ value }) => value.allow)).to.deep.equal([true, false]);
    }
  });

  it("A054 T239 mutation gives the digest that validation then judges, wherever the tag points by then", async () => {
    const name = `${world.registry.host}/acme/mutated`;
    const tagged = world.push("acme/mutated", { tag: "v1", seed: "1" });
    tagged.attach(world.attest(tagged.digest));
    const { json } = await service.call("POST", "/v1/gatekeeper/mutate", providerRequest(`${name}:v1`));
    expect(json.response.items).to.deep.equal([{ key: `${name}:v1`, value: `${name}:v1@${tagged.digest}` }]);
    world.push("acme/mutated", { tag: "v1", seed: "2" });
    const { items } = await ask(`${name}:v1@${tagged.digest}`, `${name}:v1`);
    expect(items?.map(({ value }) => [value.allow, value.digest === tagged.digest])).to.deep.equal([
      [true, true],
      [false, false],
    ]);
  });

  it("a denied image is given its digest, one that is not there an error, an outage a systemError", async () => {
    const path = "/v1/gatekeeper/mutate";
    const unsigned = world.push("acme/unsigned-mutated", { tag: "v1" });
    const name = `${world.registry.host}/acme/unsigned-mutated`;
    const { json } = await service.call("POST", path, providerRequest(`${name}:v1`, `${name}:absent`));
    expect(json.response.items[0]).to.deep.equal({
      key: `${name}:v1`,
      value: `${name}:v1@${unsigned.digest}`,
    });
    expect(json.response.items[1].error).to.match(/^assay: registry\.not_found: /);
    world.registry.misbehave = () => ({ status: 503 });
    const down = await service.call("POST", path, providerRequest(`${name}:v1`));
    expect(down.json.response).to.have.all.keys("idempotent", "systemError");
  });

  it("?value=input hands out the whole input document, over which the policy says what the service decides", async () => {
    const image = good("acme/described");
    const path = `${PATH}?value=input`;
    const { json } = await service.call("POST", path, providerRequest(`[prod]${image.reference}`));
    const [{ value }] = json.response.items as [{ value: InputDocument }];
    expect(inputSchemaErrors(value)).to.deep.equal([]);
    expect(value.request).to.deep.equal({
      reference: image.reference,
      surface: "gatekeeper",
      namespace: "prod",
      parameters: {},
    });
    expect(value.omitted).to.deep.equal([]);
    expect(value.provenance).to.have.length(1);
    const decision = await evaluate(value, world.context, new Date(value.time));
    expect(decision).to.include({ allow: true, outcome: "allow" });
  });

  it("the Data API decides as the other surfaces do", async () => {
    for (const image of [good("acme/data-api"), world.push("acme/data-api-unsigned")]) {
      const { items } = await ask(image.reference);
      const body = { input: { image: image.reference } };
      const decision = await service.call("POST", "/v1/data/assay/decision", body);
      const allow = await service.call("POST", "/v1/data/assay/allow", body);
      const expected = items?.[0]?.value.allow;
      expect([decision.json.result.allow, allow.json.result]).to.deep.equal([expected, expected]);
      expect(decision.json.result.image).to.deep.equal({ reference: image.reference, digest: image.digest });
      expect(decision.json.decision_id).to.equal(decision.json.result.decisionId);
    }
  });
});
