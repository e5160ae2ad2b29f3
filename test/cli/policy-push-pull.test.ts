import { expect } from "chai";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf } from "../../src/core/index.ts";
import { defaultBundlePath } from "../../src/policy/index.ts";
import { signOpaBundle } from "../../src/release/index.ts";
import { startLabRegistry, type LabRegistry } from "../lab/registry.ts";
import { input } from "../policy/source/sample.ts";
import { BundleServer } from "../release/sources/bundle-server.ts";
import { assay } from "./harness.ts";

const ARCHIVE = readFileSync(defaultBundlePath());
const [KEY, OTHER] = [
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
];

describe("assay policy push, pull, and policies from everywhere", () => {
  let folder: string;
  let registry: LabRegistry;
  let web: BundleServer;
  before(async () => {
    registry = await startLabRegistry({ writable: true });
    web = await BundleServer.start();
  });
  after(async () => {
    await registry.close();
    await web.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "assay-push-"));
    registry.misbehave = undefined;
    web.misbehave = undefined;
    writeFileSync(at("plain.tar.gz"), ARCHIVE);
    const opaSigned = signOpaBundle(ARCHIVE, { key: KEY.privateKey });
    if (!opaSigned.ok) throw new Error(opaSigned.reason.message);
    writeFileSync(at("opa.tar.gz"), opaSigned.value);
    writeFileSync(at("release.pub"), KEY.publicKey.export({ type: "spki", format: "pem" }));
    writeFileSync(at("other.pub"), OTHER.publicKey.export({ type: "spki", format: "pem" }));
    writeFileSync(at("release.key"), KEY.privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(at("input.json"), JSON.stringify(input([], [])));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = (name: string) => join(folder, name);
  const oci = (tag = "stable") => `oci://${registry.host}/policies/acme:${tag}`;
  const ran = async (line: string, code = 0) => {
    const ended = await assay(line.replaceAll(/(?<=^| )@(?<name>[\w.-]+)/g, (_, name: string) => at(name)));
    expect(ended.code, ended.stdout + ended.stderr).to.equal(code);
    return ended;
  };
  /** A copy of the bundle that is signed beside it. */
  const sign = async (name: string): Promise<void> => {
    writeFileSync(at(name), ARCHIVE);
    await ran(`policy sign @${name} --key @release.key`);
    expect(existsSync(at(`${name}.sigstore.json`))).to.equal(true);
  };

  describe("to and from a registry", () => {
    it("the same bundle comes back, with its signature, verified; and is told by the digest to pin", async () => {
      await sign("acme.tar.gz");
      const pushed = await ran(`policy push @acme.tar.gz ${oci()} --tag v1`);
      const [pinned = ""] = pushed.stdout.split("  ");
      expect(pushed.stdout).to.match(
        /^oci:\/\/127\.0\.0\.1:\d+\/policies\/acme@sha256:[0-9a-f]{64} {2}bundle sha256:[0-9a-f]{64}\nattached sha256:[0-9a-f]{64}\n$/,
      );
      expect(pushed.stderr).to.equal("");
      expect((await ran(`policy push @acme.tar.gz ${oci()} --tag v1`)).stdout).to.equal(pushed.stdout);
      for (const url of [oci(), oci("v1"), pinned]) {
        const pulled = await ran(`policy pull ${url} --out @out.tar.gz --key @release.pub`);
        expect(pulled.stdout).to.match(
          /^.*out\.tar\.gz {2}sha256:[0-9a-f]{64} {2}revision standard.*\nsigned by .*release\.pub: .*, Sigstore\n$/,
        );
        expect(pulled.stderr).to.equal("");
        expect(digestOf(readFileSync(at("out.tar.gz")))).to.equal(digestOf(ARCHIVE));
      }
      await ran("policy verify @out.tar.gz --key @release.pub");
      expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).to.deep.equal([]);
    });

    it("what is signed in the registry is verified as a file too: its manifest comes along", async () => {
      const there = `oci://${registry.host}/policies/there:1`;
      await ran(`policy push @plain.tar.gz ${there}`);
      await ran(`policy sign ${there} --key @release.key`);
      await ran(`policy pull ${there} --out @out.tar.gz --key @release.pub`);
      expect(existsSync(at("out.tar.gz.manifest.json"))).to.equal(true);
      await ran("policy verify @out.tar.gz --key @release.pub");
      rmSync(at("out.tar.gz.manifest.json"));
      await ran("policy verify @out.tar.gz --key @release.pub", 1);
    });
  });

  describe("to and from a server", () => {
    it("the same bundle comes back, its evidence put first", async () => {
      await sign("acme.tar.gz");
      writeFileSync(at("token"), "secret");
      const pushed = await ran(`policy push @acme.tar.gz ${web.url("/p/acme.tar.gz")} --token-file @token`);
      expect(pushed.stdout).to.equal(`${web.url("/p/acme.tar.gz")}  bundle ${digestOf(ARCHIVE)}\n`);
      expect(
        web.asked.map(({ method, path, headers }) => [method, path, headers.authorization]),
      ).to.deep.equal([
        ["PUT", "/p/acme.tar.gz.sigstore.json", "Bearer secret"],
        ["PUT", "/p/acme.tar.gz", "Bearer secret"],
      ]);
      await ran(`policy pull ${web.url("/p/acme.tar.gz")} --out @out.tar.gz --key @release.pub`);
      expect(digestOf(readFileSync(at("out.tar.gz")))).to.equal(digestOf(ARCHIVE));
      await ran("policy verify @out.tar.gz --key @release.pub");
    });

    for (const { status, says } of [
      { status: 403, says: /status 403/ },
      { status: 500, says: /status 500/ },
      { status: 307, says: /status 307; expected 200, 201 or 204/ },
    ]) {
      it(`says so where it does not take it: ${status}`, async () => {
        web.misbehave = () => ({ status, headers: { location: "http://127.0.0.1:9/" } });
        const { stderr } = await ran(`policy push @plain.tar.gz ${web.url()}`, 2);
        expect(stderr).to.match(says);
      });
    }
  });

  describe("pull writes nothing but the verified whole", () => {
    const left = () => readdirSync(folder).filter((name) => name.startsWith("out"));

    it("T185 by nobody who is demanded: exit 1, and what lay there stays", async () => {
      await sign("acme.tar.gz");
      await ran(`policy push @acme.tar.gz ${oci("mine")}`);
      await ran(`policy push @plain.tar.gz oci://${registry.host}/policies/unsigned:1`);
      writeFileSync(at("out.tar.gz"), "as it was");
      for (const url of [oci("mine"), `oci://${registry.host}/policies/unsigned:1`]) {
        const { stderr, stdout } = await ran(`policy pull ${url} --out @out.tar.gz --key @other.pub`, 1);
        expect(stderr).to.match(/^assay: oci:\/\/.*: signature\.\w+: /);
        expect(stdout).to.equal("");
        expect(left()).to.deep.equal(["out.tar.gz"]);
        expect(readFileSync(at("out.tar.gz"), "utf8")).to.equal("as it was");
      }
    });

    it("evidence of an older bundle is taken away", async () => {
      for (const name of [
        "out.tar.gz.sigstore.json",
        "out.tar.gz.intoto.jsonl",
        "out.tar.gz.manifest.json",
      ]) {
        writeFileSync(at(name), "{}");
      }
      web.files.set("/plain.tar.gz", { bytes: ARCHIVE });
      const { stderr } = await ran(`policy pull ${web.url("/plain.tar.gz")} --out @out.tar.gz`);
      expect(left()).to.deep.equal(["out.tar.gz"]);
      expect(stderr).to.equal(
        "assay: who signed it was not verified: no --key and no --certificate-identity\n",
      );
    });

    const rows: readonly { name: string; prepare: () => void; code: number; says: RegExp }[] = [
      {
        name: "no policy bundle",
        prepare: () => web.files.set("/acme.tar.gz", { bytes: ARCHIVE.subarray(0, 2000) }),
        code: 1,
        says: /cannot be read|no policy bundle/,
      },
      {
        name: "T173 a signature that nobody is demanded of",
        prepare: () => web.files.set("/acme.tar.gz", { bytes: readFileSync(at("opa.tar.gz")) }),
        code: 1,
        says: /signature\.unexpected/,
      },
      { name: "nothing there", prepare: () => web.files.delete("/acme.tar.gz"), code: 2, says: /status 404/ },
      {
        name: "a connection that is cut",
        prepare: () => {
          web.files.set("/acme.tar.gz", { bytes: ARCHIVE });
          web.misbehave = () => ({ truncateAfter: 1000 });
        },
        code: 2,
        says: /in the middle/,
      },
    ];
    for (const { name, prepare, code, says } of rows) {
      it(name, async () => {
        prepare();
        const { stderr } = await ran(`policy pull ${web.url()} --out @out.tar.gz`, code);
        expect(stderr).to.match(says);
        expect(stderr.trim().split("\n")).to.have.lengthOf(1);
        expect(left()).to.deep.equal([]);
      });
    }
  });

  describe("decide by what lies anywhere", () => {
    const decide = (flags: string, code: number) => ran(`eval --input @input.json ${flags}`, code);

    it("a registry and a server, as a file does", async () => {
      await ran(`policy push @plain.tar.gz ${oci("plain")}`);
      await ran(`policy push @plain.tar.gz ${web.url()}`);
      const said = await decide("--policy @plain.tar.gz --output json", 1);
      for (const url of [oci("plain"), web.url()]) {
        expect((await decide(`--policy ${url} --output json`, 1)).stdout).to.equal(said.stdout);
      }
      const inspected = await ran("policy inspect @plain.tar.gz --output json");
      expect((await ran(`policy inspect ${oci("plain")} --output json`)).stdout).to.equal(inspected.stdout);
      expect((await ran(`policy diff ${oci("plain")} ${web.url()}`)).code).to.equal(0);
    });

    it("T173 who signs and who is demanded: all four", async () => {
      await decide("--policy @plain.tar.gz", 1);
      await decide("--policy @opa.tar.gz --policy-key @release.pub", 1);
      const unasked = await decide("--policy @opa.tar.gz", 2);
      expect(unasked.stderr).to.match(/opa\.tar\.gz: the bundle is signed, and no signer is configured/);
      const unsigned = await decide("--policy @plain.tar.gz --policy-key @release.pub", 2);
      expect(unsigned.stderr).to.match(/the bundle must be signed by/);
      const other = await decide("--policy @opa.tar.gz --policy-key @other.pub", 2);
      expect(other.stderr).to.match(/^assay: .*opa\.tar\.gz: /);
    });

    it("a Sigstore signature beside it counts as well", async () => {
      await sign("acme.tar.gz");
      await decide("--policy @acme.tar.gz --policy-key @release.pub", 1);
      await decide("--policy @acme.tar.gz --policy-key @other.pub", 2);
      await ran(`verify 127.0.0.1:9/app:1 --policy @acme.tar.gz --policy-key @other.pub`, 2);
    });

    it("a folder has nobody who signed it", async () => {
      const { stderr } = await decide("--policy demo/policy --policy-key @release.pub", 2);
      expect(stderr).to.match(/a policy folder cannot be signed/);
    });

    it("inspect and diff show what is signed, and say that nobody was verified", async () => {
      await sign("acme.tar.gz");
      for (const name of ["opa.tar.gz", "acme.tar.gz"]) {
        const shown = await ran(`policy inspect @${name}`);
        expect(shown.stderr).to.match(/is signed; by whom was not verified/);
        expect(shown.stdout).to.match(/^default standard/);
        expect((await ran(`policy inspect @${name} --policy-key @release.pub`)).stderr).to.equal("");
        expect((await ran(`policy inspect @${name} --policy-key @other.pub`, 2)).stdout).to.equal("");
      }
      expect((await ran("policy diff @plain.tar.gz @opa.tar.gz")).stderr).to.match(/opa\.tar\.gz is signed/);
    });
  });

  describe("words for who waits", () => {
    it("a terminal is told how far a long transfer is", async () => {
      web.files.set("/acme.tar.gz", { bytes: ARCHIVE });
      web.misbehave = ({ path }) => (path === "/acme.tar.gz" ? { delayMs: 1100 } : undefined);
      const words = ["policy", "pull", web.url(), "--out", at("out.tar.gz")];
      const told = await assay(words, { terminal: true });
      expect(told.code, told.stderr).to.equal(0);
      expect(told.stderr).to.match(/fetching http:\/\/localhost:\d+\/acme\.tar\.gz … \d+ %/);
      expect((await assay(words)).stderr).to.not.include("fetching");
    });
  });

  describe("what is asked wrongly", () => {
    const rows: readonly (readonly [string, RegExp])[] = [
      ["policy push @plain.tar.gz", /BUNDLE and URL/],
      ["policy push @plain.tar.gz @out", /expected oci:\/\/HOST/],
      ["policy push @release.pub oci://localhost:1/a", /no policy bundle/],
      ["policy push demo/policy oci://localhost:1/a", /is a folder; `assay policy build`/],
      ["policy push oci://a.b/c oci://localhost:1/a", /expected the file of a bundle/],
      ["policy push @plain.tar.gz http://localhost:1/a --tag x", /--tag goes with oci/],
      ["policy push @plain.tar.gz oci://localhost:1/a:b@c", /expected oci/],
      ["policy push @plain.tar.gz http://policies.example/a", /plain HTTP/],
      ["policy pull oci://localhost:1/a", /--out is missing/],
      ["policy pull @plain.tar.gz --out @out", /expected https:/],
      ["policy pull oci://localhost:1/a --out @out --key @nobody.pub", /nobody\.pub/],
      ["policy pull oci://localhost:1/a --out @out --scope x", /--scope goes with --key/],
      [
        "policy pull oci://localhost:1/a --out @out --certificate-identity x",
        /--certificate-oidc-issuer is missing/,
      ],
      ["policy pull oci://localhost:1/a --out @out --trusted-root x", /--trusted-root goes with/],
      [
        "eval --input @input.json --policy @plain.tar.gz --policy-scope x",
        /--policy-scope goes with --policy-key/,
      ],
    ];
    for (const [line, says] of rows) {
      it(line, async () => {
        const { stderr, stdout } = await ran(line, 2);
        expect(stderr).to.match(says);
        expect(stdout).to.equal("");
      });
    }
  });
});
