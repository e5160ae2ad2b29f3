import { expect } from "chai";
import fc from "fast-check";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { dockerCredentials } from "../../src/registry/index.ts";
import { Harness, nameOf, outcome, REPOSITORY, soon } from "./harness.ts";

const auth = (text: string) => Buffer.from(text).toString("base64");

describe("dockerCredentials", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "assay-docker-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(config: unknown): void {
    writeFileSync(join(folder, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  }

  async function lookup(registry: string, fresh = false) {
    const found = await dockerCredentials(folder)(registry, { ...soon(), fresh });
    return found.ok ? found.value : found.reason.code;
  }

  it("reads auths as docker login writes them", async () => {
    write({
      auths: {
        "https://index.docker.io/v1/": { auth: auth("hub:pw:with:colons") },
        "ghcr.io": { auth: auth("alice:gh") },
        "https://quay.io": { username: "bob", password: "q" },
        "registry.test:5000": { identitytoken: "id", auth: auth("<token>:") },
        "https://tokens.test/v2/": { registrytoken: "rt" },
        "empty.test": {},
      },
    });
    expect(await lookup("docker.io")).to.deep.equal({
      kind: "basic",
      username: "hub",
      password: "pw:with:colons",
    });
    expect(await lookup("ghcr.io")).to.deep.equal({ kind: "basic", username: "alice", password: "gh" });
    expect(await lookup("quay.io")).to.deep.equal({ kind: "basic", username: "bob", password: "q" });
    expect(await lookup("registry.test:5000")).to.deep.equal({ kind: "identity-token", token: "id" });
    expect(await lookup("tokens.test")).to.deep.equal({ kind: "registry-token", token: "rt" });
    expect(await lookup("empty.test")).to.equal(undefined);
  });

  it("has nothing where there is no file", async () => {
    expect(await lookup("ghcr.io")).to.equal(undefined);
  });

  it("T020 A022 gives a credential to no other host or port", async () => {
    write({
      auths: {
        "ghcr.io": { auth: auth("a:b") },
        "registry.test:5000": { auth: auth("c:d") },
        "evil.test/ghcr.io": { auth: auth("e:f") },
        "paths.test/acme": { auth: auth("g:h") },
        "": { auth: auth("i:j") },
        "*": { auth: auth("k:l") },
        ".io": { auth: auth("m:n") },
      },
    });
    const others = [
      "ghcr.io.evil.com",
      "evil.com",
      "io",
      "r.io",
      "hcr.io",
      "xghcr.io",
      "ghcr.io:443",
      "ghcr.io:5000",
      "registry.test",
      "registry.test:500",
      "registry.test:50000",
      "evil.test",
      "paths.test",
      "docker.io",
      "__proto__",
      "constructor",
      "auths",
    ];
    for (const registry of others) expect(await lookup(registry), registry).to.equal(undefined);
  });

  it("T020 never confuses two hosts", async () => {
    const host = fc.stringMatching(/^[a-c]{1,2}\.[a-c]{1,2}(:[12])?$/);
    await fc.assert(
      fc.asyncProperty(host, host, async (ours, theirs) => {
        write({ auths: { [ours]: { auth: auth("user:pass") } } });
        expect((await lookup(theirs)) !== undefined).to.equal(ours === theirs);
      }),
      { numRuns: 60 },
    );
  });

  it("A022 T020 nothing is sent to a registry whose name only resembles the configured one", async () => {
    const harness = new Harness();
    const lab = await harness.lab({ auth: { kind: "bearer" } });
    lab.pushImage(REPOSITORY, { tag: "1" });
    write({ auths: { "127.0.0.1": { auth: auth("a:b") }, [`7.0.0.1:${lab.port}`]: { auth: auth("c:d") } } });
    const client = harness.client({ credentials: dockerCredentials(folder) });
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
    expect(lab.tokenRequests.map(({ authorization }) => authorization)).to.deep.equal([undefined]);
    await harness.close();
  });

  it("T030 reads the file anew each time", async () => {
    const source = dockerCredentials(folder);
    const ask = async () => {
      const found = await source("ghcr.io", { ...soon(), fresh: false });
      return found.ok && found.value?.kind === "basic" ? found.value.password : undefined;
    };
    write({ auths: { "ghcr.io": { auth: auth("a:old") } } });
    expect(await ask()).to.equal("old");
    write({ auths: { "ghcr.io": { auth: auth("a:new") } } });
    expect(await ask()).to.equal("new");
  });

  describe("T028 files that cannot be read are told without their content", () => {
    const bad = [
      "",
      "{",
      "[]",
      '{"auths":{"ghcr.io":{"auth":"s3cret!"}}}',
      '{"a":"s3cret"} x',
      '{"a":1,"a":2}',
    ];
    for (const text of bad) {
      it(JSON.stringify(text), async () => {
        write(text);
        const found = await dockerCredentials(folder)("ghcr.io", { ...soon(), fresh: false });
        expect(!found.ok && found.reason.code).to.equal("credentials.unreadable");
        expect(JSON.stringify(found)).to.not.contain("s3cret");
      });
    }
  });

  describe("helpers", () => {
    const path = process.env["PATH"];
    const here = process.cwd();
    let bin = "";
    beforeEach(() => {
      bin = join(folder, "bin");
      mkdirSync(bin);
      process.env["PATH"] = `${bin}${delimiter}${path}`;
    });
    afterEach(() => {
      process.env["PATH"] = path;
      process.chdir(here);
    });

    function helper(name: string, script: string, into = bin): void {
      const file = join(into, `docker-credential-${name}`);
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
    }
    const answer = (user: string, secret: string, server = "") =>
      `printf '{"ServerURL":"${server}","Username":"${user}","Secret":"${secret}"}'`;

    it("asks the registry's own helper before the store, and the store before auths", async () => {
      write({
        credHelpers: { "ghcr.io": "own" },
        credsStore: "store",
        auths: { "quay.io": { auth: auth("file:x") } },
      });
      helper(
        "own",
        `echo "$1" > "${folder}/asked"; cat >> "${folder}/asked"; ${answer("own", "1", "ghcr.io")}`,
      );
      helper(
        "store",
        `read server; test "$server" = quay.io || { echo "credentials not found in native keychain"; exit 1; }
        ${answer("<token>", "2")}`,
      );
      expect(await lookup("ghcr.io")).to.deep.equal({ kind: "basic", username: "own", password: "1" });
      expect(await lookup("quay.io")).to.deep.equal({ kind: "identity-token", token: "2" });
      expect(await lookup("other.test")).to.equal(undefined);
    });

    it("asks for Docker Hub under the name that Docker uses", async () => {
      write({ credsStore: "store" });
      helper("store", `read server; ${answer("hub", "$server")}`.replace("'{", '"{').replaceAll("'", '"'));
      helper(
        "store",
        `server=$(cat); test "$server" = "https://index.docker.io/v1/" && ${answer("hub", "x", "https://index.docker.io/v1/")}`,
      );
      expect(await lookup("docker.io")).to.deep.equal({ kind: "basic", username: "hub", password: "x" });
    });

    it("A126 a helper that fails gives no other credential", async () => {
      write({
        credHelpers: { "private.test": "broken" },
        auths: {
          "https://index.docker.io/v1/": { auth: auth("hub:x") },
          "private.test": { auth: auth("old:y") },
        },
      });
      helper("broken", "echo oops s3cret; exit 1");
      const found = await dockerCredentials(folder)("private.test", { ...soon(), fresh: false });
      expect(!found.ok && found.reason.code).to.equal("credentials.helper_failed");
      expect(JSON.stringify(found)).to.not.contain("s3cret");
    });

    it("A126 an answer for another server is refused", async () => {
      write({ credsStore: "loose" });
      helper("loose", answer("a", "b", "https://ghcr.io.evil.test"));
      expect(await lookup("ghcr.io")).to.equal("credentials.helper_failed");
    });

    const bad: readonly (readonly [string, string])[] = [
      ["no JSON", "echo hello"],
      ["no secret", `printf '{"Username":"a"}'`],
      ["too much", "head -c 100000 /dev/zero"],
      ["killed", "kill -9 $$"],
    ];
    for (const [name, script] of bad) {
      it(`refuses an answer: ${name}`, async () => {
        write({ credsStore: "bad" });
        helper("bad", script);
        expect(await lookup("ghcr.io")).to.equal("credentials.helper_failed");
      });
    }

    it("T029 runs nothing in the working folder, on relative paths or with a strange name", async () => {
      const trap = join(folder, "trap");
      mkdirSync(trap);
      const ran = join(folder, "ran");
      const beside = join(folder, "beside");
      mkdirSync(beside);
      helper("trap", `touch "${ran}"`, beside);
      for (const name of ["trap", "x"]) helper(name, `touch "${ran}"; ${answer("a", "b")}`, trap);
      process.chdir(trap);
      for (const list of [".", "", `.${delimiter}`, "./", "../trap", "../beside", trap]) {
        process.env["PATH"] = list;
        write({ credsStore: "trap" });
        expect(await lookup("ghcr.io"), list).to.equal("credentials.helper_failed");
      }
      process.env["PATH"] = bin;
      for (const name of [
        "../trap/docker-credential-x",
        "/../../trap/x",
        "x;touch y",
        "$(x)",
        "x y",
        "..",
        "\u0000",
      ]) {
        write({ credsStore: name });
        expect(await lookup("ghcr.io"), name).to.equal("credentials.helper_failed");
      }
      expect(existsSync(ran)).to.equal(false);
    });

    it("T211 many who ask at the same time share one run, also where all of them want a fresh one", async () => {
      write({ credsStore: "slow" });
      helper("slow", `echo "$(cat)" >> "${folder}/asked"; sleep 0.1; ${answer("a", "b")}`);
      const source = dockerCredentials(folder);
      const ask = (registry: string, fresh: boolean) => source(registry, { ...soon(), fresh });
      const found = await Promise.all([
        ...Array.from({ length: 20 }, () => ask("ghcr.io", false)),
        ...Array.from({ length: 20 }, () => ask("ghcr.io", true)),
        ask("quay.io", false),
      ]);
      expect(found.every((each) => each.ok && each.value?.kind === "basic")).to.equal(true);
      for (let index = 0; index < 5; index++) await ask("ghcr.io", true);
      const runs = readFileSync(join(folder, "asked"), "utf8").trim().split("\n").toSorted();
      // One for all who came together, and one for those whose answer was refused at once.
      expect(runs).to.deep.equal(["ghcr.io", "ghcr.io", "quay.io"]);
    });

    it("T028 a helper sees our environment without our own secrets", async () => {
      write({ credsStore: "env" });
      helper("env", `printf '{"Username":"%s","Secret":"%s"}' "$CLOUD_ROLE" "x$CACHE_SECRET$CACHE_USER"`);
      const variables = { CLOUD_ROLE: "puller", CACHE_SECRET: "s3cret", CACHE_USER: "cache" };
      Object.assign(process.env, variables);
      try {
        const source = dockerCredentials(folder, { withoutVariables: ["CACHE_SECRET", "CACHE_USER"] });
        const found = await source("ghcr.io", { ...soon(), fresh: false });
        expect(found.ok && found.value).to.deep.equal({ kind: "basic", username: "puller", password: "x" });
      } finally {
        for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
      }
    });

    it("T030 remembers an answer for a while, but not where a fresh one is wanted", async () => {
      write({ credsStore: "count" });
      helper(
        "count",
        `echo x >> "${folder}/count"; n=$(wc -l < "${folder}/count"); printf '{"Username":"a","Secret":"%d"}' $n`,
      );
      const source = dockerCredentials(folder);
      const ask = async (fresh: boolean) => {
        const found = await source("ghcr.io", { ...soon(), fresh });
        return found.ok && found.value?.kind === "basic" ? found.value.password : undefined;
      };
      expect([await ask(false), await ask(false), await ask(true), await ask(false)]).to.deep.equal([
        "1",
        "1",
        "2",
        "2",
      ]);
    });
  });
});
