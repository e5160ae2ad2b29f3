import { expect } from "chai";
import { SharedTier } from "../../../src/decision/cache/shared/shared-tier.ts";
import { LabResp, type RespTrouble } from "../../lab/resp.ts";
import { labClocks, type LabClocks } from "./lab.ts";

const SECRET = Buffer.from("a secret of thirty-two bytes!!!!");
const BYTES = Buffer.from("what replicas share");

describe("the cache that replicas share", () => {
  let server: LabResp;
  let clocks: LabClocks;
  const tiers: SharedTier[] = [];
  beforeEach(async () => {
    server = new LabResp();
    clocks = labClocks();
    await server.listen();
  });
  afterEach(async () => {
    await Promise.all(tiers.splice(0).map((tier) => tier.close()));
    await server.close();
  });

  const replica = (
    change: { secret?: Buffer; version?: string; password?: string; report?: (message: string) => void } = {},
  ) => {
    const { secret = SECRET, version = "1.0.0", password = null, report } = change;
    const tier = new SharedTier(
      {
        server: { host: "127.0.0.1", port: server.port, tls: null, username: null, password, database: 0 },
        secret,
        version,
        timeout: 250,
        ...(report && { report }),
      },
      clocks,
    );
    tiers.push(tier);
    return tier;
  };
  /** Replies come in the order of the commands: once one is there, so are those before it. */
  const settled = (tier: SharedTier) => tier.get("nothing");

  it("gives to one what another has kept, until its time has passed", async () => {
    const [one, other] = [replica(), replica()];
    one.keep("key", BYTES, 60_000);
    await settled(one);
    expect(await other.get("key")).to.deep.equal(BYTES);
    clocks.advance(60_000);
    expect(await other.get("key")).to.equal(undefined);
    expect(server.commands[0]?.slice(3)).to.deep.equal(["PX", "60000"]);
    expect(server.connections).to.equal(2);
  });

  it("tells whoever reads the server's names nothing", async () => {
    const tier = replica();
    tier.keep("registry.test/acme/secret-project", BYTES, 1_000);
    await settled(tier);
    expect([...server.kept.keys()]).to.have.length(1);
    for (const name of server.kept.keys()) expect(name).to.match(/^assay:1:[\w-]{43}$/);
  });

  it("gives its password, and nothing without", async () => {
    server.password = "let me in";
    const [knows, guesses] = [replica({ password: "let me in" }), replica({ password: "please" })];
    knows.keep("key", BYTES, 60_000);
    expect(await knows.get("key")).to.deep.equal(BYTES);
    expect(await guesses.get("key")).to.equal(undefined);
  });

  it("T257 another version of assay shares nothing, and gives way to nothing", async () => {
    const [one, newer] = [replica(), replica({ version: "1.1.0" })];
    one.keep("key", BYTES, 60_000);
    await settled(one);
    expect(await newer.get("key")).to.equal(undefined);
    newer.keep("key", Buffer.from("what the newer says"), 60_000);
    await settled(newer);
    expect(await one.get("key")).to.deep.equal(BYTES);
  });

  it("T207 a secret of somebody else's opens nothing", async () => {
    const [one, stranger] = [replica(), replica({ secret: Buffer.alloc(32, 1) })];
    stranger.keep("key", BYTES, 60_000);
    await settled(stranger);
    expect(await one.get("key")).to.equal(undefined);
  });

  it("an entry counts under no other key", async () => {
    const tier = replica();
    tier.keep("one", BYTES, 60_000);
    tier.keep("other", Buffer.from("else"), 60_000);
    await settled(tier);
    const [first, second] = [...server.kept.keys()];
    server.kept.set(second!, server.kept.get(first!)!);
    expect([await tier.get("one"), await tier.get("other")]).to.deep.equal([BYTES, undefined]);
  });

  const troubles: { name: string; trouble: RespTrouble }[] = [
    { name: "never answers", trouble: { kind: "silent" } },
    { name: "cuts the connection", trouble: { kind: "drop" } },
    { name: "answers with an error", trouble: { kind: "raw", bytes: "-LOADING\r\n" } },
    { name: "answers with nonsense", trouble: { kind: "raw", bytes: "HTTP/1.1 400 Bad Request\r\n\r\n" } },
    { name: "answers with more than was asked", trouble: { kind: "raw", bytes: "+OK\r\n+OK\r\n+OK\r\n" } },
    { name: "announces a gigabyte", trouble: { kind: "raw", bytes: "$999999999\r\n" } },
  ];
  for (const { name, trouble } of troubles) {
    it(`a server that ${name} is as one that keeps nothing, and is soon asked no more`, async () => {
      const messages: string[] = [];
      const tier = replica({ report: (message) => messages.push(message) });
      tier.keep("key", BYTES, 60_000);
      expect(await tier.get("key")).to.deep.equal(BYTES);
      server.trouble = trouble;
      const seen = server.commands.length;
      for (let i = 0; i < 10; i++) expect(await tier.get("key")).to.equal(undefined);
      if (!name.includes("more than")) {
        expect(server.commands.length - seen).to.be.at.most(3);
        expect(messages).to.have.length(1);
      }
      server.trouble = undefined;
      clocks.advance(5_000);
      expect(await tier.get("key")).to.deep.equal(BYTES);
    });
  }

  it("a server that is not there is as one that keeps nothing", async () => {
    const tier = replica();
    await server.close();
    for (let i = 0; i < 10; i++) expect(await tier.get("key")).to.equal(undefined);
    tier.keep("key", BYTES, 60_000);
    await server.listen();
  });

  it("asks for no more at once than it may, which is nothing against the server", async () => {
    const tier = replica();
    tier.keep("key", BYTES, 60_000);
    expect(await tier.get("key")).to.deep.equal(BYTES);
    const answers = await Promise.all(Array.from({ length: 1000 }, () => tier.get("key")));
    expect(answers.filter((bytes) => bytes === undefined)).to.have.length(1000 - 256);
    expect(await tier.get("key")).to.deep.equal(BYTES);
  });

  it("is closed for good", async () => {
    const tier = replica();
    tier.keep("key", BYTES, 60_000);
    await settled(tier);
    await tier.close();
    expect(await tier.get("key")).to.equal(undefined);
  });
});
