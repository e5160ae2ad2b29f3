import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultBundlePath } from "../../src/policy/index.ts";
import { digestOf } from "../../src/core/index.ts";
import { openSource, type DeliveredArchive } from "../../src/release/index.ts";
import { assay } from "../cli/harness.ts";
import { input as sampleInput } from "../policy/source/sample.ts";
import { BundleServer } from "../release/sources/bundle-server.ts";
import { bundleByKey, cosignSign } from "./cosign.ts";
import { REGISTRIES, startRegistry, type RunningRegistry } from "./registries.ts";
import { createSetting, type Setting } from "./setting.ts";

const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const ARCHIVE = readFileSync(defaultBundlePath());
const DIGEST = digestOf(ARCHIVE);

/** What others publish assay loads, and what assay publishes others do. */
describe("policies between assay, ORAS, OPA, conftest and cosign", () => {
  let setting: Setting;
  before(async function () {
    setting = await createSetting(this, [
      "oras",
      "cosign",
      "conftest",
      "opa-wasm",
      "conforming",
      "distribution",
      "misreporting",
    ]);
    setting.file("config.json", "{}");
    writeFileSync(setting.file("acme.tar.gz"), ARCHIVE);
  });
  after(() => setting?.close());

  const fetched = async (url: string): Promise<DeliveredArchive> => {
    const source = await openSource(url);
    if (!source.ok) throw new Error(source.reason.message);
    const result = await source.value.fetch({ known: null, signal: AbortSignal.timeout(20_000) });
    source.value.close();
    if (!result.ok) throw new Error(`${result.reason.code}: ${result.reason.message}`);
    if (result.value === "unchanged" || result.value.kind === "folder") throw new Error("no archive");
    return result.value;
  };
  const ran = async (words: readonly string[], code = 0): Promise<string> => {
    const { code: ended, stdout, stderr } = await assay(words);
    expect(ended, stdout + stderr).to.equal(code);
    return stdout + stderr;
  };
  const oras = (...args: readonly string[]) => setting.clients.run("oras", ...args);

  for (const kind of REGISTRIES) {
    describe(`in ${kind.name}`, () => {
      let registry: RunningRegistry;
      let count = 0;
      before(async () => {
        registry = await startRegistry(kind, setting.clients);
      });
      after(() => registry?.close());
      const fresh = () => `${registry.host}/policies/acme-${++count}:stable`;

      it("what `oras push` publishes as OPA's documentation tells, assay loads", async () => {
        const place = fresh();
        const flags = [
          "--plain-http",
          "--disable-path-validation",
          "--config",
          `${setting.file("config.json")}:${CONFIG}`,
        ];
        await oras("push", ...flags, place, `${setting.file("acme.tar.gz")}:${LAYER}`);
        expect(await fetched(`oci://${place}`)).to.include({ digest: DIGEST });
      });

      it("… and without a word about types", async () => {
        const place = fresh();
        await oras("push", "--plain-http", "--disable-path-validation", place, setting.file("acme.tar.gz"));
        expect(await fetched(`oci://${place}`)).to.include({ digest: DIGEST });
        const elsewhere = fresh();
        const type = ["--artifact-type", "application/vnd.example.policy"];
        await oras(
          "push",
          "--plain-http",
          "--disable-path-validation",
          ...type,
          elsewhere,
          setting.file("acme.tar.gz"),
        );
        const refused = await assay([
          "policy",
          "pull",
          `oci://${elsewhere}`,
          "--out",
          setting.file("none.tar.gz"),
        ]);
        expect([refused.code, refused.stderr]).to.satisfy(
          ([code, said]: [number, string]) =>
            code === 2 && said.includes('artifact of type "application/vnd.example.policy"'),
        );
      });

      it("what `assay policy push` publishes, `oras pull` writes to a file, and `oras discover` knows its evidence", async () => {
        const place = fresh();
        const file = setting.file(`signed-${kind.client}.tar.gz`);
        writeFileSync(file, ARCHIVE);
        await setting.clients.run(
          "cosign",
          "sign-blob",
          "--yes",
          ...bundleByKey(setting),
          "--bundle",
          `${file}.sigstore.json`,
          file,
        );
        const said = await ran(["policy", "push", file, `oci://${place}`, "--tag", "v1"]);
        const out = setting.file(`pulled-${kind.client}`);
        await oras("pull", "--plain-http", "--output", out, place.replace(/:stable$/, ":v1"));
        expect(digestOf(readFileSync(join(out, "bundle.tar.gz")))).to.equal(DIGEST);
        const manifest = await oras("manifest", "fetch", "--plain-http", "--descriptor", place);
        expect(said).to.include((JSON.parse(manifest) as { digest: string }).digest);
        const referrers = await oras("discover", "--plain-http", "--format", "json", place);
        expect((JSON.parse(referrers) as { referrers: readonly object[] }).referrers).to.have.lengthOf(1);

        const pulled = setting.file(`again-${kind.client}.tar.gz`);
        const told = await ran([
          "policy",
          "pull",
          `oci://${place}`,
          "--out",
          pulled,
          "--key",
          setting.file("cosign.pub"),
        ]);
        expect(told).to.match(/signed by .*cosign\.pub: .*, Sigstore/);
        expect(digestOf(readFileSync(pulled))).to.equal(DIGEST);
        await ran(["policy", "verify", pulled, "--key", setting.file("cosign.pub")]);
      });

      it("what cosign signs in the registry is verified, here and as a file; by another key it is refused", async () => {
        const place = fresh();
        await ran(["policy", "push", setting.file("acme.tar.gz"), `oci://${place}`]);
        await cosignSign(setting, bundleByKey(setting), place);
        const out = setting.file(`cosigned-${kind.client}.tar.gz`);
        await ran(["policy", "pull", `oci://${place}`, "--out", out, "--key", setting.file("other.pub")], 1);
        await ran(["policy", "pull", `oci://${place}`, "--out", out, "--key", setting.file("cosign.pub")]);
        await ran(["policy", "verify", out, "--key", setting.file("cosign.pub")]);
        await ran(["policy", "inspect", `oci://${place}`, "--policy-key", setting.file("cosign.pub")]);
      });
    });
  }

  describe("in a registry with the referrers API", () => {
    let registry: RunningRegistry;
    before(async () => {
      const [kind] = REGISTRIES;
      if (kind === undefined) throw new Error("no registry");
      registry = await startRegistry(kind, setting.clients);
    });
    after(() => registry?.close());

    it("what `conftest push` publishes is refused with a word on what to do", async () => {
      mkdirSync(setting.file("rego"), { recursive: true });
      setting.file("rego/acme.rego", 'package acme\n\nimport rego.v1\n\ndeny contains "no" if false\n');
      const place = `${registry.host}/policies/conftest:1`;
      await setting.clients.run("conftest", "push", place, "--policy", setting.file("rego"));
      const told = await ran(["policy", "inspect", `oci://${place}`], 2);
      expect(told).to.match(/holds Rego as `conftest push` publishes it.*`assay policy build`/);
    });

    it("OPA loads what `assay policy push` publishes, and decides as assay does", async () => {
      const place = `${registry.host}/policies/opa:1`;
      await ran(["policy", "push", setting.file("acme.tar.gz"), `oci://${place}`]);
      const server = await startOpa(setting.clients.path("opa-wasm"), setting.file("opa-oci"), {
        services: { registry: { url: `http://${registry.host}`, type: "oci" } },
        bundles: { acme: { service: "registry", resource: place } },
      });
      try {
        expect(await server.decision(sampleInput([], []))).to.deep.equal(await own(`oci://${place}`));
      } finally {
        await server.close();
      }
    });

    it("OPA loads what `assay policy push` puts on an HTTP server, and so does assay", async () => {
      const web = await BundleServer.start();
      const url = web.url();
      await ran(["policy", "push", setting.file("acme.tar.gz"), url]);
      const server = await startOpa(setting.clients.path("opa-wasm"), setting.file("opa-http"), {
        services: { web: { url: new URL("/", url).href } },
        bundles: { acme: { service: "web", resource: "acme.tar.gz" } },
      });
      try {
        expect(await server.decision(sampleInput([], []))).to.deep.equal(await own(url));
      } finally {
        await server.close();
        await web.close();
      }
    });
  });

  /** The verdict of `assay eval`, as the policy itself words it. */
  const own = async (policy: string): Promise<unknown> => {
    const file = setting.file("input.json", sampleInput([], []));
    const { stdout, stderr } = await assay(["eval", "--input", file, "--policy", policy, "--output", "json"]);
    const { allow, violations } = JSON.parse(stdout === "" ? `"${stderr}"` : stdout) as Verdict;
    return { allow, violations: violations.map(({ code }) => code) };
  };
});

