import { expect } from "chai";
import fc from "fast-check";
import { credentialsFor, readDockerAuths, type RepositoryName } from "../../src/registry/index.ts";

/** `ghcr.io/acme/app` as a name; the first part is the registry. */
function nameOf(image: string): RepositoryName {
  const slash = image.indexOf("/");
  return { registry: image.slice(0, slash), repository: image.slice(slash + 1) };
}

/** The passwords that an image is tried with; each key's password is the key itself, or what follows its `#`. */
function tried(image: string, ...secrets: readonly (readonly string[])[]): readonly string[] | string {
  const auths = secrets.map((keys) =>
    readDockerAuths(Object.fromEntries(keys.map((key) => [key, { username: "u", password: key }]))),
  );
  const found = credentialsFor(auths, nameOf(image));
  if (!found.ok) return found.reason.code;
  return found.value.map((credential) =>
    credential.kind === "basic" ? credential.password : credential.kind,
  );
}

describe("credentialsFor", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["ghcr.io", "ghcr.io/acme/app", true],
    ["https://ghcr.io", "ghcr.io/acme/app", true],
    ["https://ghcr.io/", "ghcr.io/acme/app", true],
    ["http://ghcr.io", "ghcr.io/acme/app", true],
    ["https://ghcr.io/v1/", "ghcr.io/acme/app", true],
    ["https://ghcr.io/v2/", "ghcr.io/acme/app", true],
    ["GHCR.io", "ghcr.io/acme/app", true],
    ["ghcr.io/acme", "ghcr.io/acme/app", true],
    ["ghcr.io/acme/app", "ghcr.io/acme/app", true],
    ["ghcr.io/ac", "ghcr.io/acme/app", true],
    ["https://ghcr.io/v2/acme", "ghcr.io/acme/app", true],
    ["*.io", "ghcr.io/acme/app", true],
    ["gh*.io", "ghcr.io/acme/app", true],
    ["*.dkr.ecr.*.amazonaws.com", "1.dkr.ecr.eu-west-1.amazonaws.com/app", true],
    ["registry.test:5000", "registry.test:5000/app", true],
    ["*.test:5000/team", "registry.test:5000/team/app", true],
    ["[::1]:5000", "[::1]:5000/app", true],
    ["docker.io", "docker.io/library/nginx", true],
    ["https://index.docker.io/v1/", "docker.io/library/nginx", true],
    ["index.docker.io", "docker.io/library/nginx", true],
    ["docker.io/acme", "docker.io/library/nginx", false],
    ["ghcr.io/other", "ghcr.io/acme/app", false],
    ["ghcr.io/acme/app/more", "ghcr.io/acme/app", false],
    ["ghcr.io:443", "ghcr.io/acme/app", false],
    ["registry.test", "registry.test:5000/app", false],
    ["registry.test:500", "registry.test:5000/app", false],
    ["*", "ghcr.io/acme/app", false],
    ["*", "registry.test:5000/app", false],
    ["*.*.io", "ghcr.io/acme/app", false],
    ["*.io", "a.ghcr.io/acme/app", false],
    ["ghcr.io", "ghcr.io.evil.test/acme/app", false],
    ["ghcr.io", "evil.test/ghcr.io", false],
    ["ghcr.io", "xghcr.io/app", false],
    ["azurecr.io", "evilazurecr.io/app", false],
    ["*.azurecr.io", "acme.azurecr.io.evil.test/app", false],
    ["evil.test/ghcr.io", "ghcr.io/acme/app", false],
    ["ghcr.io@evil.test", "evil.test/app", false],
    ["ghcr.io@evil.test", "ghcr.io/app", false],
    ["https://evil.test\\@ghcr.io", "ghcr.io/app", false],
    ["ghcr.io?x", "ghcr.io/app", false],
    ["", "ghcr.io/app", false],
    ["https://", "ghcr.io/app", false],
    ["/", "ghcr.io/app", false],
    ["index.docker.io", "ghcr.io/app", false],
    ["__proto__", "ghcr.io/app", false],
    [`${"a".repeat(600)}.io`, `${"a".repeat(600)}.io/app`, false],
  ];
  for (const [key, image, fits] of cases) {
    it(`T020 A053 A078 ${key.slice(0, 60)} is ${fits ? "" : "not "}for ${image.slice(0, 60)}`, () => {
      expect(tried(image, [key])).to.deep.equal(fits ? [key] : []);
    });
  }

  it("tries the longest first, and of equal ones the earlier secret's", () => {
    const keys = ["ghcr.io", "ghcr.io/acme/app", "other.test", "ghcr.io/acme"];
    expect(tried("ghcr.io/acme/app", keys)).to.deep.equal(["ghcr.io/acme/app", "ghcr.io/acme", "ghcr.io"]);
    const secrets = ["first", "second", "first"].map((password) =>
      readDockerAuths({ "ghcr.io": { username: "u", password } }),
    );
    const found = credentialsFor(secrets, nameOf("ghcr.io/acme/app"));
    expect(found.ok && found.value).to.deep.equal([
      { kind: "basic", username: "u", password: "first" },
      { kind: "basic", username: "u", password: "second" },
    ]);
  });

  it("Docker Hub's usual name counts only where no other fits, as for the kubelet", () => {
    const hub = "https://index.docker.io/v1/";
    expect(tried("docker.io/acme/app", [hub, "docker.io/acme"])).to.deep.equal(["docker.io/acme"]);
    expect(tried("docker.io/other/app", [hub, "docker.io/acme"])).to.deep.equal([hub]);
  });

  it("an entry that is not well formed counts only where it is for the image", () => {
    const auths = readDockerAuths({
      "ghcr.io": { auth: "s3cret" },
      "quay.io": { username: "u", password: "p" },
    });
    const broken = credentialsFor([auths], nameOf("ghcr.io/app"));
    expect(!broken.ok && broken.reason.code).to.equal("credentials.unreadable");
    expect(JSON.stringify(broken)).to.not.contain("s3cret");
    expect(credentialsFor([auths], nameOf("quay.io/app")).ok).to.equal(true);
    const nothing = readDockerAuths({ "ghcr.io": {}, "quay.io": "text", "a.test": null });
    for (const image of ["ghcr.io/app", "quay.io/app", "a.test/app"]) {
      expect(credentialsFor([nothing], nameOf(image))).to.deep.equal({ ok: true, value: [] });
    }
  });

  it("T020 a key without a star is for no other host and port", () => {
    const host = fc.stringMatching(/^[a-c]{1,2}\.[a-c]{1,2}(:[12])?$/);
    fc.assert(
      fc.property(host, host, (ours, theirs) => {
        expect(tried(`${theirs}/app`, [ours]).length === 1).to.equal(ours === theirs);
      }),
    );
  });

  it("many stars cost no time", () => {
    const key = `${"*a".repeat(200)}.io`;
    expect(tried(`${"a".repeat(200)}b.io/app`, [key])).to.deep.equal([]);
  });
});
