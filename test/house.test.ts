import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** The rules of the house that no linter knows: docs/decisions and CONTRIBUTING say why they are there. */

const root = dirname(import.meta.dirname);

const stages = ["evidence", "verification", "normalization", "policy"] as const;

/** Which folder of `src` may import which others: one way, from the outside in. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  registry: ["core"],
  image: ["core", "registry"],
  evidence: ["core", "registry", "image"],
  verification: ["core", "image", "evidence"],
  normalization: ["core", "image", "evidence", "verification"],
  policy: ["core"],
  decision: ["core", "registry", "image", ...stages],
  release: ["core", "registry", "image", ...stages, "decision"],
  server: ["core", "registry", "image", ...stages, "decision", "release"],
  cli: ["core", "registry", "image", ...stages, "decision", "release", "server"],
};

const sources = globSync("src/**/*.ts", { cwd: root }).toSorted();

/** What a module names in `import`, `export … from`, `import()` and `new URL(…, import.meta.url)`. */
function importsOf(file: string): string[] {
  const text = read(file).replaceAll(/^\s*(?:\/\/|\/?\*).*$/gmu, "");
  const patterns = [
    /^(?:import|export)\s(?:[\w\s{},*]*\sfrom\s+)?"([^"]+)"/gmu,
    /\bimport\(\s*"([^"]+)"/gu,
    /new URL\(\s*"([^"]+)",\s*import\.meta\.url/gu,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((found) => found[1] ?? ""));
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function folderOf(path: string): string {
  return path.split(sep)[1] ?? "";
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

describe("the house", () => {
  const manifest = JSON.parse(read("package.json")) as Readonly<Record<string, Record<string, string>>>;
  const locked = (JSON.parse(read("package-lock.json")) as { packages: Record<string, LockedPackage> })
    .packages;
  const named = {
    ...manifest["dependencies"],
    ...manifest["optionalDependencies"],
    ...manifest["devDependencies"],
  };

  describe("imports", () => {
    it("knows every folder of src", () => {
      expect([...new Set(sources.map(folderOf))].filter((folder) => !(folder in mayImport))).to.deep.equal(
        [],
      );
      expect(sources.length).to.be.greaterThan(20);
    });

    it("run one way, and into another folder only through its index.ts", () => {
      const faults: string[] = [];
      for (const file of sources) {
        for (const name of importsOf(file).filter((each) => each.startsWith("."))) {
          const target = relative(root, join(root, dirname(file), name));
          const [from, to] = [folderOf(file), folderOf(target)];
          if (from === to) continue;
          if (!target.startsWith(`src${sep}`)) {
            // Data that is shipped beside the code is read, code outside src never.
            if (target.endsWith(".ts")) faults.push(`${file} imports ${target}, outside src`);
          } else if (mayImport[from]?.includes(to) !== true) {
            faults.push(
              `${file} imports ${target}: ${from} may import ${mayImport[from]?.join(", ") ?? "nothing"}`,
            );
          } else if (target !== join("src", to, "index.ts")) {
            faults.push(`${file} imports ${target}, expected src/${to}/index.ts`);
          }
        }
      }
      expect(faults).to.deep.equal([]);
    });

    it("of the product name only what is installed with it", () => {
      const installed = { ...manifest["dependencies"], ...manifest["optionalDependencies"] };
      const faults: string[] = [];
      for (const file of sources) {
        for (const name of importsOf(file).filter((each) => !/^(?:\.|node:)/u.test(each))) {
          const [scope, rest] = name.split("/");
          const wanted = name.startsWith("@") ? `${scope ?? ""}/${rest ?? ""}` : (scope ?? "");
          if (!(wanted in installed)) faults.push(`${file} imports ${name}`);
        }
      }
      expect(faults).to.deep.equal([]);
    });
  });

  it("keeps one concept a file: no source is longer than 350 lines", () => {
    const long = [...sources, ...globSync("rego/**/*.rego", { cwd: root })]
      .map((file) => ({ file, lines: read(file).split("\n").length - 1 }))
      .filter(({ lines }) => lines > 350);
    expect(long).to.deep.equal([]);
  });

  describe("dependencies", () => {
    /** From threats.md §1: below these, published advisories apply. A package that is absent is fine. */
    const minimum: Readonly<Record<string, string>> = {
      "@sigstore/verify": "4.1.3",
      "@sigstore/core": "4.0.1",
      "@sigstore/oci": "0.7.2",
      sigstore: "5.0.1",
      "tuf-js": "6.0.2",
      undici: "7.29.0",
      tar: "7.5.16",
      "@open-policy-agent/opa-wasm": "1.10.0",
    };

    for (const [name, least] of Object.entries(minimum)) {
      it(`A015 T259 the lockfile has no ${name} below ${least}`, () => {
        const old = versionsOf(name).filter((version) => compareVersions(version, least) < 0);
        expect(old).to.deep.equal([]);
      });
    }

    it("A015 T259 really finds the versions that it compares", () => {
      expect(versionsOf("@sigstore/verify")).to.have.length.greaterThan(0);
      expect(versionsOf("tuf-js")).to.have.length.greaterThan(0);
      expect(compareVersions("4.1.10", "4.1.9")).to.be.greaterThan(0);
      expect(compareVersions("3.9.9", "4.0.0")).to.be.lessThan(0);
    });

    it("T259 every package is pinned exactly", () => {
      const loose = Object.entries(named).filter(
        ([name, version]) => name !== "@assay/launcher" && !/^\d+\.\d+\.\d+$/u.test(version),
      );
      expect(loose).to.deep.equal([]);
    });

    it("T259 the lockfile says the same versions, and has a checksum of every package", () => {
      for (const [name, version] of Object.entries(named)) {
        if (name === "@assay/launcher") continue;
        expect(locked[`node_modules/${name}`]?.version, name).to.equal(version);
      }
      const unchecked = Object.entries(locked).filter(
        ([path, each]) =>
          path.startsWith("node_modules/") && each.link !== true && each.integrity === undefined,
      );
      expect(unchecked.map(([path]) => path)).to.deep.equal([]);
    });

    it("T259 no package needs an install script that we do not know", () => {
      const scripted = Object.entries(locked).filter(([, each]) => each.hasInstallScript === true);
      // esbuild's only makes its command start faster; without install scripts it works as well.
      expect(scripted.map(([path]) => path)).to.deep.equal(["node_modules/esbuild"]);
      expect(read(".ci/run")).to.match(/^npm install --no-save --ignore-scripts/mu);
    });

    it("T259 the npm package `oras`, which is not the ORAS project's, is not there", () => {
      expect(versionsOf("oras")).to.deep.equal([]);
    });

    function versionsOf(name: string): string[] {
      return Object.entries(locked)
        .filter(([path]) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`))
        .map(([, each]) => each.version ?? "none");
    }
  });

  describe("runtime", () => {
    it("A146 the tests run on a Node.js that is supported", () => {
      expect(manifest["engines"]?.["node"]).to.equal("^24.15.0 || >=26");
      expect(compareVersions(process.versions.node, "24.15.0")).to.be.at.least(0);
    });

    it("A146 the Node.js that comes along is the patched one, the same on every platform", () => {
      const versions = Object.entries(manifest["optionalDependencies"] ?? {})
        .filter(([name]) => name.startsWith("node-"))
        .map(([, version]) => version);
      expect(versions).to.deep.equal(["24.21.0", "24.21.0", "24.21.0"]);
    });

    for (const version of ["18.20.8", "20.20.2", "22.22.3", "23.11.0", "24.14.1", "25.2.0"]) {
      it(`A146 the launcher refuses to run on Node.js ${version} where no other came along`, () => {
        const pretend =
          `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });` +
          `Object.defineProperty(process, "platform", { value: "sunos" });`;
        const launched = spawnSync(
          process.execPath,
          [
            "--import",
            `data:text/javascript,${encodeURIComponent(pretend)}`,
            join(root, "bin/assay.mjs"),
            "--version",
          ],
          { encoding: "utf8", timeout: 15_000 },
        );
        expect(launched.status).to.equal(2);
        expect(launched.stdout).to.equal("");
        expect(launched.stderr).to.equal(
          `assay: Node.js ${version} is too old and none was installed with the project: install Node.js 24.15 or newer\n`,
        );
      });
    }
  });

  it("names no path of anybody's machine", function () {
    if (!existsSync(join(root, ".git"))) this.skip();
    const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0");
    const paths = /(?<![\w.*-])\/(?:work|root|home|Users)\/[\w.]/u;
    const faults = files
      .filter((file) => /\.(?:ts|mjs|js|json|md|rego|ya?ml|sh|csv)$|^\.ci\/|^Dockerfile$/u.test(file))
      .filter((file) => existsSync(join(root, file)) && paths.test(read(file)));
    expect(faults).to.deep.equal([]);
  });
});

/** Negative where `left` is the older one. Only plain `major.minor.patch`; anything after is not looked at. */
function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(/[.-]/u).slice(0, 3).map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (a?.[index] ?? Number.NaN) - (b?.[index] ?? Number.NaN);
    if (difference !== 0) return difference;
  }
  return 0;
}
