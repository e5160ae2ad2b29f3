import { expect } from "chai";
import { createPublisher } from "../../src/registry/index.ts";
import { Harness, nameOf, outcome, soon, withCredential } from "./harness.ts";

const USER = { kind: "basic", username: "alice", password: "s3cret" } as const;

describe("createPublisher: the place that a registry names to upload to", () => {
  const harness = new Harness();
  afterEach(() => harness.close());

  /** Locations by what they are; `HOST` is the registry's own, `OTHER` nobody's business. */
  const places: readonly { readonly name: string; readonly location: string; readonly code: string }[] = [
    { name: "on the registry itself", location: "http://HOST/upload/1?state=x", code: "ok" },
    { name: "on another host", location: "http://OTHER/upload/1", code: "registry.protocol" },
    { name: "on another host, without a scheme", location: "//OTHER/upload/1", code: "registry.protocol" },
    {
      name: "another host's name as a path, as a browser would follow it",
      location: "http://HOST//OTHER/upload/1",
      code: "ok",
    },
    { name: "… with a backslash", location: "http://HOST/\\OTHER/upload/1", code: "ok" },
  ];
  for (const { name, location, code } of places) {
    it(`A023 A114 ${name}: ${code}, and nobody else gets content or credential`, async () => {
      const lab = await harness.lab({ auth: USER });
      const other = await harness.lab();
      const place = location.replace("HOST", lab.host).replace("OTHER", other.host);
      lab.misbehave = ({ method, headers }) => {
        if (headers["authorization"] === undefined) return undefined;
        if (method === "POST") return { status: 202, headers: { location: place }, body: Buffer.alloc(0) };
        return method === "PUT" ? { status: 201, headers: {}, body: Buffer.alloc(0) } : undefined;
      };
      const publisher = createPublisher(withCredential(USER));
      try {
        const put = await publisher.putBlob(nameOf(lab), Buffer.from("content"), soon());
        expect(outcome(put)).to.equal(code);
      } finally {
        publisher.close();
      }
      expect(other.requests).to.deep.equal([]);
      const uploads = lab.requests.filter(({ method }) => method === "PUT");
      expect(uploads).to.have.length(code === "ok" ? 1 : 0);
    });
  }
});
