import { expect } from "chai";
import { ambientToken, readIdentityToken } from "../../../src/release/index.ts";
import { startServices, tokenOf, type Services } from "./services.ts";

const NOW = new Date();
const NEVER = new AbortController().signal;

describe("identity tokens", () => {
  const read = (text: string) => {
    const token = readIdentityToken(text, NOW);
    return token.ok ? token.value.subject : token.reason.message;
  };

  it("name the verified e-mail address, else the subject", () => {
    expect(read(tokenOf())).to.equal("repo:acme/app:ref:refs/tags/v1.2.3");
    expect(read(` ${tokenOf({ email: "me@acme.test", email_verified: true })}\n`)).to.equal("me@acme.test");
    expect(read(tokenOf({ email: "me@acme.test", email_verified: "true" }))).to.equal("me@acme.test");
    expect(read(tokenOf({ email: "" }))).to.equal("repo:acme/app:ref:refs/tags/v1.2.3");
  });

  const long = "a".repeat(20_000);
  const spoilings: readonly (readonly [name: string, token: string, says: RegExp])[] = [
    ["nothing", "", /no signed JWT/],
    ["two parts", tokenOf().split(".").slice(0, 2).join("."), /no signed JWT/],
    ["four parts", `${tokenOf()}.x`, /no signed JWT/],
    ["a header injected", `${tokenOf()}\r\nx: y`, /no signed JWT/],
    ["a flood", tokenOf({ long }), /no signed JWT/],
    ["claims that are no JSON", "e30.bm8.e30", /claims are no JSON/],
    [
      "a claim that stands twice",
      `e30.${Buffer.from('{"sub":"a","sub":"b"}').toString("base64url")}.e30`,
      /claims are no JSON/,
    ],
    ["no subject", tokenOf({ sub: undefined }), /names no subject/],
    ["an empty subject", tokenOf({ sub: "" }), /names no subject/],
    ["an address that nobody verified", tokenOf({ email: "me@acme.test" }), /not verified by its issuer/],
    [
      "an end in the past",
      tokenOf({ exp: 1_000_000_000 }),
      /expired at 2001-09-09T01:46:40\.000Z: get a new one/,
    ],
  ];
  for (const [name, token, says] of spoilings) {
    it(`are refused with ${name}, which is not repeated`, () => {
      const message = read(token);
      expect(message).to.match(says);
      if (token.length > 20) expect(message).not.to.contain(token.slice(0, 20));
    });
  }

  describe("of the environment", () => {
    let services: Services;
    before(async () => {
      services = await startServices();
    });
    afterEach(() => {
      services.intercept = null;
      services.asked.length = 0;
    });
    after(() => services?.close());
    const ask = (env: Record<string, string>) => ambientToken(env, NOW, NEVER);

    it("is SIGSTORE_ID_TOKEN, else the job's, else there is none", async () => {
      expect(await ask({})).to.equal(null);
      expect(await ask({ ACTIONS_ID_TOKEN_REQUEST_URL: services.url })).to.equal(null);
      const token = tokenOf();
      expect(await ask({ SIGSTORE_ID_TOKEN: token })).to.have.nested.property("value.token", token);
      services.intercept = () => ({ status: 200, body: JSON.stringify({ value: token }) });
      const job = {
        ACTIONS_ID_TOKEN_REQUEST_URL: `${services.url}/t?a=b`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret",
      };
      expect(await ask(job)).to.have.nested.property("value.token", token);
      expect(services.asked).to.deep.equal(["/t?a=b&audience=sigstore"]);
    });

    it("is asked for at the very address that is named, and nowhere else", async () => {
      const job = {
        ACTIONS_ID_TOKEN_REQUEST_URL: `${services.url}/t`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret",
      };
      for (const [reply, says] of [
        [{ status: 302, headers: { location: `${services.url}/thief` } }, /answered 302$/],
        [{ status: 200, body: "{}" }, /answered without a token$/],
        [{ status: 200, body: '{"value":"no token"}' }, /no signed JWT/],
        [{ status: 403 }, /answered 403$/],
      ] as const) {
        services.intercept = (path) =>
          path === "/t?audience=sigstore"
            ? reply
            : { status: 200, body: JSON.stringify({ value: tokenOf() }) };
        const refused = await ask(job);
        if (refused === null || refused.ok) throw new Error("a token");
        expect(refused.reason.message).to.match(says).and.not.contain("secret");
      }
      expect(new Set(services.asked)).to.deep.equal(new Set(["/t?audience=sigstore"]));
      for (const address of ["http://runner.test/t", "runner", "ftp://127.0.0.1/"]) {
        const refused = await ask({ ...job, ACTIONS_ID_TOKEN_REQUEST_URL: address });
        expect(refused).to.have.nested.property("reason.code", "signing.config_invalid");
      }
    });
  });
});
