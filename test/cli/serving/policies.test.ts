import { expect } from "chai";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import type { PolicySettings } from "../../../src/server/index.ts";
import { createWorld, POLICY, type Pushed, type World } from "../../decision/world.ts";
import { PLAIN_POLICY, providerRequest } from "../../server/harness.ts";
import { DENYING, Files, KEYS, serve, type Serving } from "./world.ts";

describe("policies of a service", () => {
  let world: World;
  let files: Files;
  let image: Pushed;
  let serving: Serving | undefined;
  before(async () => {
    world = await createWorld();
    files = new Files(world);
    image = world.push("acme/app");
    image.attach(world.attest(image.digest));
  });
  afterEach(async () => {
    await serving?.close();
    serving = undefined;
  });
  after(async () => {
    files.remove();
    await world.close();
  });

  const start = async (...policies: readonly Partial<PolicySettings>[]) => {
    serving = await serve(
      world,
      policies.map((policy) => ({ ...PLAIN_POLICY, refresh: 0, ...policy })),
    );
    return serving;
  };
  const ask = async ({ service }: Serving, namespace?: string) => {
    const body = { images: [image.reference], ...(namespace === undefined ? {} : { namespace }) };
    const { status, json } = await service.call("POST", "/v1/decisions", body);
    return { status, allow: json.allow as unknown, ...json.decisions[image.reference] };
  };

  it("T188 T173 T175 decide under load while good and bad ones are put in place: one revision throughout, never a bad one", async () => {
    const key = KEYS.release;
    const signed = (text: string, revision: string) => files.archive(text, { revision, key });
    const source = files.write("loaded.tar.gz", await signed(POLICY, "0-allow"));
    const running = await start({ source, signers: [{ key: files.path("release.pub") }] });
    const good = await Promise.all(
      Array.from({ length: 3 }, (_, index) => {
        const allows = index % 2 === 1;
        return signed(allows ? POLICY : DENYING, `${index + 1}-${allows ? "allow" : "deny"}`);
      }),
    );
    // A byte of data.json, in an archive that is whole otherwise.
    const tampered = gunzipSync(await signed(DENYING, "bad-tampered"));
    tampered.write("allow", tampered.indexOf("deny"));
    const bad: readonly Uint8Array[] = [
      await files.archive(DENYING, { revision: "bad-unsigned" }),
      await files.archive(DENYING, { revision: "bad-stranger", key: KEYS.stranger }),
      gzipSync(tampered),
      (await signed(DENYING, "bad-cut")).slice(0, 5000),
      Buffer.from("<html>no policy</html>"),
      await signed(DENYING.replace("name: acme", "name: other"), "bad-name"),
    ];
    const swapping = { over: false };
    const seen = new Map<string, number>();
    const faults: unknown[] = [];
    const client = async () => {
      while (!swapping.over) {
        const { status, allow, outcome, policy } = await ask(running);
        const matches = policy?.revision?.endsWith(`-${outcome}`) === true && allow === (outcome === "allow");
        if (status !== 200 || !matches) faults.push([status, allow, outcome, policy]);
        seen.set(policy?.revision, (seen.get(policy?.revision) ?? 0) + 1);
      }
    };
    const clients = Array.from({ length: 6 }, client);
    const codes: unknown[] = [];
    for (const [index, archive] of good.entries()) {
      for (const worse of bad.slice(index * 2, index * 2 + 2)) {
        const refusal = () => {
          const last = running.policy().store.lastRefusal;
          return last?.code === "source.changed_while_read" ? null : last;
        };
        const before = refusal()?.message;
        files.write("loaded.tar.gz", worse);
        await running.refreshUntil(() => refusal() !== null && refusal()?.message !== before);
        codes.push(refusal()?.code);
      }
      files.write("loaded.tar.gz", archive);
      const revision = `${index + 1}-${index % 2 === 1 ? "allow" : "deny"}`;
      await running.refreshUntil(() => running.policy().store.revision === revision);
      // Whoever asks from now on is answered by it, remembered or not.
      expect((await ask(running)).policy.revision).to.equal(revision);
    }
    swapping.over = true;
    await Promise.all(clients);
    expect(faults).to.deep.equal([]);
    const revisions = [...seen.keys()];
    expect(revisions.filter((revision) => revision.startsWith("bad"))).to.deep.equal([]);
    expect(revisions).to.include.members(["0-allow", "1-deny", "2-allow"]);
    expect([...seen.values()].reduce((a, b) => a + b)).to.be.greaterThan(50);
    expect(running.policy().activations.activated).to.equal(4);
    expect(codes).to.deep.equal([
      "signature.missing",
      "signature.signer_unknown",
      "signature.files_mismatch",
      "source.invalid",
      "source.invalid",
      "activation.name_changed",
    ]);
    const retired = () =>
      running.lines().flatMap(({ message, revision }) => (message === "policy retired" ? [revision] : []));
    for (let tries = 0; tries < 400 && retired().length < 3; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(retired()).to.have.members(["0-allow", "1-deny", "2-allow"]);
  });

  it("T179 each decide for their namespaces, with signers and trust of their own", async () => {
    const everybody = files.write("rest.tar.gz", await files.archive(POLICY, { revision: "rest" }));
    const strict = files.write(
      "strict.tar.gz",
      await files.archive(DENYING.replace("name: acme", "name: strict"), {
        revision: "7",
        key: KEYS.release,
      }),
    );
    const running = await start(
      { source: everybody },
      {
        name: "strict",
        source: strict,
        namespaces: ["prod", "prod-*"],
        signers: [{ name: "release", key: files.path("release.pub") }],
      },
    );
    const outcomes = async () =>
      Promise.all(
        [undefined, "dev", "prod", "prod-eu"].map(async (namespace) => {
          const { outcome, policy } = await ask(running, namespace);
          return `${outcome} ${policy.name} ${policy.revision}`;
        }),
      );
    const expected = ["allow acme rest", "allow acme rest", "deny strict 7", "deny strict 7"];
    expect(await outcomes()).to.deep.equal(expected);
    // The same from memory: no decision is given to another namespace's callers.
    expect(await outcomes()).to.deep.equal(expected);
    const provider = await running.service.call(
      "POST",
      "/v1/gatekeeper/validate",
      providerRequest(image.reference, `[prod]${image.reference}`),
    );
    expect(
      provider.json.response.items.map(({ value }: { value: { allow: boolean } }) => value.allow),
    ).to.deep.equal([true, false]);
    expect(running.policy("strict").store.signedBy.map(({ signer }) => signer)).to.deep.equal(["release"]);
    expect(running.metrics()).to.include('assay_policy_ready{policy="strict"} 1');
  });

  it("T191 T246 T255 a source that is down at the start: not ready, undecided, and then served without restart", async () => {
    const state: { answer: RequestListener } = {
      answer: (_request, response) => response.writeHead(503).end(),
    };
    const server = createServer((request, response) => state.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const archive = await files.archive(POLICY, { revision: "late" });
      const { port } = server.address() as AddressInfo;
      const running = await start({ source: `http://127.0.0.1:${port}/acme.tar.gz` });
      const ready = async () => (await running.service.call("GET", "/readyz")).status;
      expect([await ready(), running.decider.ready()]).to.deep.equal([503, false]);
      const open = await running.service.call(
        "POST",
        "/v1/gatekeeper/validate",
        providerRequest(image.reference),
      );
      expect([open.status, open.json.response.systemError]).to.deep.equal([
        503,
        "assay: 1 of 1 images could not be decided (policy.not_loaded): try again",
      ]);
      expect(await ask(running)).to.deep.include({ status: 200, allow: false, outcome: "undecided" });
      state.answer = ({ url }, response) => {
        if (url !== "/acme.tar.gz") return response.writeHead(404).end();
        return response.writeHead(200, { "content-type": "application/gzip", etag: '"1"' }).end(archive);
      };
      await running.refreshUntil(() => running.decider.ready());
      expect([await ready(), (await ask(running)).policy.revision]).to.deep.equal([200, "late"]);
      // From now on nothing that the server does undoes it.
      state.answer = (_request, response) =>
        response.writeHead(200, { "content-type": "text/html" }).end("<p>");
      await running.refreshUntil(() => running.policy().store.lastRefusal !== null);
      expect([await ready(), (await ask(running)).allow]).to.deep.equal([200, true]);
      expect(
        running.metrics().some((line) => line.startsWith("assay_policy_refused_timestamp_seconds")),
      ).to.equal(true);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("what is wrong on this host is said, of all policies, and nothing begins", async () => {
    files.write("broken.tar.gz", "no archive");
    const policies = [
      { source: files.path("broken.tar.gz") },
      { name: "other", source: files.path("nowhere"), namespaces: ["other"] },
    ];
    const thrown = await start(...policies).catch(String);
    expect(thrown).to.match(/broken\.tar\.gz: .*not a gzip archive.*\n.*nowhere: there is no such policy/);
  });

  describe("in the shadow of another", () => {
    const spying = async (shadow: string, change: Partial<PolicySettings> = {}) => {
      const source = files.write("enforced.tar.gz", await files.archive(POLICY, { revision: "enforced" }));
      const beside = files.write("shadow.tar.gz", await files.archive(shadow, { revision: "next" }));
      const running = await start({ source, shadow: { source: beside, signers: [] }, ...change });
      await running.refreshUntil(() => running.policy().shadow?.names !== null);
      const fresh = world.push(`acme/shadowed-${Math.random().toString(36).slice(2)}`);
      fresh.attach(world.attest(fresh.digest));
      return { running, fresh };
    };
    const settled = async (running: Serving, all: number) => {
      const decisions = () => running.policy().shadow?.decisions ?? { none: 0 };
      for (let tries = 0; tries < 500; tries++) {
        if (Object.values(decisions()).reduce((a, b) => a + b) >= all) break;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return decisions();
    };

    it("is decided from the same evidence, nothing of it fetched again, and never answered", async () => {
      const { running, fresh } = await spying(DENYING);
      const body = { images: [fresh.reference] };
      const { json } = await running.service.call("POST", "/v1/decisions", body);
      const asked = world.registry.requests.length;
      expect([json.allow, json.decisions[fresh.reference].policy.revision]).to.deep.equal([true, "enforced"]);
      expect(await settled(running, 1)).to.deep.equal({ same: 0, different: 1, failed: 0, dropped: 0 });
      expect(world.registry.requests.length).to.equal(asked);
      const [difference] = running.differences;
      expect([
        difference?.enforced.outcome,
        difference?.shadow.outcome,
        difference?.onlyShadow,
      ]).to.deep.equal(["allow", "deny", ["provenance.builder_allowed"]]);
      expect(running.lines().at(-1)).to.deep.include({
        message: "shadow differs",
        policy: "default",
        reference: fresh.reference,
        enforced: "allow",
        enforcedRevision: "enforced",
        shadow: "deny",
        shadowRevision: "next",
        onlyShadow: "provenance.builder_allowed",
      });
      // What is remembered was not decided again, and is still the enforced one's.
      const again = await running.service.call("POST", "/v1/decisions", body);
      expect(JSON.stringify(again.json)).to.equal(JSON.stringify(json));
      expect(running.metrics()).to.include(
        'assay_shadow_decisions_total{policy="default",result="different"} 1',
      );
      expect(
        running.metrics().some((line) => /^assay_shadow_policy_info\{.*revision="next"/.test(line)),
      ).to.equal(true);
    });

    it("agrees with one that says the same", async () => {
      const { running, fresh } = await spying(`${POLICY}\n# only a comment more\n`);
      await running.service.call("POST", "/v1/decisions", { images: [fresh.reference] });
      expect(await settled(running, 1)).to.deep.equal({ same: 1, different: 0, failed: 0, dropped: 0 });
      expect(running.differences).to.deep.equal([]);
    });

    it("judges by its own trust where that is another", async () => {
      // Without the key that the enforced one trusts as well, its trust is another.
      const { running, fresh } = await spying(
        POLICY.replace(/^ {2}key: .*\n/m, "").replace(/^.*keyed[^]*?\[key\] \}\n/m, ""),
      );
      await running.service.call("POST", "/v1/decisions", { images: [fresh.reference] });
      expect(await settled(running, 1)).to.deep.include({ same: 1 });
      const status = running.policy();
      expect(status.shadow?.names?.trust).not.to.deep.equal(status.names?.trust);
    });

    it("costs the service nothing where it cannot be loaded", async () => {
      const source = files.write("enforced.tar.gz", await files.archive(POLICY, { revision: "enforced" }));
      const running = await start({ source, shadow: { source: files.path("nowhere.tar.gz"), signers: [] } });
      const fresh = world.push("acme/unshadowed");
      fresh.attach(world.attest(fresh.digest));
      const { json } = await running.service.call("POST", "/v1/decisions", { images: [fresh.reference] });
      expect([json.allow, running.decider.ready()]).to.deep.equal([true, true]);
      expect(await settled(running, 1)).to.deep.include({ failed: 1 });
      const detail = running.policy().shadow?.store.lastRefusal?.code;
      expect(detail).to.equal("source.not_found");
    });
  });
});
