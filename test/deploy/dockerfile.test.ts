import { expect } from "chai";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { keyPair } from "../lab/sigstore/index.ts";

const root = join(import.meta.dirname, "..", "..");
const dockerfile = readFileSync(join(root, "Dockerfile"), "utf8").replaceAll("\\\n", " ");

/** What follows an instruction, on each of its lines. */
const instructions = (name: string): readonly string[] =>
  [...dockerfile.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map(([, rest]) => rest?.trim() ?? "");

describe("the Dockerfile", () => {
  it("names every image that it begins with by its digest", () => {
    const args = new Map(instructions("ARG").map((line) => line.split("=") as [string, string]));
    const images = instructions("FROM").map((line) =>
      (line.split(" ")[0] ?? "").replace(/^\$\{(\w+)\}$/, (_, name: string) => args.get(name) ?? ""),
    );
    expect(images).to.have.lengthOf(2);
    for (const image of images)
      expect(image).to.match(/^docker\.io\/library\/node:24\.[^@]+@sha256:[0-9a-f]{64}$/);
    // BuildKit would fetch a frontend by its tag.
    expect(dockerfile).not.to.match(/^#\s*syntax=/m);
  });

  it("ends with a user that is not root, by number, and a health check", () => {
    expect(instructions("USER")).to.deep.equal(["1000:1000"]);
    expect(instructions("HEALTHCHECK")).to.have.lengthOf(1);
    expect(instructions("ENTRYPOINT")).to.deep.equal(['["node", "/assay/bin/assay.mjs"]']);
  });

  describe("'s image", () => {
    let folder: string;
    /** What the image has as /assay. */
    let image: string;

    before(function () {
      this.timeout(60_000);
      folder = mkdtempSync(join(tmpdir(), "assay-image-"));
      const context = join(folder, "context");
      // The build sees what .dockerignore lets through, and no more.
      const [everything, ...allowed] = readFileSync(join(root, ".dockerignore"), "utf8").trim().split("\n");
      expect(everything).to.equal("*");
      for (const line of allowed) {
        expect(line).to.match(/^!/);
        cpSync(join(root, line.slice(1)), join(context, line.slice(1)), { recursive: true });
      }
      symlinkSync(join(root, "node_modules"), join(context, "node_modules"));
      const built = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: context, encoding: "utf8" });
      expect([built.status, built.stderr]).to.deep.equal([0, ""]);
      image = join(folder, "image");
      for (const line of instructions("COPY").filter((copy) => copy.startsWith("--from=build "))) {
        const [target = "", ...sources] = line.split(" ").slice(1).toReversed();
        for (const source of sources) {
          const from = join(context, source.replace(/^\/src\//, ""));
          cpSync(from, target === "./" ? join(image, basename(from)) : join(image, target), {
            recursive: true,
          });
        }
      }
    });
    after(() => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    const start = (...args: readonly string[]) =>
      ({
        args: [join(image, "bin", "assay.mjs"), ...args],
        env: { PATH: process.env["PATH"], HOME: folder },
      }) as const;
    function assay(...flags: readonly string[]): string {
      const { args, env } = start(...flags);
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        env,
        encoding: "utf8",
        cwd: folder,
      });
      expect(status, `${flags.join(" ")}: ${stdout}${stderr}`).to.equal(0);
      return stdout;
    }

    it("has all that signing, verifying and serving policies needs, without node_modules", async function () {
      this.timeout(60_000);
      expect(existsSync(join(image, "node_modules"))).to.equal(false);
      const file = (name: string, text: string): string => {
        writeFileSync(join(folder, name), text, { mode: 0o600 });
        return join(folder, name);
      };
      const { pem, privateKey } = keyPair("P-256");
      const key = file("key.pem", privateKey.export({ format: "pem", type: "pkcs8" }).toString());
      file("key.pub", pem);
      const bundle = join(folder, "policy.tar.gz");
      cpSync(join(image, "bundles", "default.tar.gz"), bundle);
      assay("policy", "sign", bundle, "--opa", "--key", key);
      assay("policy", "verify", bundle, "--key", join(folder, "key.pub"));
      const config = file(
        "assay.yaml",
        JSON.stringify({
          listeners: { metrics: { address: "127.0.0.1:0" } },
          policies: [
            { name: "signed", source: "policy.tar.gz", signers: [{ key: "key.pub" }] },
            { name: "folder", source: join(root, "demo", "policy"), namespaces: ["demo"] },
          ],
        }),
      );
      const { args, env } = start("serve", "--config", config);
      const service = spawn(process.execPath, args, {
        env,
        cwd: folder,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const ended = once(service, "exit");
      try {
        const port = await listeningPort(service);
        const ready = await fetch(`http://127.0.0.1:${String(port)}/readyz`);
        expect(ready.status).to.equal(200);
        expect(await ready.json()).to.have.nested.property("policies[0].signers[0].form", "opa");
      } finally {
        service.kill("SIGKILL");
        await ended;
      }
    });
  });
});

/** The port that the service's log names, once it is ready. */
async function listeningPort(service: ChildProcess): Promise<number> {
  if (service.stderr === null) throw new Error("it says nothing");
  const said: string[] = [];
  let port: number | undefined;
  for await (const line of createInterface({ input: service.stderr })) {
    said.push(line);
    const entry = JSON.parse(line) as {
      readonly message?: string;
      readonly msg?: string;
      readonly port?: number;
    };
    port = entry.port ?? port;
    if (line.includes('"ready"') && port !== undefined) return port;
  }
  throw new Error(said.join("\n"));
}
