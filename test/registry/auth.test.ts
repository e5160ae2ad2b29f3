import { expect } from "chai";
import type { Credential, Registry } from "../../src/registry/index.ts";
import type { LabAuth, LabRegistry } from "../lab/registry.ts";
import { blobAt, Harness, nameOf, outcome, REPOSITORY, soon, withCredential } from "./harness.ts";

const USER = { kind: "basic", username: "alice", password: "s3cret-canary" } as const;
const BEARER = { kind: "bearer", username: USER.username, password: USER.password } as const;
const HEADER = `Basic ${Buffer.from("alice:s3cret-canary").toString("base64")}`;

describe("createRegistry: authentication", () => {
  const harness = new Harness();
  afterEach(() => harness.close());

  async function labWithImage(auth: LabAuth): Promise<LabRegistry> {
    const lab = await harness.lab({ auth });
    lab.pushImage(REPOSITORY, { tag: "1" });
    return lab;
  }

  it("asks anonymously, then with a token for pulling this repository, and keeps the token", async () => {
    const lab = await labWithImage({ kind: "bearer", service: "lab service & more" });
    const client = harness.client();
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
    expect(lab.requests.map(({ kind }) => kind)).to.deep.equal(["manifest", "token", "manifest", "manifest"]);
    expect(lab.tokenRequests).to.deep.equal([
      {
        scopes: [`repository:${REPOSITORY}:pull`],
        service: "lab service & more",
        authorization: undefined,
      },
    ]);
  });

  it("gives its credential to the registry's own token server", async () => {
    const lab = await labWithImage(BEARER);
    const client = harness.client(withCredential(USER));
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
    expect(lab.tokenRequests.map(({ authorization }) => authorization)).to.deep.equal([HEADER]);
    const onRegistry = lab.requests.filter(({ kind }) => kind !== "token");
    for (const { headers } of onRegistry) expect(headers["authorization"] ?? "").to.not.contain("Basic");
  });

  it("speaks basic where asked for it", async () => {
    const lab = await labWithImage(USER);
    const client = harness.client(withCredential(USER));
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
    expect(lab.requests.map(({ headers }) => headers["authorization"])).to.deep.equal([undefined, HEADER]);
    expect(outcome(await harness.client().manifest(nameOf(lab), "1", soon()))).to.equal(
      "registry.auth_failed",
    );
  });

  it("changes an identity token for an access token, in the body and not in the query", async () => {
    const lab = await labWithImage({ kind: "bearer" });
    const bodies: string[] = [];
    const client = harness.client(withCredential({ kind: "identity-token", token: "id-canary" }));
    lab.misbehave = ({ kind, method, path, headers }) => {
      if (kind === "token") {
        bodies.push(`${method} ${path} ${String(headers["content-type"])}`);
        return { status: 200, body: JSON.stringify({ access_token: "from-identity" }) };
      }
      return headers["authorization"] === "Bearer from-identity" ? { status: 404 } : undefined;
    };
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("registry.not_found");
    expect(bodies).to.deep.equal(["POST /token application/x-www-form-urlencoded"]);
  });

  it("sends a registry token as it is", async () => {
    const lab = await labWithImage({ kind: "bearer" });
    const client = harness.client(withCredential({ kind: "registry-token", token: "rt" }));
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("registry.auth_failed");
    expect(lab.requests.map(({ headers }) => headers["authorization"])).to.deep.equal([
      undefined,
      "Bearer rt",
    ]);
  });

  it("T022 never takes one repository's token to another", async () => {
    const lab = await labWithImage({ kind: "bearer" });
    lab.pushImage("acme/other", { tag: "1" });
    const client = harness.client();
    for (const repository of [REPOSITORY, "acme/other", REPOSITORY, "acme/other"]) {
      expect(outcome(await client.manifest(nameOf(lab, repository), "1", soon()))).to.equal("ok");
    }
    const tokens = new Map<string, Set<string>>();
    for (const { repository, headers, kind } of lab.requests) {
      const token = headers["authorization"];
      if (kind !== "token" && typeof token === "string") {
        tokens.set(token, (tokens.get(token) ?? new Set()).add(repository));
      }
    }
    expect([...tokens.values()].map((repositories) => [...repositories])).to.deep.equal([
      [REPOSITORY],
      ["acme/other"],
    ]);
    expect(lab.tokenRequests.flatMap(({ scopes }) => scopes)).to.deep.equal([
      `repository:${REPOSITORY}:pull`,
      "repository:acme/other:pull",
    ]);
  });

  describe("T023 asks for no more than pulling, whatever the challenge says", () => {
    const scopes = [
      `repository:${REPOSITORY}:pull,push`,
      "registry:catalog:*",
      "repository:evil/other:pull",
      `repository:${REPOSITORY}:pull repository:evil/other:push`,
      "",
    ];
    for (const scope of scopes) {
      it(JSON.stringify(scope), async () => {
        const lab = await labWithImage({ kind: "bearer" });
        lab.misbehave = ({ kind, headers }) => {
          if (kind === "token" || headers["authorization"] !== undefined) return undefined;
          const challenge = `Bearer realm="${lab.origin}/token?scope=registry:catalog:*&x=1",scope="${scope}"`;
          return { headers: { "www-authenticate": challenge } };
        };
        expect(outcome(await harness.client().manifest(nameOf(lab), "1", soon()))).to.equal("ok");
        expect(lab.tokenRequests.map((asked) => asked.scopes)).to.deep.equal([
          [`repository:${REPOSITORY}:pull`],
        ]);
      });
    }
  });

  describe("T024 challenges that are none", () => {
    const challenges: readonly (string | null)[] = [
      null,
      "",
      "Bearer",
      'Bearer realm="http://x',
      "Bearer realm=http://x/token, realm=http://y/token",
      'Bearer realm="a" realm="b"',
      'Digest realm="x"',
      "Negotiate",
      `Bearer realm="${"x".repeat(20_000)}"`,
      "=,=,=",
      ",".repeat(5000),
    ];
    for (const challenge of challenges) {
      it(JSON.stringify(challenge)?.slice(0, 50), async () => {
        const lab = await labWithImage({ kind: "bearer" });
        lab.misbehave = () => ({ headers: { "www-authenticate": challenge } });
        const result = await harness.client(withCredential(USER)).manifest(nameOf(lab), "1", soon());
        expect(outcome(result)).to.be.oneOf(["registry.auth_protocol", "registry.auth_refused"]);
        expect(lab.requests).to.have.length(1);
      });
    }
    it("prefers Bearer where both are offered", async () => {
      const lab = await labWithImage(BEARER);
      lab.misbehave = ({ headers }) =>
        headers["authorization"] === undefined
          ? { headers: { "www-authenticate": `Basic realm="x", Bearer realm="${lab.origin}/token"` } }
          : undefined;
      const client = harness.client(withCredential(USER));
      expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
    });
  });

  describe("T025 token answers that are none", () => {
    const answers: readonly (readonly [string, string, string])[] = [
      ["HTML", "<html>", "registry.auth_protocol"],
      ["no token", "{}", "registry.auth_protocol"],
      ["a token that is no string", '{"token":5}', "registry.auth_protocol"],
      ["an empty token", '{"token":""}', "registry.auth_protocol"],
      ["a token with a line break", '{"token":"a\\r\\nx-evil: 1"}', "registry.auth_protocol"],
      ["two tokens", '{"token":"a","token":"b"}', "registry.auth_protocol"],
      ["a list", "[]", "registry.auth_protocol"],
      ["64 KiB and one", `{"token":"a"}${" ".repeat(65_536)}`, "registry.auth_protocol"],
      ["a token beyond 16 KiB", JSON.stringify({ token: "a".repeat(20_000) }), "registry.auth_protocol"],
    ];
    for (const [name, body, code] of answers) {
      it(name, async () => {
        const lab = await labWithImage({ kind: "bearer" });
        lab.misbehave = ({ kind }) => (kind === "token" ? { body } : undefined);
        expect(outcome(await harness.client().manifest(nameOf(lab), "1", soon()))).to.equal(code);
        expect(lab.requests.map(({ kind }) => kind)).to.deep.equal(["manifest", "token"]);
      });
    }
    for (const expiresIn of [0, -1, 1e99, 1.5, "soon", null]) {
      it(`expires_in ${JSON.stringify(expiresIn)} is clamped`, async () => {
        const lab = await labWithImage({ kind: "bearer", expiresIn: expiresIn as number });
        const client = harness.client();
        for (let i = 0; i < 3; i++) await client.manifest(nameOf(lab), "1", soon());
        expect(lab.requests.filter(({ kind }) => kind === "token")).to.have.length(1);
        expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
      });
    }
  });

  it("T026 gives up where every token is refused", async () => {
    const lab = await labWithImage({ kind: "bearer" });
    lab.misbehave = ({ kind }) => {
      if (kind === "token") return undefined;
      const challenge = `Bearer realm="${lab.origin}/token"`;
      return { status: 401, headers: { "www-authenticate": challenge } };
    };
    for (const settings of [{}, withCredential(USER)]) {
      const from = lab.requests.length;
      expect(outcome(await harness.client(settings).manifest(nameOf(lab), "1", soon()))).to.equal(
        "registry.auth_failed",
      );
      expect(lab.requests.length - from).to.be.at.most(3);
    }
  });

  it("a token server that refuses the credential is asked once", async () => {
    const lab = await labWithImage({ ...BEARER, password: "other" });
    const result = await harness.client(withCredential(USER)).manifest(nameOf(lab), "1", soon());
    expect(outcome(result)).to.equal("registry.auth_failed");
    expect(lab.requests.map(({ kind }) => kind)).to.deep.equal(["manifest", "token"]);
  });

  it("gets a new token where the old one has lost its worth", async () => {
    const lab = await labWithImage({ kind: "bearer" });
    const client = harness.client();
    await client.manifest(nameOf(lab), "1", soon());
    lab.revokeTokens();
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
    expect(lab.tokenRequests).to.have.length(2);
  });

  it("T030 takes a rotated credential without a restart", async () => {
    const lab = await labWithImage(USER);
    let credential: Credential = { ...USER, password: "old" };
    const client = harness.client({ credentials: async () => ({ ok: true, value: credential }) });
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("registry.auth_failed");
    credential = USER;
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
  });

  it("T030 asks once more with a credential that was rotated mid-flight", async () => {
    const lab = await labWithImage(USER);
    const client = harness.client({
      credentials: async (_, { fresh }) => ({ ok: true, value: fresh ? USER : { ...USER, password: "old" } }),
    });
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
    expect(lab.requests).to.have.length(3);
  });

  describe("T030 a password that has expired and is refused with 403, as Amazon's registry does", () => {
    const client = async (now: () => Credential) => {
      const lab = await harness.lab({ auth: USER });
      lab.pushImage(REPOSITORY, { tag: "1" });
      lab.misbehave = ({ headers }, { status }) =>
        status === 401 && headers["authorization"] !== undefined ? { status: 403, headers: {} } : undefined;
      const wanted: boolean[] = [];
      const registry = harness.client({
        credentials: async (_, { fresh }) => {
          wanted.push(fresh);
          return { ok: true, value: now() };
        },
      });
      return { lab, registry, wanted };
    };
    const old: Credential = { ...USER, password: "old" };

    it("is asked for anew once", async () => {
      let credential: Credential = USER;
      const { lab, registry, wanted } = await client(() => credential);
      expect(outcome(await registry.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
      // What is remembered of it is the old one, until a fresh one is wanted.
      credential = old;
      const asked = lab.requests.length;
      const renewing = harness.client({
        credentials: async (_, { fresh }) => ({ ok: true, value: fresh ? USER : old }),
      });
      expect(outcome(await renewing.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
      expect(lab.requests.length - asked).to.equal(3);
      expect(wanted).to.deep.equal([false]);
    });

    it("is given up where there is no other", async () => {
      const { lab, registry, wanted } = await client(() => old);
      expect(outcome(await registry.manifest(nameOf(lab), "1", soon()))).to.equal("registry.auth_failed");
      expect(lab.requests).to.have.length(2);
      expect(wanted).to.deep.equal([false, true]);
    });
  });

  describe("T022 T240 the same registries with other credentials", () => {
    const source = (credential?: Credential) => async () => ({ ok: true as const, value: credential });

    it("nobody's token serves another, whoever comes first", async () => {
      const lab = await labWithImage(BEARER);
      const own = harness.client({ credentials: source(USER) });
      const others = own.withCredentials(source());
      const ask = async (registry: Pick<Registry, "manifest">) =>
        outcome(await registry.manifest(nameOf(lab), "1", soon()));
      expect(await ask(own)).to.equal("ok");
      expect(await ask(others)).to.equal("registry.auth_failed");
      expect(await ask(own)).to.equal("ok");
      expect(await ask(others)).to.equal("registry.auth_failed");
      expect(await ask(own.withCredentials(source(USER)))).to.equal("ok");
      expect(await ask(others)).to.equal("registry.auth_failed");
    });

    it("a registry's own credential of the configuration is none of theirs", async () => {
      const lab = await labWithImage(USER);
      const own = harness.client({ registries: { [lab.host]: { credentials: source(USER) } } });
      expect(outcome(await own.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
      const others = own.withCredentials(source());
      expect(outcome(await others.manifest(nameOf(lab), "1", soon()))).to.equal("registry.auth_failed");
    });
  });

  it("a source that fails or throws leaves us anonymous, and its reason is told", async () => {
    const open = await labWithImage({ kind: "bearer" });
    const closed = await labWithImage(USER);
    const failing = harness.client({
      credentials: async () => ({
        ok: false,
        reason: { code: "credentials.helper_failed", message: "no helper" },
      }),
    });
    const throwing = harness.client({ credentials: () => Promise.reject(new Error("s3cret-canary")) });
    for (const client of [failing, throwing]) {
      expect(outcome(await client.manifest(nameOf(open), "1", soon()))).to.equal("ok");
    }
    const told = await failing.manifest(nameOf(closed), "1", soon());
    expect(!told.ok && told.reason.message).to.contain("no helper");
    const hidden = await throwing.manifest(nameOf(closed), "1", soon());
    expect(JSON.stringify(hidden)).to.not.contain("s3cret-canary");
  });

  it("a credential that no header can hold is a failure, and its secret is not told", async () => {
    const lab = await labWithImage({ kind: "bearer" });
    const client = harness.client(withCredential({ kind: "registry-token", token: "s3cret\r\nx-evil: 1" }));
    const result = await client.manifest(nameOf(lab), "1", soon());
    expect(result.ok).to.equal(false);
    expect(JSON.stringify(result)).to.not.contain("s3cret");
    expect(lab.requests).to.have.length(1);
  });

  it("a credential source that hangs ends with the deadline", async () => {
    const lab = await labWithImage({ kind: "bearer" });
    const client = harness.client({ credentials: () => new Promise(() => undefined) });
    expect(outcome(await client.manifest(nameOf(lab), "1", soon(80)))).to.equal("registry.timeout");
  });

  it("A013 sends one Authorization header, also after lost connections", async () => {
    const lab = await labWithImage(BEARER);
    let drops = 2;
    lab.misbehave = ({ headers, kind }) =>
      kind === "manifest" && headers["authorization"] !== undefined && drops-- > 0
        ? { drop: true }
        : undefined;
    const client = harness.client(withCredential(USER));
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
    const counts = lab.requests.map(
      ({ headerNames }) => headerNames.filter((name) => name === "authorization").length,
    );
    expect(counts).to.deep.equal([0, 1, 1, 1, 1]);
  });

  it("many requests at once fetch one token", async () => {
    const lab = await labWithImage({ kind: "bearer" });
    const blobs = Array.from({ length: 30 }, (_, i) => lab.pushBlob(REPOSITORY, `blob ${i}`));
    const client = harness.client();
    const results = await Promise.all(blobs.map((blob) => blobAt(client, lab, blob)));
    expect(results.map(outcome)).to.deep.equal(blobs.map(() => "ok"));
    expect(lab.tokenRequests).to.have.length(1);
  });

  it("one caller's deadline does not end another's wait for the token", async () => {
    const lab = await labWithImage({ kind: "bearer" });
    lab.misbehave = ({ kind }) => (kind === "token" ? { delayMs: 150 } : undefined);
    const client = harness.client();
    const [hasty, patient] = await Promise.all([
      client.manifest(nameOf(lab), "1", soon(80)),
      client.manifest(nameOf(lab), "1", soon()),
    ]);
    expect([outcome(hasty), outcome(patient)]).to.deep.equal(["registry.timeout", "ok"]);
  });

  it("T028 no failure tells the credential", async () => {
    const secrets = ["s3cret-canary", HEADER.slice(6), "id-canary"];
    const lab = await labWithImage(BEARER);
    const ways: readonly LabRegistry["misbehave"][] = [
      () => ({ status: 401, headers: { "www-authenticate": `Basic realm="${HEADER}"` } }),
      ({ kind }) => (kind === "token" ? { status: 500, body: HEADER } : undefined),
      ({ kind }) => (kind === "token" ? { body: `{"token":"${HEADER}` } : undefined),
      ({ kind }) => (kind === "token" ? { drop: true } : undefined),
      ({ kind, headers }) =>
        kind === "token"
          ? undefined
          : { status: 307, headers: { location: `http://${String(headers["authorization"])}@x/` } },
    ];
    for (const credential of [USER, { kind: "identity-token", token: "id-canary" } as const]) {
      for (const way of ways) {
        lab.misbehave = way;
        const result = await harness.client(withCredential(credential)).manifest(nameOf(lab), "1", soon());
        expect(result.ok).to.equal(false);
        for (const secret of secrets) expect(JSON.stringify(result)).to.not.contain(secret);
      }
    }
  });
});
