import { expect } from "chai";
import { readSigningConfig, servicesNamed } from "../../../src/release/index.ts";

const NOW = new Date("2026-11-22T10:00:00Z");
const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";

interface Change {
  readonly url?: string;
  readonly majorApiVersion?: unknown;
  readonly operator?: string;
  readonly validFor?: object;
}

const service = (url: string, change: Change = {}): object => ({
  url,
  majorApiVersion: 1,
  validFor: { start: "2026-01-01T00:00:00Z" },
  operator: "acme",
  ...change,
});
const config = (change: object = {}): object => ({
  mediaType: MEDIA_TYPE,
  caUrls: [service("https://fulcio.test")],
  oidcUrls: [service("https://oauth.test")],
  rekorTlogUrls: [service("https://rekor.test")],
  rekorTlogConfig: { selector: "ANY" },
  tsaUrls: [service("https://tsa.test/api/v1/timestamp")],
  tsaConfig: { selector: "ANY" },
  ...change,
});
const read = (change?: object): unknown => {
  const services = readSigningConfig(Buffer.from(JSON.stringify(config(change))), NOW);
  if (!services.ok) return services.reason.message;
  const { fulcio, rekor, timestampAuthorities } = services.value;
  return [
    fulcio?.href ?? null,
    rekor.map(({ url, version }) => `${url.host} v${version}`),
    timestampAuthorities.map(({ host }) => host),
  ];
};

describe("a signing config", () => {
  it("names the services", () => {
    expect(read()).to.deep.equal(["https://fulcio.test/", ["rekor.test v1"], ["tsa.test"]]);
    expect(
      read({ rekorTlogConfig: undefined, rekorTlogUrls: [], tsaUrls: undefined, tsaConfig: {}, caUrls: [] }),
    ).to.deep.equal([null, [], []]);
  });

  it("of each operator the newest version that is known and valid now, as many as the selector says", () => {
    const logs = [
      service("https://old.test"),
      service("https://log2.test", { majorApiVersion: 2 }),
      service("https://log3.test", { majorApiVersion: 3 }),
      service("https://gone.test", {
        majorApiVersion: 2,
        validFor: { start: "2025-01-01T00:00:00Z", end: "2026-01-01T00:00:00Z" },
      }),
      service("https://coming.test", { majorApiVersion: 2, validFor: { start: "2027-01-01T00:00:00Z" } }),
      service("https://newer.test", { majorApiVersion: 2, validFor: { start: "2026-06-01T00:00:00Z" } }),
      service("https://other.test", { operator: "other" }),
    ];
    const by = (rekorTlogConfig: object) => (read({ rekorTlogUrls: logs, rekorTlogConfig }) as unknown[])[1];
    expect(by({ selector: "ANY" })).to.deep.equal(["newer.test v2"]);
    expect(by({ selector: "ALL" })).to.deep.equal(["newer.test v2", "other.test v1"]);
    expect(by({ selector: "EXACT", count: 2 })).to.deep.equal(["newer.test v2", "other.test v1"]);
    expect(by({ selector: "EXACT" })).to.deep.equal(["newer.test v2"]);
    expect(read({ rekorTlogUrls: logs, rekorTlogConfig: { selector: "EXACT", count: 3 } })).to.match(
      /has 2 usable rekorTlogUrls .*; 3 are demanded$/,
    );
  });

  const spoilings: readonly { readonly name: string; readonly change: object; readonly says: RegExp }[] = [
    {
      name: "another media type",
      change: { mediaType: "application/vnd.dev.sigstore.signingconfig.v0.1+json" },
      says: /^not a signing config/,
    },
    {
      name: "no usable log",
      change: { rekorTlogUrls: [service("https://x.test", { majorApiVersion: 9 })] },
      says: /has 0 usable rekorTlogUrls/,
    },
    {
      name: "a version in words",
      change: { tsaUrls: [service("https://x.test", { majorApiVersion: "1" })] },
      says: /has 0 usable tsaUrls/,
    },
    {
      name: "a selector that is not known",
      change: { tsaConfig: { selector: "SOME" } },
      says: /selects by SOME/,
    },
    { name: "no selector", change: { rekorTlogConfig: undefined }, says: /SERVICE_SELECTOR_UNDEFINED/ },
    { name: "no services for a selector", change: { tsaUrls: [] }, says: /has 0 usable tsaUrls/ },
    {
      name: "a flood of services",
      change: { caUrls: Array.from({ length: 33 }, () => service("https://x.test")) },
      says: /has 33 caUrls; at most 32/,
    },
    {
      name: "an address of a file",
      change: { caUrls: [service("file:///etc/passwd")] },
      says: /expected the URL of a service/,
    },
    {
      name: "an address with a credential",
      change: { caUrls: [service("https://user:secret@x.test")] },
      says: /expected the URL/,
    },
    {
      name: "an address with a query",
      change: { caUrls: [service("https://x.test/?a")] },
      says: /expected the URL/,
    },
    { name: "no address", change: { caUrls: [{ majorApiVersion: 1 }] }, says: /expected the URL/ },
    {
      name: "a time that is none",
      change: { caUrls: [service("https://x.test", { validFor: { start: "soon" } })] },
      says: /a time soon$/,
    },
  ];
  for (const { name, change, says } of spoilings) {
    it(`refuses ${name}`, () => {
      expect(read(change)).to.match(says);
    });
  }

  it("refuses what is no JSON, and addresses of flags alike", () => {
    expect(readSigningConfig(Buffer.from("caUrls:"), NOW)).to.have.nested.property(
      "reason.code",
      "signing.config_invalid",
    );
    for (const fulcioUrl of ["fulcio", "ftp://x.test", "https://a:b@x.test", "https://x.test#a", ""]) {
      expect(servicesNamed({ fulcioUrl })).to.have.nested.property("reason.code", "signing.config_invalid");
    }
  });
});