interface Verdict {
  readonly allow: boolean;
  readonly violations: readonly { readonly code: string }[];
}

interface OpaServer {
  decision(input: object): Promise<unknown>;
  close(): Promise<void>;
}

/** OPA as a server that fetches its bundle; ready once it has. */
async function startOpa(executable: string, folder: string, config: object): Promise<OpaServer> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "opa.json");
  writeFileSync(file, JSON.stringify({ ...config, persistence_directory: folder }));
  const origin = `127.0.0.1:${String(await freePort())}`;
  const child: ChildProcess = spawn(
    executable,
    ["run", "--server", "--addr", origin, "--log-format", "json", "--config-file", file],
    { stdio: ["ignore", "ignore", "pipe"], env: { PATH: process.env["PATH"], HOME: folder } },
  );
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const close = async () => {
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
  };
  const until = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
    for (let i = 0; i < 150; i++) {
      const found = await look().catch(() => undefined);
      if (found !== undefined) return found;
      await sleep(100);
    }
    await close();
    throw new Error(`OPA: no ${what}: ${said.slice(-2000)}`);
  };
  await until("bundle", async () => ((await fetch(`http://${origin}/health?bundles`)).ok ? true : undefined));
  return {
    close,
    async decision(input) {
      const response = await fetch(`http://${origin}/v1/data/assay/decision`, {
        method: "POST",
        body: JSON.stringify({ input }),
      });
      const { result } = (await response.json()) as { result: Verdict };
      return { allow: result.allow, violations: result.violations.map(({ code }) => code) };
    },
  };
}

/** OPA does not tell which port it was given. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
