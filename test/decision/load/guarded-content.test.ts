import { expect } from "chai";
import { digestOf, failure, success, type Result } from "../../../src/core/index.ts";
import { guardedContent } from "../../../src/decision/load/guarded-content.ts";
import { RegistryGuards } from "../../../src/decision/load/registry-guards.ts";
import { DEFAULT_LOAD, type LoadSettings } from "../../../src/decision/load/settings.ts";
import type { ContentSource, ReferrersList, RegistryCode } from "../../../src/registry/index.ts";

const DIGEST = digestOf(Buffer.from("subject"));
const LIST: ReferrersList = { descriptors: [], via: "api", truncated: false };
type Answer = Result<ReferrersList, RegistryCode>;

function guarded(settings: Partial<LoadSettings>, answer: (registry: string) => Promise<Answer>) {
  const clock = { now: 0 };
  const asked: string[] = [];
  const source: Pick<ContentSource, "referrers"> = {
    referrers: ({ registry }) => {
      asked.push(registry);
      return answer(registry);
    },
  };
  const guards = new RegistryGuards({ ...DEFAULT_LOAD, ...settings }, () => clock.now);
  const content = guardedContent(source as ContentSource, guards);
  const ask = (registry = "registry.test", signal = new AbortController().signal) =>
    content.referrers({ registry, repository: "app" }, DIGEST, { signal });
  return { ask, asked, clock, guards };
}

const codeOf = (answer: Answer) => (answer.ok ? "ok" : answer.reason.code);
const failing = (code: RegistryCode) => () => Promise.resolve(failure(code, "as the test says"));

describe("a registry's guard", () => {
  it("lets answers through as they are", async () => {
    const { ask } = guarded({}, () => Promise.resolve(success(LIST)));
    expect(await ask()).to.deep.equal(success(LIST));
  });

  for (const code of ["registry.unavailable", "registry.throttled"] as const) {
    it(`T243 asks no more after failures in a row: ${code}`, async () => {
      const { ask, asked, clock, guards } = guarded(
        { registryFailures: 3, registryPause: 5_000 },
        failing(code),
      );
      for (let i = 0; i < 3; i++) expect(codeOf(await ask())).to.equal(code);
      expect(codeOf(await ask())).to.equal("registry.unavailable");
      expect([asked.length, guards.paused]).to.deep.equal([3, ["registry.test"]]);
      clock.now += 5_000;
      expect(codeOf(await ask())).to.equal(code);
      expect(codeOf(await ask())).to.equal("registry.unavailable");
      expect(asked).to.have.length(4);
    });
  }

  it("T212 T240 the limit that a tenant's own credential has reached pauses the registry for nobody", async () => {
    const guards = new RegistryGuards({ ...DEFAULT_LOAD, registryFailures: 3 }, () => 0);
    const sourceOf = (code: RegistryCode) => ({ referrers: failing(code) }) as unknown as ContentSource;
    const name = { registry: "registry.test", repository: "app" };
    const ask = async (code: RegistryCode) => {
      const content = guardedContent(sourceOf(code), guards, { isTenants: true });
      return codeOf(await content.referrers(name, DIGEST, { signal: new AbortController().signal }));
    };
    for (let i = 0; i < 10; i++) expect(await ask("registry.throttled")).to.equal("registry.throttled");
    expect(guards.paused).to.deep.equal([]);
    for (let i = 0; i < 3; i++) await ask("registry.unavailable");
    expect(guards.paused).to.deep.equal(["registry.test"]);
  });

  for (const code of [
    "registry.not_found",
    "registry.auth_failed",
    "registry.tls",
    "registry.digest_mismatch",
  ] as const) {
    it(`holds no answer against it: ${code}`, async () => {
      const { ask, asked } = guarded({ registryFailures: 1 }, failing(code));
      for (let i = 0; i < 10; i++) await ask();
      expect(asked).to.have.length(10);
    });
  }

  it("counts a deadline only where the registry had had its time", async () => {
    const clock = { now: 0 };
    const {
      ask,
      asked,
      clock: guardClock,
    } = guarded({ registryFailures: 2 }, () => {
      guardClock.now += clock.now;
      return Promise.resolve(failure("registry.timeout", "late"));
    });
    clock.now = 499;
    for (let i = 0; i < 10; i++) await ask();
    expect(asked).to.have.length(10);
    clock.now = 500;
    for (let i = 0; i < 10; i++) await ask();
    expect(asked).to.have.length(12);
  });

  it("T212 another registry is asked all the same", async () => {
    const { ask, asked } = guarded({ registryFailures: 1 }, (registry) =>
      registry === "bad.test" ? failing("registry.unavailable")() : Promise.resolve(success(LIST)),
    );
    await ask("bad.test");
    await ask("bad.test");
    expect(codeOf(await ask("good.test"))).to.equal("ok");
    expect(asked).to.deep.equal(["bad.test", "good.test"]);
  });

  it("asks for so many things at once, and ends the wait of the rest when it opens", async () => {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const { ask, asked } = guarded({ registryConcurrency: 2, registryFailures: 2 }, () => promise);
    const answers = Array.from({ length: 10 }, () => ask());
    expect(asked).to.have.length(2);
    resolve(failure("registry.unavailable", "down"));
    expect((await Promise.all(answers)).map(codeOf)).to.deep.equal(
      Array.from({ length: 10 }, () => "registry.unavailable"),
    );
    expect(asked).to.have.length(2);
  });

  it("bounds what waits, and lets go whoever leaves", async () => {
    const { ask, asked } = guarded({ registryConcurrency: 1 }, () => new Promise(() => undefined));
    void ask();
    const caller = new AbortController();
    const waiting = Array.from({ length: 64 }, () => ask("registry.test", caller.signal));
    const refused = await ask();
    expect(codeOf(refused)).to.equal("registry.unavailable");
    caller.abort();
    expect(new Set((await Promise.all(waiting)).map(codeOf))).to.deep.equal(new Set(["registry.timeout"]));
    expect(asked).to.have.length(1);
  });

  it("makes a value of what a source throws", async () => {
    const { ask } = guarded({ registryFailures: 1 }, () => Promise.reject(new Error("broken")));
    expect([codeOf(await ask()), codeOf(await ask())]).to.deep.equal([
      "registry.unavailable",
      "registry.unavailable",
    ]);
  });

  it("T211 remembers no more registries than it may, however many are named", async () => {
    const { ask, asked, guards } = guarded({ registryFailures: 1 }, failing("registry.unavailable"));
    for (let i = 0; i < 3_000; i++) await ask(`host-${i}.test`);
    expect(asked).to.have.length(3_000);
    expect(guards.paused.length).to.be.at.most(1024);
  });
});
