import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gunzipSync, gzipSync } from "node:zlib";
import { DENYING, Files, KEYS, serve, type Serving } from "../cli/serving/world.ts";
import { createWorld, POLICY, type Pushed, type World } from "../decision/world.ts";
import { PLAIN_POLICY } from "../server/harness.ts";

const MIB = 1024 * 1024;
const SWAPS = Number(process.env["ASSAY_SOAK_SWAPS"] ?? 100);
const REQUESTS_A_SECOND = 200;
/** So many swaps go by before anything is compared. */
const WARM_UP = Math.min(1000, SWAPS / 4);
/** What the process may hold more at the end than after its warm-up. */
const GROWTH = { heap: 8 * MIB, resident: 192 * MIB } as const;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** `npm run test:soak -- --swaps 10000`; `.ci/run` takes a hundred. */
describe(`${String(SWAPS)} policies put in place under ${String(REQUESTS_A_SECOND)} requests a second`, function () {
  this.timeout(120_000 + SWAPS * 2000);
  let world: World;
  let files: Files;
  let image: Pushed;
  let serving: Serving;
  const faults: unknown[] = [];
  const seen = new Map<string, number>();
  const held: { heap: number; resident: number }[] = [];
  let [asked, answered, activated, refused] = [0, 0, 0, 0];

  before(async () => {
    world = await createWorld();
    files = new Files(world);
    image = world.push("acme/app");
    image.attach(world.attest(image.digest));
    const releases = await makeReleases();
    const source = files.write("policy.tar.gz", releases.good[0].archive);
    serving = await serve(world, [
      { ...PLAIN_POLICY, refresh: 0, source, signers: [{ key: files.path("release.pub") }] },
    ]);
    const open = new Set<Promise<void>>();
    const asking = setInterval(() => {
      const answer = ask().finally(() => open.delete(answer));
      open.add(answer);
    }, 1000 / REQUESTS_A_SECOND);
    for (let swap = 1; swap <= SWAPS; swap += 1) {
      await (swap % 2 === 0
        ? putGood(releases.good[(swap / 2) % releases.good.length] ?? releases.good[0])
        : putBad(releases.bad[((swap - 1) / 2) % releases.bad.length] ?? expect.fail("no bad release")));
      if (swap === WARM_UP || swap === SWAPS) held.push(await measure());
    }
    clearInterval(asking);
    await Promise.all(open);
  });
  after(async () => {
    await serving?.close();
    files?.remove();
    await world?.close();
  });

  /** What allows says so in its revision, and what denies as well. */
  async function makeReleases() {
    const signed = async (text: string, revision: string) => ({
      revision,
      archive: await files.archive(text, { revision, key: KEYS.release }),
    });
    const good = [
      await signed(POLICY, "1-allow"),
      await signed(DENYING, "2-deny"),
      await signed(POLICY, "3-allow"),
      await signed(DENYING, "4-deny"),
    ] as const;
    // A byte of data.json, in an archive that is whole otherwise.
    const tampered = gunzipSync(good[0].archive);
    tampered.write("allow", tampered.indexOf("deny"));
    const bad = [
      await files.archive(POLICY, { revision: "bad-unsigned" }),
      await files.archive(POLICY, { revision: "bad-stranger", key: KEYS.stranger }),
      gzipSync(tampered),
      Buffer.from("<html>no policy</html>"),
    ];
    return { good, bad };
  }

  async function putGood({ revision, archive }: { revision: string; archive: Uint8Array }): Promise<void> {
    files.write("policy.tar.gz", archive);
    await serving.refreshUntil(() => serving.policy().store.revision === revision);
    activated += 1;
  }

  async function putBad(archive: Uint8Array): Promise<void> {
    const { lastRefusal, revision } = serving.policy().store;
    files.write("policy.tar.gz", archive);
    await serving.refreshUntil(() => serving.policy().store.lastRefusal !== lastRefusal);
    refused += 1;
    if (serving.policy().store.revision !== revision) faults.push(["a bad one", serving.policy().store]);
  }

  async function ask(): Promise<void> {
    asked += 1;
    try {
      const { status, json } = await serving.service.call("POST", "/v1/decisions", {
        images: [image.reference],
      });
      const { outcome, policy } = json.decisions[image.reference];
      const matches = String(policy.revision).endsWith(`-${String(outcome)}`);
      if (status !== 200 || !matches || json.allow !== (outcome === "allow"))
        faults.push([status, outcome, policy]);
      seen.set(policy.revision, (seen.get(policy.revision) ?? 0) + 1);
    } catch (thrown) {
      faults.push(thrown);
    }
    answered += 1;
  }

  async function measure() {
    serving.forgetLines();
    for (let round = 0; round < 4; round += 1) {
      collect();
      await sleep(50);
    }
    const { heapUsed, rss } = process.memoryUsage();
    return { heap: heapUsed, resident: rss };
  }

  it("T188 answers every request, by one revision throughout, and never by a bad one", () => {
    expect(faults.slice(0, 10)).to.deep.equal([]);
    expect(answered).to.equal(asked);
    expect([...seen.keys()].toSorted()).to.deep.equal(["1-allow", "2-deny", "3-allow", "4-deny"]);
  });

  it("T188 activates each good one and refuses each bad one", () => {
    expect([activated, refused]).to.deep.equal([Math.floor(SWAPS / 2), Math.ceil(SWAPS / 2)]);
  });

  it("T188 T252 closes what it has replaced, and holds no more in the end than before", function () {
    const [before = expect.fail("not measured"), after = expect.fail("not measured")] = held;
    const grown = { heap: after.heap - before.heap, resident: after.resident - before.resident };
    const told = `${String(asked)} requests; ${JSON.stringify({ before, after })}`;
    console.log(`      ${told}`);
    expect(grown.heap, told).to.be.lessThan(GROWTH.heap);
    expect(grown.resident, told).to.be.lessThan(GROWTH.resident);
  });
});
