import { expect } from "chai";
import { tmpdir } from "node:os";
import type { JsonObject } from "../../src/core/index.ts";
import type { Io } from "../../src/cli/io.ts";
import { openPolicy } from "../../src/cli/policy.ts";
import { openService } from "../../src/cli/setup-service.ts";
import { DEFAULT_LOAD } from "../../src/decision/index.ts";
import {
  createLog,
  DEFAULT_ADMISSION,
  DEFAULT_BUDGETS,
  DEFAULT_CACHE_CONFIG,
  DEFAULT_DATA_API,
  type ServiceConfig,
} from "../../src/server/index.ts";
import { createSigstore } from "../lab/sigstore/index.ts";
import { policyFolder, removeFolders } from "../policy/source/policy-folder.ts";
import { PLAIN_POLICY } from "../server/harness.ts";
import { LabRepository, NOW, serveMirror, type LabMirror } from "../verification/tuf/lab.ts";

const OLD: JsonObject = createSigstore().trustedRoot;
const NEWER: JsonObject = { ...OLD, timestampAuthorities: [] };
const POLICY = `name: renewed
version: 1.0.0
signers:
  acme: { issuer: "https://issuer.test", identity: "https://acme.test/release", trustRoot: acme }
images:
  - match: ["registry.test/**"]
    provenance: { signers: [acme] }
`;

function isOfTrust({ message }: JsonObject): boolean {
  return typeof message === "string" && message.startsWith("trust");
}

describe("a policy that names the TUF repository of its trust root", () => {
  let mirror: LabMirror;
  beforeEach(async () => {
    mirror = await serveMirror(new LabRepository());
    mirror.repository.publish(NEWER);
  });
  afterEach(async () => {
    removeFolders();
    await mirror.close();
  });

  const folder = (change: Readonly<Record<string, string>> = {}) => {
    const { mirror: address, initialRoot } = mirror.source();
    return policyFolder({
      "policy.yaml": POLICY,
      "trust/acme.json": JSON.stringify(OLD),
      "trust/acme.yaml": `tuf: { mirror: "${address}" }\n`,
      "trust/acme.root.json": Buffer.from(initialRoot).toString(),
      ...change,
    });
  };

  async function serve(trust: ServiceConfig["trust"]) {
    const lines: string[] = [];
    const config: ServiceConfig = {
      listeners: [],
      policies: [{ ...PLAIN_POLICY, name: "renewed", source: folder() }],
      registries: new Map(),
      budgets: DEFAULT_BUDGETS,
      admission: DEFAULT_ADMISSION,
      dataApi: DEFAULT_DATA_API,
      trust,
      cache: DEFAULT_CACHE_CONFIG,
      load: DEFAULT_LOAD,
      pullSecrets: null,
      decisionLog: null,
      traces: null,
    };
    const io: Pick<Io, "clock" | "env"> = { clock: () => NOW, env: { HOME: tmpdir() } };
    const opened = await openService(
      config,
      io as Io,
      createLog((line) => lines.push(line)),
    );
    if (!opened.ok) throw new Error(opened.reason.message);
    return { ...opened.value, lines };
  }

  it("is renewed in a service that may ask, and says so in the log", async () => {
    const { decider, close, lines } = await serve({ refreshEvery: 3_600_000, cacheFolder: null });
    try {
      const before = decider.names(null).trust.digest;
      for (let i = 0; i < 300 && decider.names(null).trust.digest === before; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(decider.names(null).trust.digest).to.not.equal(before);
      const renewed = lines.map((line) => JSON.parse(line) as JsonObject).filter(isOfTrust);
      expect(renewed.map(({ message, root, source }) => [message, root, source])).to.deep.equal([
        ["trust root renewed", "acme", "mirror"],
      ]);
    } finally {
      await close();
    }
  });

  it("is as the policy has it in one that may not", async () => {
    const { decider, close, lines } = await serve(null);
    try {
      const before = decider.names(null).trust.digest;
      await new Promise((resolve) => setTimeout(resolve, 50));
      const said = lines.map((line) => JSON.parse(line) as JsonObject).filter(isOfTrust);
      expect([decider.names(null).trust.digest, said, mirror.asked]).to.deep.equal([before, [], []]);
    } finally {
      await close();
    }
  });

  const spoilings = [
    {
      name: "the root metadata is missing",
      file: "trust/other.yaml",
      text: `tuf: { mirror: "https://tuf.test" }\n`,
      code: /there is no trust\/other\.json/,
    },
    {
      name: "the root metadata is something else",
      file: "trust/acme.root.json",
      text: "{}",
      code: /trust\/acme\.root\.json.*no TUF root metadata/,
    },
    {
      name: "the mirror is no address",
      file: "trust/acme.yaml",
      text: "tuf: { mirror: here }\n",
      code: /trust\/acme\.yaml:1.*mirror/,
    },
  ];
  for (const { name, file, text, code } of spoilings) {
    it(`is refused where ${name}`, async () => {
      const opened = await openPolicy(folder({ [file]: text }));
      expect(opened.ok ? "" : opened.reason.message).to.match(code);
    });
  }
});
