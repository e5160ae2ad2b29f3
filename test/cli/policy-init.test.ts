import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keyPair } from "../lab/sigstore/index.ts";
import { assay } from "./harness.ts";
import { createWorld, type World } from "./world.ts";

describe("assay policy init", () => {
  let world: World;
  let number = 0;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());

  const fresh = () => join(world.folder, `policy-${++number}`);
  const text = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");
  const init = (folder: string, flags: string) => assay(`policy init ${folder} ${flags}`);
  const ACME = "--organization acme --registry ghcr.io/acme --no-rego";
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into documents of every shape
  const json = (output: string): any => JSON.parse(output);

  describe("init", () => {
    for (const ci of ["github", "gitlab", "tekton", "gcb", "jenkins", "buildkit"]) {
      it(`writes a policy for ${ci} that decides its own examples`, async () => {
        const folder = fresh();
        const made = await init(folder, `${ACME} --ci ${ci}`);
        expect(made.code, made.stderr).to.equal(0);
        const byKey = ci !== "github" && ci !== "gitlab";
        expect(made.stderr.includes("release.pub is a placeholder that denies everything")).to.equal(byKey);
        const tested = await assay(`policy test ${folder} --output json`);
        expect(tested.code, tested.stdout + tested.stderr).to.equal(0);
        expect(
          json(tested.stdout).examples.map((one: { expect: { allow: boolean } }) => one.expect.allow),
        ).to.deep.equal([true, false]);
      });
    }

    it("writes examples that assay eval takes as they are", async () => {
      const folder = fresh();
      await init(folder, `${ACME} --ci github`);
      const judged = await assay(`eval --input ${folder}/examples/allowed.json --policy ${folder}`);
      expect([judged.code, judged.stderr]).to.deep.equal([0, ""]);
      const denied = await assay(`eval --input ${folder}/examples/denied-stranger.json --policy ${folder}`);
      expect([denied.code, denied.stderr]).to.deep.equal([1, ""]);
    });

    it("takes the key of a build system that signs with one", async () => {
      const folder = fresh();
      const key = world.path("chains.pub", keyPair().pem);
      const made = await init(folder, `${ACME} --ci tekton --key ${key}`);
      expect(made.stderr).not.to.include("placeholder");
      expect(text(folder, "trust/release.pub")).to.equal(readFileSync(key, "utf8"));
    });

    it("asks a person for what is not given", async () => {
      const folder = fresh();
      const answers = ["acme", "", "ghcr.io/acme", "tags"];
      const made = await assay(`policy init ${folder} --no-rego`, { answers });
      expect(made.code).to.equal(0);
      expect(made.stderr).to.include("Build system (github, gitlab");
      expect(text(folder, "policy.yaml")).to.include("refs/tags/v*");
    });

    const hosts = [
      [
        "gitlab",
        "gitlab.example.com",
        [
          'issuer: "https://gitlab.example.com"',
          "https://gitlab.example.com/acme/**//.gitlab-ci.yml@refs/heads/main",
        ],
      ],
      ["gitlab", "gitlab.example.com:8443", ['issuer: "https://gitlab.example.com:8443"']],
      [
        "github",
        "github.example.com",
        [
          'issuer: "https://github.example.com/_services/token"',
          "https://github.example.com/acme/*/.github/workflows/*@refs/heads/main",
        ],
      ],
      [
        "github",
        "acme.ghe.com",
        ['issuer: "https://token.actions.acme.ghe.com"', 'https://acme.ghe.com/acme/*"'],
      ],
    ] as const;
    for (const [ci, host, lines] of hosts) {
      it(`follows a host of one's own: ${ci} at ${host}`, async () => {
        const folder = fresh();
        const root = ` --trusted-root ${world.trustedRoot}`;
        const made = await init(folder, `${ACME} --ci ${ci} --host ${host}${root}`);
        expect([made.code, made.stderr]).to.deep.equal([0, ""]);
        const policy = text(folder, "policy.yaml");
        for (const line of [...lines, "trustRoot: "]) expect(policy).to.include(line);
        expect(policy).not.to.match(/https:\/\/(?:github|gitlab)\.com/);
        expect((await assay(`policy test ${folder}`)).code).to.equal(0);
      });
    }

    it("says that nobody certifies such a host yet, where no root is given", async () => {
      const folder = fresh();
      const made = await init(folder, `${ACME} --ci gitlab --host gitlab.example.com`);
      expect(made.code).to.equal(0);
      expect(made.stderr).to.include("the public Sigstore does not certify pipelines of gitlab.example.com");
      expect(text(folder, "trust/README.md")).to.include("every image is denied");
    });

    it("asks for the host where the build system does not tell it", async () => {
      const folder = fresh();
      const answers = [
        "acme/platform",
        "gitlab",
        "gitlab.example.com",
        "registry.example.com/acme",
        "main",
        "",
      ];
      const made = await assay(`policy init ${folder} --no-rego`, { answers });
      expect(made.code).to.equal(0);
      expect(text(folder, "policy.yaml")).to.include("https://gitlab.example.com/acme/platform/**");
      const other = fresh();
      const sources = ["acme/platform", "tekton", "gitlab.example.com", "quay.io/acme", "main", ""];
      expect((await assay(`policy init ${other} --no-rego`, { answers: sources })).code).to.equal(0);
      expect(text(other, "policy.yaml")).to.include(
        'repositories: ["https://gitlab.example.com/acme/platform/**"]',
      );
    });

    const refused: readonly (readonly [string, string, string])[] = [
      ["nobody to ask", "--ci github", "give --organization, --registry"],
      ["branch and tags", `${ACME} --ci github --tags --branch main`, "exclude each other"],
      [
        "an organization of wildcards",
        "--organization * --ci github --registry ghcr.io/acme",
        "--organization *: expected",
      ],
      [
        "a registry with a scheme",
        "--organization acme --ci github --registry https://ghcr.io/acme",
        "--registry https://ghcr.io/acme: expected",
      ],
      ["no registry at all", "--organization acme --ci github --registry acme", "--registry acme: expected"],
      ["a branch of wildcards", `${ACME} --ci github --branch *`, "--branch *: expected"],
      ["an unknown build system", `${ACME} --ci travis`, "--ci travis: expected one of github"],
      [
        "a host with a scheme",
        `${ACME} --ci gitlab --host https://gitlab.example.com`,
        "--host https://gitlab",
      ],
      ["a host of wildcards", `${ACME} --ci gitlab --host *.example.com`, "--host *.example.com: expected"],
      [
        "a host with a path",
        `${ACME} --ci gitlab --host example.com/gitlab`,
        "--host example.com/gitlab: expected",
      ],
      [
        "groups in groups of GitHub",
        "--organization a/b --ci github --registry ghcr.io/a",
        "only GitLab has groups in groups",
      ],
      [
        "a root where keys sign",
        `${ACME} --ci tekton --trusted-root x.json`,
        "Tekton Chains signs with a key",
      ],
      ["a root that is not there", `${ACME} --ci gitlab --trusted-root none.json`, "none.json"],
      [
        "a root named as the embedded one",
        `${ACME} --ci gitlab --trusted-root public-good.json`,
        "another than",
      ],
      ["two roots", `${ACME} --ci gitlab --trusted-root a.json --trusted-root b.json`, "given twice"],
      ["a key where none signs", `${ACME} --ci github --key x.pub`, "signs with certificates"],
      ["flags of --from", `${ACME} --ci github --offline`, "--offline goes with --from alone"],
      ["flags that --from tells", "--from ghcr.io/a/b --ci github", "--ci goes without --from"],
    ];
    for (const [name, flags, message] of refused) {
      it(`refuses ${name}`, async () => {
        const ran = await init(fresh(), flags);
        expect(ran.code).to.equal(2);
        expect(ran.stderr).to.include(message);
        expect(ran.stderr.split("\n")).to.have.length(2);
      });
    }

    it("refuses a private key", async () => {
      const key = world.path("private.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
      const folder = fresh();
      const ran = await init(folder, `${ACME} --ci tekton --key ${key}`);
      expect([ran.code, ran.stdout]).to.deep.equal([2, ""]);
      expect(ran.stderr).to.include("--key is no single public key");
    });

    it("never writes over anything silently", async () => {
      const folder = fresh();
      await init(folder, `${ACME} --ci github`);
      writeFileSync(join(folder, "policy.yaml"), "mine");
      const again = await init(folder, `${ACME} --ci github`);
      expect([again.code, text(folder, "policy.yaml")]).to.deep.equal([2, "mine"]);
      const forced = await init(folder, `${ACME} --ci github --force`);
      expect(forced.code).to.equal(0);
      expect(forced.stderr).to.include("policy.yaml was overwritten");
    });
  });

  describe("init --from", () => {
    it("proposes a policy that allows the image, and the next release, and no stranger's", async () => {
      const folder = fresh();
      const made = await init(folder, `--from ${world.good} --trusted-root ${world.trustedRoot}`);
      expect(made.code, made.stderr).to.equal(0);
      expect(made.stderr).to.include("this is a proposal: read policy.yaml");
      const yaml = text(folder, "policy.yaml");
      expect(yaml).to.include('release.yml@refs/tags/v*"').and.to.include("# generalised: refs/tags/v1.2.3");
      expect(yaml).to.include('repositories: ["https://github.com/acme/app"]');
      expect((await assay(`policy test ${folder}`)).code).to.equal(0);
      expect((await assay(`verify ${world.good} --policy ${folder}`)).code).to.equal(0);
      expect((await assay(`verify ${world.unsigned} --policy ${folder}`)).code).to.equal(1);
      expect(json(text(folder, "examples/denied-stranger.json")).expect.allow).to.equal(false);
    });

    it("proposes the key that signed", async () => {
      const folder = fresh();
      const flags = `--offline --evidence ${world.keyBundle} --key ${world.key}`;
      const made = await init(folder, `--from app@${world.goodDigest} ${flags}`);
      expect(made.code, made.stderr).to.equal(0);
      expect(text(folder, "policy.yaml")).to.include('release: { key: "trust/release.pub" }');
      expect(text(folder, "policy.yaml")).to.include("claimed by the builder; no certificate confirms it");
    });

    it("proposes nothing where nothing is verified", async () => {
      const folder = fresh();
      const made = await init(folder, `--from ${world.unsigned} --trusted-root ${world.trustedRoot}`);
      expect([made.code, made.stdout]).to.deep.equal([3, ""]);
      expect(made.stderr).to.include("policy.nothing_verified");
    });
  });
});
