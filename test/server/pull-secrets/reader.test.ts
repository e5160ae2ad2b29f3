import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { credentialsFor } from "../../../src/registry/index.ts";
import { ApiServer } from "../../../src/server/kubernetes/index.ts";
import { PullSecretReader } from "../../../src/server/pull-secrets/index.ts";
import { createTlsAuthority } from "../../lab/tls.ts";
import {
  base64,
  dockerSecret,
  OWN_TOKEN,
  secretOf,
  startApiServer,
  type LabApiServer,
} from "./api-server.ts";

const APP = { registry: "ghcr.io", repository: "acme/app" };
const ACCOUNT = "/api/v1/namespaces/team-a/serviceaccounts/default";
const SECRET = "/api/v1/namespaces/team-a/secrets/regcred";

describe("PullSecretReader", () => {
  let server: LabApiServer;
  let now = 0;
  let reader: PullSecretReader;
  beforeEach(async () => {
    server = await startApiServer();
    server.putSecret("team-a", "regcred", dockerSecret({ "ghcr.io": "robot:a" }));
    server.putAccount("team-a", "default", ["regcred"]);
    now = 0;
    reader = new PullSecretReader(new ApiServer(server.settings), () => now);
  });
  afterEach(() => server.close());

  /** The passwords found for the image, or the code. */
  const read = async (
    secrets: readonly string[] = [],
    { namespace = "team-a", account = "default", fresh = false } = {},
  ) => {
    const found = await reader.read(namespace, { serviceAccount: account, secrets }, { fresh });
    if (!found.ok) return found.reason.code;
    const credentials = credentialsFor(found.value, APP);
    if (!credentials.ok) return credentials.reason.code;
    return credentials.value.map((one) => (one.kind === "basic" ? one.password : one.kind));
  };

  it("reads the secrets that a pod names, with the service's own token, and asks for nothing else", async () => {
    expect(await read(["regcred"])).to.deep.equal(["a"]);
    expect(server.asked).to.deep.equal([SECRET]);
    expect([...server.tokens]).to.deep.equal([`Bearer ${OWN_TOKEN}`]);
  });

  it("reads those of the service account only where the pod names none, as Kubernetes gives them", async () => {
    expect(await read()).to.deep.equal(["a"]);
    expect(server.asked).to.deep.equal([ACCOUNT, SECRET]);
    server.putAccount("team-a", "builder", ["other"]);
    server.putSecret("team-a", "other", dockerSecret({ "ghcr.io": "robot:other" }));
    expect(await read([], { account: "builder" })).to.deep.equal(["other"]);
    expect(await read(["regcred"], { account: "builder" })).to.deep.equal(["a"]);
  });

  it("what is not there has no credentials, as for the kubelet", async () => {
    expect(await read(["absent", "regcred"])).to.deep.equal(["a"]);
    expect(await read([], { account: "absent" })).to.deep.equal([]);
    expect(await read([], { namespace: "team-b" })).to.deep.equal([]);
  });

  describe("secrets", () => {
    const auths = { "ghcr.io": { auth: base64("robot:x") } };
    const cases: readonly (readonly [string, object, unknown])[] = [
      ["of dockercfg", secretOf(auths, "kubernetes.io/dockercfg"), ["x"]],
      ["T240 of another type", { ...secretOf({ auths }), type: "Opaque" }, []],
      ["of no type", { data: secretOf({ auths })["data"] }, []],
      ["of one type with the other's key", { ...secretOf({ auths }), type: "kubernetes.io/dockercfg" }, []],
      ["without data", { type: "kubernetes.io/dockerconfigjson" }, []],
      ["without auths", secretOf({}), []],
      ["with auths that are no object", secretOf({ auths: [] }), []],
      [
        "A022 T029 with helpers and stores, which are never run",
        secretOf({ credHelpers: { "ghcr.io": "x" }, credsStore: "x" }),
        [],
      ],
      [
        "that are no base64",
        { type: "kubernetes.io/dockerconfigjson", data: { ".dockerconfigjson": "%" } },
        "credentials.unreadable",
      ],
      ["that are no JSON", secretOf("{s3cret"), "credentials.unreadable"],
      ["that are no object", secretOf("[]"), "credentials.unreadable"],
      ["with a name twice", secretOf('{"auths":{},"auths":{}}'), "credentials.unreadable"],
      ["that are too large", secretOf(" ".repeat(256 * 1024 + 1)), "credentials.unreadable"],
      [
        "with too many registries",
        secretOf({
          auths: Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`r${index}.test`, {}])),
        }),
        "credentials.unreadable",
      ],
      [
        "with an auth that is none",
        secretOf({ auths: { "ghcr.io": { auth: "s3cret" } } }),
        "credentials.unreadable",
      ],
    ];
    for (const [name, secret, expected] of cases) {
      it(name, async () => {
        server.putSecret("team-a", "regcred", secret as never);
        expect(await read(["regcred"])).to.deep.equal(expected);
      });
    }
  });

  describe("A126 nobody's answer is no credentials where nobody could say", () => {
    const cases = [
      ["forbidden", { status: 403 }, "credentials.forbidden"],
      ["unauthorized", { status: 401 }, "credentials.forbidden"],
      ["a server's error", { status: 500 }, "credentials.unavailable"],
      ["a redirect", { status: 302 }, "credentials.unavailable"],
      ["a connection that is cut", "cut", "credentials.unavailable"],
      ["no JSON", { status: 200, body: "<html>" }, "credentials.unavailable"],
      ["nothing", { status: 200, body: "" }, "credentials.unavailable"],
      ["no object", { status: 200, body: "{}" }, "credentials.unavailable"],
      [
        "T240 another namespace's",
        {
          status: 200,
          body: JSON.stringify({
            metadata: { name: "regcred", namespace: "team-b" },
            ...dockerSecret({ "ghcr.io": "x:y" }),
          }),
        },
        "credentials.unavailable",
      ],
      ["too much", { status: 200, body: `{"a":"${"x".repeat(3_000_000)}"}` }, "credentials.unavailable"],
    ] as const;
    for (const [name, misanswer, code] of cases) {
      it(name, async () => {
        server.misanswers.set(SECRET, misanswer);
        expect(await read()).to.equal(code);
        server.misanswers.clear();
        expect(await read(), "remembered").to.equal(code);
        now = 1_000;
        expect(await read()).to.deep.equal(["a"]);
        server.misanswers.set(ACCOUNT, misanswer);
        now += 30_000;
        expect(await read(), "of the account").to.equal(code);
      });
    }

    it("more secrets than are read", async () => {
      expect(await read(Array.from({ length: 33 }, (_, index) => `s${index}`))).to.equal(
        "credentials.too_many",
      );
      server.putAccount(
        "team-a",
        "default",
        Array.from({ length: 33 }, (_, index) => `s${index}`),
      );
      expect(await read()).to.equal("credentials.too_many");
      expect(server.asked).to.deep.equal([ACCOUNT]);
    });

    it("a server with another CA's certificate is asked nothing", async () => {
      await writeFile(server.settings.ca, createTlsAuthority("other").cert);
      expect(await read()).to.equal("credentials.unavailable");
      expect(server.asked).to.deep.equal([]);
    });
  });

  for (const [namespace, name] of [
    ["../../x", "regcred"],
    ["team-a/secrets/x?", "regcred"],
    ["team-a", "../../../team-b/secrets/regcred"],
    ["team-a", ".."],
    ["", "regcred"],
  ] as const) {
    it(`A063 ${JSON.stringify([namespace, name])} becomes no part of a URL`, async () => {
      expect(await read([name], { namespace })).to.deep.equal([]);
      expect(await read([], { namespace, account: name })).to.deep.equal([]);
      expect(server.asked).to.deep.equal([]);
    });
  }

  it("asks once for all who ask at the same time, and remembers the answer for half a minute", async () => {
    expect(await Promise.all([read(), read(), read()])).to.deep.equal([["a"], ["a"], ["a"]]);
    expect(server.asked).to.deep.equal([ACCOUNT, SECRET]);
    server.putSecret("team-a", "regcred", dockerSecret({ "ghcr.io": "robot:new" }));
    now = 29_999;
    expect(await read()).to.deep.equal(["a"]);
    now = 30_000;
    expect(await read()).to.deep.equal(["new"]);
  });

  it("T030 reads anew where what was given has been refused, and not more often than every two seconds", async () => {
    await read();
    server.putSecret("team-a", "regcred", dockerSecret({ "ghcr.io": "robot:new" }));
    now = 1_999;
    expect(await read([], { fresh: true })).to.deep.equal(["a"]);
    now = 2_000;
    expect(await read([], { fresh: true })).to.deep.equal(["new"]);
    expect(await read()).to.deep.equal(["new"]);
    expect(server.asked).to.have.length(4);
  });

  it("what was not there is asked for again after five seconds", async () => {
    expect(await read(["late"])).to.deep.equal([]);
    server.putSecret("team-a", "late", dockerSecret({ "ghcr.io": "robot:late" }));
    now = 4_999;
    expect(await read(["late"])).to.deep.equal([]);
    now = 5_000;
    expect(await read(["late"])).to.deep.equal(["late"]);
  });

  it("takes the renewed token of its own service account", async () => {
    await read(["regcred"]);
    await writeFile(server.settings.token, "renewed");
    await read(["other"]);
    expect([...server.tokens]).to.deep.equal([`Bearer ${OWN_TOKEN}`, "Bearer renewed"]);
  });

  it("T211 a namespace full of secrets fills no memory: those used longest ago are forgotten", async () => {
    const large = Object.fromEntries(
      Array.from({ length: 900 }, (_, index) => [`r${index}.test`, `u:${"x".repeat(100)}`]),
    );
    for (let index = 0; index < 100; index++) server.putSecret("team-a", `s${index}`, dockerSecret(large));
    for (let index = 0; index < 100; index++) await read([`s${index}`]);
    server.asked.length = 0;
    await read(["s99"]);
    expect(server.asked).to.deep.equal([]);
    await read(["s0"]);
    expect(server.asked).to.deep.equal(["/api/v1/namespaces/team-a/secrets/s0"]);
  });
});
