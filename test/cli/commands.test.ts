import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { request } from "node:https";
import { dirname, join } from "node:path";
import { findOpa } from "../../src/policy/index.ts";
import { parseTime } from "../../src/cli/time.ts";
import { createTlsAuthority } from "../lab/tls.ts";
import { assay, type Ran } from "./harness.ts";
import { createWorld, type World } from "./world.ts";

describe("assay", () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());
  afterEach(() => {
    world.registry.misbehave = undefined;
  });

  const offline = () => `app@${world.goodDigest} --offline`;
  const identity = () =>
    `--certificate-identity ${world.identity} --certificate-oidc-issuer ${world.issuer} --trusted-root ${world.trustedRoot}`;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into documents of every shape
  const json = (ran: Ran): any => JSON.parse(ran.stdout);

  describe("verify", () => {
    it("allows an image attested by an approved workflow: exit 0, the decision document", async () => {
      const ran = await assay(`verify ${world.good} --policy ${world.policy} --output json --namespace prod`);
      expect([ran.code, ran.stderr]).to.deep.equal([0, ""]);
      expect(json(ran)).to.deep.include({
        allow: true,
        outcome: "allow",
        image: { reference: world.good, digest: world.goodDigest },
        violations: [],
        reason: null,
      });
      expect(json(ran).policy).to.include({ name: "acme", revision: "1.0.0" });
    });

    it("A130 denies what nobody signed: exit 1, with what was found, expected and to do", async () => {
      const ran = await assay(`verify ${world.unsigned} --policy ${world.policy}`);
      expect([ran.code, ran.stderr]).to.deep.equal([1, ""]);
      expect(ran.stdout).to.match(/^✘ denied {2}127\.0\.0\.1:\d+\/acme\/unsigned:1\.2\.3\n/);
      expect(ran.stdout).to.include("✘ provenance.present\n    Found no provenance");
      expect(ran.stdout).to.include("to do: Build the image where");
      expect(ran.stdout).to.include("└─ no evidence");
      expect(ran.stdout).not.to.include("\u001b");
    });

    it("answers several under their references; one denied is exit 1", async () => {
      const ran = await assay(
        `verify ${world.good} ${world.unsigned} ${world.good} --policy ${world.policy} --output json`,
      );
      expect(ran.code).to.equal(1);
      expect(json(ran).allow).to.equal(false);
      expect(Object.keys(json(ran).decisions)).to.deep.equal([world.good, world.unsigned]);
      const both = await assay(`verify ${world.good} localhost/x:1 --policy ${world.policy} --output json`);
      expect(both.code).to.equal(3);
    });

    for (const format of ["sarif", "junit", "markdown"]) {
      it(`says it as ${format}`, async () => {
        const ran = await assay(`verify ${world.unsigned} --policy ${world.policy} --output ${format}`);
        expect(ran.code).to.equal(1);
        expect(ran.stdout).to.include("provenance.present");
      });
    }

    it("is undecided when the registry fails, and says why: exit 3", async () => {
      world.registry.misbehave = () => ({ status: 503 });
      const ran = await assay(`verify ${world.good} --policy ${world.policy} --output json --timeout 2`);
      expect(ran.code).to.equal(3);
      expect(json(ran)).to.deep.include({ allow: false, outcome: "undecided" });
      expect(json(ran).reason.code).to.match(/^(?:registry\.|deadline\.)/);
    });

    it("needs no registry with evidence and image given", async () => {
      const ran = await assay(
        `verify ${offline()} --evidence ${world.goodBundle} ${identity()} --output json`,
      );
      expect([ran.code, ran.stderr]).to.deep.equal([0, ""]);
      expect(json(ran).policy.name).to.equal("ad-hoc");
    });

    it("judges by a key alone", async () => {
      const ran = await assay(`verify ${offline()} --evidence ${world.keyBundle} --key ${world.key}`);
      expect([ran.code, ran.stderr]).to.deep.equal([0, ""]);
      const other = await assay(`verify ${offline()} --evidence ${world.goodBundle} --key ${world.key}`);
      expect(other.code).to.equal(1);
    });

    for (const [name, change] of [
      ["another identity", (flags: string) => flags.replace("acme/app", "mallory/app")],
      ["the identity as a part", (flags: string) => flags.replace("https://github.com/acme", "acme")],
      ["a pattern", (flags: string) => flags.replace("acme/app", "acme/*")],
      ["another issuer", (flags: string) => flags.replace("token.actions", "token.evil")],
    ] as const) {
      it(`T092 T082 A143 denies ${name}`, async () => {
        const ran = await assay(`verify ${offline()} --evidence ${world.goodBundle} ${change(identity())}`);
        expect(ran.code).to.equal(1);
      });
    }

    it("decides as of the time given", async () => {
      const ran = await assay(
        `verify ${world.good} --policy ${world.policy} --at 2026-12-24T18:00:00+01:00 --output json`,
      );
      expect(json(ran).time).to.equal("2026-12-24T17:00:00.000Z");
    });

    it("colours a terminal, and there says what takes long", async () => {
      world.registry.misbehave = async () => {
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        return undefined;
      };
      const ran = await assay(`verify ${world.unsigned} --policy ${world.policy}`, { terminal: true });
      expect(ran.stdout).to.include("\u001b[31m✘ denied");
      expect(ran.stderr).to.equal(`assay: gathering and verifying the evidence of ${world.unsigned} …\n`);
    });
  });

  describe("evidence", () => {
    it("draws what there is", async () => {
      const ran = await assay(`evidence ${world.good} --trusted-root ${world.trustedRoot}`);
      expect([ran.code, ran.stderr]).to.deep.equal([0, ""]);
      expect(ran.stdout).to.include("└─ verified    https://slsa.dev/provenance/v1\n");
      expect(ran.stdout).to.include(`signer   ${world.identity}\n`);
    });

    it("prints the input document; a wrong signature is content, not a fault", async () => {
      const flags = `${offline()} --evidence ${world.goodBundle} --output json`;
      const good = await assay(`evidence ${flags} --trusted-root ${world.trustedRoot}`);
      expect([good.code, good.stderr]).to.deep.equal([0, ""]);
      expect(json(good).evidence[0]).to.include({ status: "verified", source: "file" });
      const publicGood = await assay(`evidence ${flags}`);
      expect(publicGood.code).to.equal(0);
      expect(json(publicGood).evidence[0]).to.include({ status: "failed" });
      const byPolicy = await assay(`evidence ${flags} --policy ${world.policy}`);
      expect(json(byPolicy).evidence[0]).to.include({ status: "verified" });
    });

    it("cannot tell of an image that is not there: exit 3", async () => {
      const ran = await assay(`evidence ${world.registry.host}/acme/none:1 --output json`);
      expect([ran.code, ran.stdout]).to.deep.equal([3, ""]);
      expect(ran.stderr).to.match(/^assay: registry\.not_found: [^\n]+\n$/);
    });

    it("offline, a tag that no layout holds cannot be resolved: exit 3", async () => {
      const ran = await assay(`evidence app:1 --offline`);
      expect(ran.code).to.equal(3);
      expect(ran.stderr).to.match(/^assay: image\.digest_unknown: /);
    });
  });

  describe("eval", () => {
    let input: string;
    before(async () => {
      const ran = await assay(`evidence ${world.good} --policy ${world.policy} --output json`);
      input = world.path("input.json", ran.stdout);
    });

    it("gives the same bytes for the same input and policy, without network", async () => {
      world.registry.misbehave = () => ({ status: 500 });
      const first = await assay(`eval --input ${input} --policy ${world.policy} --output json`);
      const second = await assay(`eval --input ${input} --policy ${world.policy} --output json`);
      expect([first.code, first.stderr]).to.deep.equal([0, ""]);
      expect(second.stdout).to.equal(first.stdout);
      expect(json(first).time).to.equal(
        parseTime(JSON.parse(readFileSync(input, "utf8")).time)?.toISOString(),
      );
    });

    it("moves the clock with --at", async () => {
      const ran = await assay(
        `eval --input ${input} --policy ${world.policy} --output json --at 2030-01-01T00:00:00Z`,
      );
      expect(json(ran).time).to.equal("2030-01-01T00:00:00.000Z");
    });

    const document = () => JSON.parse(readFileSync(input, "utf8")) as Record<string, unknown>;
    const spoilings: { name: string; spoil: () => string; message: RegExp }[] = [
      { name: "no JSON", spoil: () => "{", message: /spoiled\.json: not JSON: / },
      {
        name: "another document",
        spoil: () => "{}",
        message: /no input document: the document must have required/,
      },
      { name: "a list", spoil: () => "[]", message: /no input document: the document must be object/ },
      {
        name: "a time that is none",
        spoil: () => JSON.stringify({ ...document(), time: "now" }),
        message: /no input document: \/time /,
      },
      {
        name: "a key twice",
        spoil: () => readFileSync(input, "utf8").replace("{", '{"schemaVersion": "1",'),
        message: /the key "schemaVersion" stands twice/,
      },
    ];
    for (const { name, spoil, message } of spoilings) {
      it(`refuses ${name}: exit 2`, async () => {
        const spoiled = world.path("spoiled.json", spoil());
        const ran = await assay(`eval --input ${spoiled} --policy ${world.policy}`);
        expect([ran.code, ran.stdout]).to.deep.equal([2, ""]);
        expect(ran.stderr).to.match(message);
        expect(ran.stderr.split("\n")).to.have.length(2);
      });
    }
  });

  describe("policy build", () => {
    it("writes a bundle that decides as the folder does; the same bytes each time", async function () {
      if (!(await findOpa()).ok) this.skip();
      const [first, second] = [join(world.folder, "a.tar.gz"), join(world.folder, "b.tar.gz")];
      const ran = await assay(`policy build ${world.policy} --out ${first} --revision r7`);
      expect([ran.code, ran.stderr]).to.deep.equal([0, ""]);
      await assay(`policy build ${world.policy} --out ${second} --revision r7`);
      expect(readFileSync(first).equals(readFileSync(second))).to.equal(true);
      const good = await assay(`verify ${world.good} --policy ${first} --output json`);
      expect([good.code, json(good).policy.name, json(good).policy.revision]).to.deep.equal([
        0,
        "acme",
        "r7",
      ]);
      const bad = await assay(`verify ${world.unsigned} --policy ${first}`);
      expect(bad.code).to.equal(1);
    });

    it("says what is wrong with a folder, with file, line and column: exit 2, nothing written", async () => {
      world.path("wrong/policy.yaml", "name: wrong\nversion: 1.0.0\nsigners: {}\nimages:\n  - macth: [a]\n");
      const out = join(world.folder, "wrong.tar.gz");
      const ran = await assay(`policy build ${join(world.folder, "wrong")} --out ${out} --revision 1`);
      expect([ran.code, ran.stdout]).to.deep.equal([2, ""]);
      for (const line of ran.stderr.trimEnd().split("\n")) {
        expect(line).to.match(/^assay: \S+\/wrong\/policy\.yaml:\d+:\d+: policy\.[a-z_]+: /);
      }
      expect(statSync(out, { throwIfNoEntry: false })).to.equal(undefined);
      expect(readdirSync(world.folder).filter((name) => name.endsWith(".tmp"))).to.deep.equal([]);
    });

    it("the same fault ends verify: exit 2", async () => {
      world.path("wrong/policy.yaml", "name: wrong\n");
      const ran = await assay(`verify ${world.good} --policy ${join(world.folder, "wrong")}`);
      expect([ran.code, ran.stdout]).to.deep.equal([2, ""]);
      expect(ran.stderr).to.match(/^assay: \S+policy\.yaml:1:1: /);
    });
  });

  describe("verify-bundle", () => {
    const flags = () => `verify-bundle --bundle ${world.goodBundle} ${identity()}`;

    it("verifies for a digest and the demanded signer: exit 0", async () => {
      const ran = await assay(`${flags()} ${world.goodDigest}`);
      expect([ran.code, ran.stderr]).to.deep.equal([0, ""]);
      expect(ran.stdout).to.equal(`verified: ${world.identity} (${world.issuer})\n`);
    });

    it("verifies by key", async () => {
      const ran = await assay(
        `verify-bundle --bundle ${world.keyBundle} --key ${world.key} ${world.goodDigest}`,
      );
      expect([ran.code, ran.stderr]).to.deep.equal([0, ""]);
    });

    it("refuses another artifact or signer with one line: exit 1", async () => {
      const file = world.path("other.bin", "other");
      for (const line of [
        `${flags()} ${file}`,
        `${flags()} sha256:${"0".repeat(64)}`,
        `${flags().replace("acme/app", "acme/apq")} ${world.goodDigest}`,
        `verify-bundle --bundle ${world.keyBundle} ${identity()} ${world.goodDigest}`,
        `verify-bundle --bundle ${file} ${identity()} ${world.goodDigest}`,
      ]) {
        const ran = await assay(line);
        expect([ran.code, ran.stdout], line).to.deep.equal([1, ""]);
        expect(ran.stderr).to.match(/^assay: [^\n]+: [a-z]+\.[a-z_]+: [^\n]+\n$/);
      }
    });
  });

  describe("bad input is one line and exit 2", () => {
    const cases: [string, () => string, RegExp][] = [
      ["nothing", () => "", /Usage: assay/],
      ["an unknown command", () => "verfy x", /^assay: unknown command verfy: did you mean verify\?$/],
      ["a word of an object", () => "__proto__", /^assay: unknown command __proto__/],
      [
        "half a command",
        () => "policy",
        /^assay: policy is followed by another word: policy init, policy build/,
      ],
      ["an unknown flag", () => "verify a --polcy b", /did you mean --policy\?$/],
      ["no image", () => `verify --policy ${world.policy}`, /^assay: IMAGE is missing/],
      ["two images for evidence", () => "evidence a b", /^assay: unexpected argument b/],
      ["no reference", () => "verify a@@b --key k", /^assay: the image reference "a@@b" is not /],
      ["T007 a digest too short", () => "verify a@sha256:12 --key k", /^assay: /],
      [
        "T092 nobody named",
        () => "verify a",
        /^assay: nobody is named whose word would count: give --policy/,
      ],
      ["T092 a trust root alone", () => `verify a --trusted-root ${world.trustedRoot}`, /nobody is named/],
      [
        "T092 an identity without issuer",
        () => "verify a --certificate-identity x",
        /--certificate-oidc-issuer is missing/,
      ],
      [
        "T092 an issuer without identity",
        () => "verify a --certificate-oidc-issuer x",
        /--certificate-identity is missing/,
      ],
      [
        "an empty identity",
        () => "verify a --certificate-identity= --certificate-oidc-issuer x",
        /needs a value/,
      ],
      ["policy and key", () => `verify a --policy ${world.policy} --key ${world.key}`, /go without --policy/],
      [
        "policy and root",
        () => `evidence a --policy ${world.policy} --trusted-root ${world.trustedRoot}`,
        /go without --policy/,
      ],
      [
        "a policy from a URL of no known kind",
        () => "verify a --policy s3://x/y.tar.gz",
        /policies come from files, folders, https:\/\/ and oci:\/\/, not from s3:\/\/$/,
      ],
      [
        "a policy from a URL, offline",
        () => "verify a --policy https://x/y.tar.gz --offline",
        /^assay: https:\/\/x\/y\.tar\.gz: with --offline a policy is a file or a folder$/,
      ],
      [
        "a policy's signer without a policy",
        () => "verify a --policy-key k",
        /^assay: --policy-key goes with --policy$/,
      ],
      ["no policy there", () => "verify a --policy /nowhere", /^assay: \/nowhere: there is no such policy$/],
      ["a policy that is none", () => `verify a --policy ${world.key}`, /release\.pub: no policy bundle: /],
      [
        "a key that is none",
        () => `verify a --key ${world.goodBundle}`,
        /^assay: key good\.sigstore: there is no PEM/,
      ],
      ["no key there", () => "verify a --key /nowhere", /\/nowhere/],
      ["a root that is none", () => `evidence a --trusted-root ${world.key}`, /release\.pub/],
      [
        "no evidence there",
        () => `evidence a --evidence /nowhere`,
        /^assay: \/nowhere: there is no such file or folder$/,
      ],
      [
        "no layout there",
        () => `evidence a --layout /nowhere`,
        /^assay: \/nowhere: there is no such file or folder$/,
      ],
      ["a layout that is none", () => `evidence a --layout ${world.key}`, /release\.pub/],
      ["a time that is none", () => "evidence a --at tomorrow", /--at tomorrow: expected a time of RFC 3339/],
      ["a timeout that is none", () => "evidence a --timeout soon", /--timeout soon: expected seconds/],
      ["no timeout at all", () => "evidence a --timeout 0", /--timeout 0: expected seconds/],
      ["a platform that is none", () => "evidence a --platform linux", /--platform linux: expected OS\/ARCH/],
      ["a namespace that is none", () => "evidence a --namespace A", /--namespace A: not the name/],
      ["an output that is none", () => "verify a --output yaml", /expected one of text, json, sarif/],
      ["eval without input", () => "eval --policy x", /^assay: --input is missing/],
      ["eval without policy", () => "eval --input x", /^assay: --policy is missing/],
      [
        "no input there",
        () => `eval --input /nowhere --policy ${world.policy}`,
        /^assay: \/nowhere: cannot be read: ENOENT/,
      ],
      ["build without out", () => "policy build x --revision 1", /^assay: --out is missing/],
      ["build without revision", () => "policy build x --out y", /^assay: --revision is missing/],
      ["build of nothing", () => "policy build /nowhere --out y --revision 1", /^assay: \/nowhere/],
      [
        "a bundle alone",
        () => `verify-bundle --bundle ${world.goodBundle} ${world.goodDigest}`,
        /name the signer/,
      ],
      [
        "key and identity",
        () =>
          `verify-bundle --bundle ${world.goodBundle} --key ${world.key} ${identity()} ${world.goodDigest}`,
        /one signer/,
      ],
      ["staging", () => "verify-bundle --staging --bundle x y", /staging instance is not built in/],
      [
        "no bundle there",
        () => `verify-bundle --bundle /nowhere ${identity()} ${world.goodDigest}`,
        /\/nowhere: cannot be read/,
      ],
      [
        "no artifact there",
        () => `verify-bundle --bundle ${world.goodBundle} ${identity()} sha256:12`,
        /sha256:12: cannot be read/,
      ],
      ["serve without config", () => "serve", /^assay: --config is missing/],
      ["no config there", () => "serve --config /nowhere.yaml", /^assay: \/nowhere\.yaml: cannot be read/],
    ];
    for (const [name, line, message] of cases) {
      it(name, async () => {
        const ran = await assay(line());
        expect([ran.code, ran.stdout]).to.deep.equal([2, ""]);
        if (name !== "nothing") {
          expect(ran.stderr.split("\n")).to.have.length(2);
          expect(ran.stderr.trimEnd()).to.match(message);
        }
        expect(ran.stderr).not.to.match(/\n {4}at /);
      });
    }
  });

  describe("help", () => {
    it("tells every command with its flags and an example", async () => {
      const all = await assay("--help");
      expect(all.code).to.equal(0);
      for (const name of [
        "verify",
        "evidence",
        "eval",
        "serve",
        "policy build",
        "trust refresh",
        "verify-bundle",
      ]) {
        expect(all.stdout).to.include(`  ${name} `);
        const one = await assay(`${name} --help`);
        expect([one.code, one.stderr]).to.deep.equal([0, ""]);
        expect(one.stdout).to.match(new RegExp(`^Usage: assay ${name} [^]*\nExamples:\n  assay ${name} `));
        expect((await assay(`help ${name}`)).stdout).to.equal(one.stdout);
      }
    });
  });

  describe("serve", () => {
    it("T255 answers with the same decision as verify, and ends when asked: exit 0", async () => {
      const tls = createTlsAuthority();
      const server = tls.server();
      world.path("tls.crt", server.cert);
      world.path("tls.key", server.key);
      const config = world.path(
        "assay.yaml",
        [
          "listeners:",
          '  kyverno: { address: "127.0.0.1:0", tls: { cert: tls.crt, key: tls.key } }',
          '  metrics: { address: "127.0.0.1:0" }',
          "policies: [{ source: policy }]",
          'decisionLog: { file: decisions.log, mask: ["/result/trust"] }',
        ].join("\n"),
      );
      const { promise: asked, resolve: ask } = Promise.withResolvers<"SIGINT">();
      const { promise: listening, resolve: listens } = Promise.withResolvers<[number, number]>();
      const running = assay(`serve --config ${config}`, {
        untilAskedToEnd: () => asked,
        onStderr: (text) => {
          const [kyverno, metrics] = [...text.matchAll(/"message":"listening".*"port":(\d+)/g)];
          if (text.includes('"message":"ready"')) listens([Number(kyverno?.[1]), Number(metrics?.[1])]);
        },
      });
      const [port, metricsPort] = await Promise.race([
        listening,
        running.then(({ stderr }) => Promise.reject(new Error(stderr))),
      ]);
      const answer = await post(port, tls.cert, { images: [world.good, world.unsigned] });
      expect(answer.allow).to.equal(false);
      expect(answer.decisions[world.good]).to.deep.include({
        allow: true,
        image: { reference: world.good, digest: world.goodDigest },
      });
      expect(answer.decisions[world.unsigned].violations[0].code).to.equal("provenance.present");
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      expect(metrics).to.include('assay_decisions_total{surface="kyverno",outcome="deny"} 1\n');
      for (const stage of ["resolve", "evidence", "appraise", "evaluate"]) {
        expect(metrics).to.include(`assay_stage_duration_seconds_count{stage="${stage}"} 2\n`);
      }
      expect(metrics).to.match(/assay_registry_requests_total\{registry="[^"]+",result="ok"\} [1-9]/);
      expect(metrics).to.include('assay_decisions_answered_total{source="made"} 2\n');
      ask("SIGINT");
      const ran = await running;
      expect([ran.code, ran.stdout]).to.deep.equal([0, ""]);
      const logged = readFileSync(join(dirname(config), "decisions.log"), "utf8");
      const entries = logged
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { readonly input: object });
      expect(entries.map(({ input }) => input)).to.deep.equal([
        { image: world.good, surface: "kyverno" },
        { image: world.unsigned, surface: "kyverno" },
      ]);
      for (const line of ran.stderr.trimEnd().split("\n")) expect(JSON.parse(line)).to.be.an("object");
    });

    it("T254 says what is wrong before anything listens: exit 2", async () => {
      const listener = 'listeners: { metrics: { address: "127.0.0.1:0" } }\n';
      for (const [text, message] of [
        ["listeners: {}\n", /assay2\.yaml:1: policies: is missing/],
        [`${listener}policies: [{ source: nowhere }]\n`, /nowhere: there is no such policy/],
        [`${listener}policies: [{ source: tls.key }]\n`, /^assay: .*tls\.key: .*not a gzip archive/],
        [
          `${listener}policies: [{ source: "ftp://x/y" }]\n`,
          /ftp:\/\/x\/y: policies come from files, folders/,
        ],
        [
          `${listener}policies: [{ source: policy, shadow: { source: "ftp://x/y" } }]\n`,
          /policies come from/,
        ],
        [`${listener}policies: [{ source: policy, signers: [{ key: nobody.pub }] }]\n`, /nobody\.pub/],
        [
          'listeners: { kyverno: { address: "127.0.0.1:0", tls: { cert: no.crt, key: tls.key } } }\npolicies: [{ source: policy }]\n',
          /no\.crt: cannot be read/,
        ],
      ] as const) {
        const config = world.path("assay2.yaml", text);
        const ran = await assay(`serve --config ${config}`);
        expect([ran.code, ran.stdout]).to.deep.equal([2, ""]);
        expect(ran.stderr).to.match(message);
        expect(ran.stderr).not.to.include('"ready"');
      }
    });
  });

  describe("as a process", () => {
    const main = join(import.meta.dirname, "..", "..", "src", "cli", "main.ts");

    it("prints one JSON document and exits with the outcome", () => {
      const ran = spawnSync(
        process.execPath,
        [
          main,
          "verify",
          ...`${offline()} --evidence ${world.goodBundle} ${identity()} --output json`.split(" "),
        ],
        { encoding: "utf8" },
      );
      expect([ran.status, ran.stderr]).to.deep.equal([0, ""]);
      expect((JSON.parse(ran.stdout) as { allow: boolean }).allow).to.equal(true);
    });

    it("survives a reader that left, with the exit code of the decision", () => {
      const command = `"${process.execPath}" "${main}" evidence ${offline()} --evidence ${world.goodBundle} --output json; echo "code $?" >&2`;
      const ran = spawnSync("sh", ["-c", `{ ${command}; } | true`], { encoding: "utf8" });
      expect(ran.stderr).to.equal("code 0\n");
    });

    it("a result that cannot be written is no success", function () {
      if (statSync("/dev/full", { throwIfNoEntry: false }) === undefined) this.skip();
      const command = `"${process.execPath}" "${main}" --version > /dev/full; echo "code $?"`;
      expect(spawnSync("sh", ["-c", command], { encoding: "utf8" }).stdout).to.equal("code 3\n");
    });
  });
});

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into documents of every shape
function post(port: number, ca: string, body: unknown): Promise<any> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", servername: "localhost", port, ca, agent: false as const };
    const call = request({ ...options, path: "/v1/decisions", method: "POST" }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(JSON.parse(text)));
    });
    call.on("error", reject);
    call.end(JSON.stringify(body));
  });
}
