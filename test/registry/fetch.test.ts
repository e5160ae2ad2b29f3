import { expect } from "chai";
import type { AddressClass, Reach } from "../../src/registry/address.ts";
import { Authenticator } from "../../src/registry/auth.ts";
import { endpointsOf } from "../../src/registry/endpoint.ts";
import { ContentFetcher } from "../../src/registry/fetch.ts";
import { DEFAULT_REGISTRY_LIMITS } from "../../src/registry/settings.ts";
import { TokenClient } from "../../src/registry/token.ts";
import { Transport, type HttpAnswer, type HttpRequest } from "../../src/registry/transport.ts";
import { soon } from "./harness.ts";

/** Answers every request but the last with a redirect, each from the next of the given peers. */
class Redirecting extends Transport {
  readonly reaches: Reach[] = [];
  readonly #peers: AddressClass[];

  constructor(peers: readonly AddressClass[]) {
    super(DEFAULT_REGISTRY_LIMITS);
    this.#peers = [...peers];
  }

  override async exchange({ reach }: HttpRequest): Promise<HttpAnswer> {
    this.reaches.push(reach);
    const peer = this.#peers.shift();
    const location = `https://hop${this.reaches.length}.test/`;
    return peer === undefined
      ? { status: 200, headers: {}, body: new Uint8Array(), peer: "public" }
      : { status: 307, headers: { location }, body: new Uint8Array(), peer };
  }
}

describe("ContentFetcher", () => {
  const table: readonly (readonly [string, readonly AddressClass[], readonly Reach[]])[] = [
    ["from a public registry only to public addresses", ["public"], ["internal", "public"]],
    ["from one inside not to loopback", ["private"], ["internal", "private"]],
    ["from one on loopback anywhere", ["loopback"], ["internal", "internal"]],
    [
      "and by way of outside not back inside",
      ["private", "public", "public"],
      ["internal", "private", "public", "public"],
    ],
  ];
  for (const [name, peers, expected] of table) {
    it(`A114 A112 redirects lead ${name}`, async () => {
      const transport = new Redirecting(peers);
      const tokens = new TokenClient(transport, DEFAULT_REGISTRY_LIMITS);
      const fetcher = new ContentFetcher(
        {},
        DEFAULT_REGISTRY_LIMITS,
        transport,
        new Authenticator({}, tokens),
      );
      const [endpoint] = endpointsOf({}, "registry.test");
      if (endpoint === undefined) throw new Error("no endpoint");
      await fetcher.get({
        endpoint,
        repository: "x",
        path: "/v2/x/blobs/y",
        accept: "*/*",
        limit: 1,
        ...soon(),
      });
      expect(transport.reaches).to.deep.equal(expected);
    });
  }
});
