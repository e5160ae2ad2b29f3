import { expect } from "chai";
import fc from "fast-check";
import { parseReference } from "../../src/image/index.ts";

const HEX = "a".repeat(64);
const DIGEST = `sha256:${HEX}`;

function canonical(text: string): string {
  const parsed = parseReference(text);
  return parsed.ok ? parsed.value.canonical : parsed.reason.code;
}

describe("parseReference", () => {
  it("reads a name, a tag and a digest, and keeps what was given", () => {
    expect(parseReference(`ghcr.io/acme/app:1.2@${DIGEST}`)).to.deep.equal({
      ok: true,
      value: {
        registry: "ghcr.io",
        repository: "acme/app",
        tag: "1.2",
        digest: DIGEST,
        original: `ghcr.io/acme/app:1.2@${DIGEST}`,
        canonical: `ghcr.io/acme/app@${DIGEST}`,
      },
    });
    expect(parseReference("nginx")).to.deep.equal({
      ok: true,
      value: {
        registry: "docker.io",
        repository: "library/nginx",
        tag: "latest",
        original: "nginx",
        canonical: "docker.io/library/nginx:latest",
      },
    });
  });

  describe("T002 all spellings of Docker Hub are one", () => {
    const spellings = [
      "nginx",
      "nginx:latest",
      "library/nginx",
      "docker.io/nginx",
      "docker.io/library/nginx",
      "index.docker.io/nginx",
      "index.docker.io/library/nginx",
      "registry-1.docker.io/library/nginx",
      "Docker.IO/library/nginx",
    ];
    for (const text of spellings) {
      it(text, () => expect(canonical(text)).to.equal("docker.io/library/nginx:latest"));
    }
  });

  describe("T003 what stands before the first slash is host or path as containerd reads it", () => {
    const table: readonly (readonly [string, string])[] = [
      ["localhost/x", "localhost/x:latest"],
      ["localhost:5000/x", "localhost:5000/x:latest"],
      ["localhost:5000", "docker.io/library/localhost:5000"],
      ["myhost/x", "docker.io/myhost/x:latest"],
      ["a.b/x", "a.b/x:latest"],
      ["a.b/x/y:t", "a.b/x/y:t"],
      ["x:5000/y", "x:5000/y:latest"],
      ["x:5000/y:5000", "x:5000/y:5000"],
      ["[::1]:5000/x", "[::1]:5000/x:latest"],
      ["[::1]/x", "[::1]/x:latest"],
      ["[2001:DB8::1]:5000/x", "[2001:db8::1]:5000/x:latest"],
      ["127.0.0.1:5000/a/b", "127.0.0.1:5000/a/b:latest"],
      ["acme/app", "docker.io/acme/app:latest"],
      ["a/b/c", "docker.io/a/b/c:latest"],
      ["a__b/c-_d", "reference.invalid"],
      ["a__b/c--d.e_f", "docker.io/a__b/c--d.e_f:latest"],
      ["a..b/x", "reference.invalid"],
      ["x/a..b", "reference.invalid"],
      ["x/a___b", "reference.invalid"],
      ["xn--n3h.example/x", "xn--n3h.example/x:latest"],
      ["docker:dind", "docker.io/library/docker:dind"],
    ];
    for (const [text, expected] of table) {
      it(text, () => expect(canonical(text)).to.equal(expected));
    }
  });

  describe("T004 a host is only put in lowercase, never mended", () => {
    const table: readonly (readonly [string, string])[] = [
      ["GHCR.io/x", "ghcr.io/x:latest"],
      ["LOCALHOST/x", "localhost/x:latest"],
      ["ghcr.io:443/x", "ghcr.io:443/x:latest"],
      ["ghcr.io./x", "reference.invalid"],
      ["gh\u0441r.io/x", "reference.invalid"],
      ["\u2460\u2465\u2468.254.169.254/x", "reference.invalid"],
      ["ghcr.io/X", "reference.invalid"],
      ["ghcr.io/acme/App:1", "reference.invalid"],
      ["Nginx", "reference.invalid"],
      // In lowercase this would read as a path on Docker Hub.
      ["MyHost/x", "reference.invalid"],
    ];
    for (const [text, expected] of table) {
      it(JSON.stringify(text), () => expect(canonical(text)).to.equal(expected));
    }
  });

  describe("T006 a digest wins over the tag", () => {
    it("in the canonical spelling", () => {
      expect(canonical(`nginx:1@${DIGEST}`)).to.equal(`docker.io/library/nginx@${DIGEST}`);
    });
    it("and two digests are refused", () => {
      expect(canonical(`nginx@${DIGEST}@${DIGEST}`)).to.equal("reference.invalid");
    });
  });

  describe("T007 A122 only whole digests of known kinds are read", () => {
    const table: readonly (readonly [string, string])[] = [
      [`x@sha512:${"b".repeat(128)}`, `docker.io/library/x@sha512:${"b".repeat(128)}`],
      [`x@sha384:${"b".repeat(96)}`, `docker.io/library/x@sha384:${"b".repeat(96)}`],
      [`x@sha256:${"A".repeat(64)}`, "reference.invalid"],
      [`x@sha256:${"a".repeat(63)}`, "reference.invalid"],
      [`x@sha256:${"a".repeat(65)}`, "reference.invalid"],
      [`x@sha256:${"a".repeat(63)}g`, "reference.invalid"],
      ["x@sha256:", "reference.invalid"],
      ["x@sha256:../../x", "reference.invalid"],
      ["x@", "reference.invalid"],
      [`x@${HEX}`, "reference.invalid"],
      [`x@md5:${"a".repeat(32)}`, "reference.digest_unsupported"],
      [`x@blake3:${HEX}`, "reference.digest_unsupported"],
      [`x@sha1:${"a".repeat(40)}`, "reference.invalid"],
      [HEX, "reference.invalid"],
    ];
    for (const [text, expected] of table) {
      it(text.slice(0, 40), () => expect(canonical(text)).to.equal(expected));
    }
  });

  describe("T001 nothing, blanks, control characters and lengths", () => {
    const bad = [
      "",
      " ",
      " nginx",
      "nginx ",
      "ng inx",
      "nginx\n",
      "nginx\0",
      "nginx\u0000.evil",
      "ngi\u202enx",
      "nginx\u200b",
      "\u{1f40b}",
      "nginx:",
      ":tag",
      ":",
      "/",
      "/nginx",
      "nginx/",
      "@",
      `@${DIGEST}`,
      "nginx:-tag",
      "nginx:.tag",
      `nginx:${"t".repeat(129)}`,
      "nginx:ta/g",
      "nginx:a:b",
      "-nginx",
      "nginx-",
      "_nginx",
      "a/-b",
      "ghcr.io/",
      "ghcr.io:/x",
      "ghcr.io:99999/x",
      "ghcr.io:0/x",
      "ghcr.io:5000:5000/x",
      ":5000/x",
      "-a.b/x",
      "a-.b/x",
      "a_b.c/x",
      "[::1/x",
      "::1/x",
      "[::1]x/y",
      "[:::]/x",
      "[::1%25eth0]/x",
      "a".repeat(256),
      `ghcr.io/${"a/".repeat(124)}a`,
      "x".repeat(5000),
    ];
    for (const text of bad) {
      it(JSON.stringify(text.slice(0, 40)), () => expect(canonical(text)).to.equal("reference.invalid"));
    }
    it("takes the longest that the grammar allows", () => {
      const name = `ghcr.io/${"a".repeat(247)}`;
      expect(canonical(`${name}:${"t".repeat(128)}`)).to.equal(`${name}:${"t".repeat(128)}`);
    });
  });

  describe("T005 schemes, user information, queries and climbing paths", () => {
    const bad = [
      "https://ghcr.io/x",
      "http://ghcr.io/x:1",
      "docker://nginx",
      "u:p@ghcr.io/x",
      "ghcr.io/x?y",
      "ghcr.io/x#y",
      "ghcr.io\\x",
      "ghcr.io/../x",
      "ghcr.io/x/..",
      "ghcr.io/./x",
      "ghcr.io//x",
      "//ghcr.io/x",
      "ghcr.io/%2e%2e/x",
      "ghcr.io/x%2fy",
    ];
    for (const text of bad) it(text, () => expect(canonical(text)).to.equal("reference.invalid"));
  });

  describe("T010 images outside registries", () => {
    const bad = [
      "docker-daemon:nginx",
      "docker-daemon:nginx:latest",
      "oci:folder",
      "oci:/tmp/folder:tag",
      "oci-archive:x.tar",
      "containers-storage:nginx",
      "dir:folder",
      "C:\\images\\x.tar",
    ];
    for (const text of bad) it(text, () => expect(canonical(text)).to.equal("reference.invalid"));
  });

  it("keeps a hostile reference to one short line of the message", () => {
    const parsed = parseReference(`evil\u202e\n${"x".repeat(3000)}`);
    expect(parsed.ok).to.equal(false);
    if (parsed.ok) return;
    expect(parsed.reason.message).to.match(/^[\x20-\x7e…]+$/u);
    expect(parsed.reason.message.length).to.be.lessThan(300);
  });

  it("reads its own canonical spelling as the same image", () => {
    const host = fc.constantFrom(
      "",
      "ghcr.io/",
      "localhost:5000/",
      "docker.io/",
      "Index.docker.io/",
      "[::1]/",
    );
    const part = fc.stringMatching(/^[a-z0-9]{1,5}([._-][a-z0-9]{1,3})?$/);
    const tag = fc.constantFrom("", ":1", ":v1.2-x", `@${DIGEST}`, `:a@${DIGEST}`);
    fc.assert(
      fc.property(host, fc.array(part, { minLength: 1, maxLength: 3 }), tag, (registry, path, suffix) => {
        const first = parseReference(`${registry}${path.join("/")}${suffix}`);
        fc.pre(first.ok);
        const again = parseReference(first.value.canonical);
        expect(again.ok && again.value).to.include({
          registry: first.value.registry,
          repository: first.value.repository,
          canonical: first.value.canonical,
        });
      }),
    );
  });

  it("T001 answers any text with a value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const parsed = parseReference(text);
        expect(parsed.ok || parsed.reason.code.startsWith("reference.")).to.equal(true);
      }),
    );
  });
});
