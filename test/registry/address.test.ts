import { expect } from "chai";
import {
  classifyAddress,
  narrow,
  reaches,
  type AddressClass,
  type Reach,
} from "../../src/registry/address.ts";

describe("classifyAddress", () => {
  const table: Readonly<Record<AddressClass, readonly string[]>> = {
    public: [
      "8.8.8.8",
      "140.82.121.34",
      "172.15.255.255",
      "172.32.0.1",
      "100.128.0.1",
      "192.169.0.1",
      "2606:50c0:8000::154",
      "2a00:1450:4001:80b::200e",
      "::ffff:8.8.8.8",
      "64:ff9b::8.8.8.8",
      "2002:0808:0808::1",
    ],
    private: [
      "10.0.0.5",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.1.1",
      "100.64.0.1",
      "198.18.0.1",
      "fc00::1",
      "fd12:3456::1",
      "fec0::1",
      "::ffff:10.0.0.1",
      "::ffff:a00:1",
      "64:ff9b::a00:1",
      "2002:0a00:0001::",
    ],
    loopback: ["127.0.0.1", "127.255.255.254", "::1", "[::1]", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"],
    forbidden: [
      "169.254.169.254",
      "169.254.0.1",
      "0.0.0.0",
      "0.1.2.3",
      "100.100.100.200",
      "168.63.129.16",
      "192.0.0.192",
      "224.0.0.1",
      "240.0.0.1",
      "255.255.255.255",
      "::",
      "::7f00:1",
      "fe80::1",
      "fe80::1%eth0",
      "fd00:ec2::254",
      "ff02::1",
      "::ffff:169.254.169.254",
      "::ffff:a9fe:a9fe",
      "::ffff:0.0.0.0",
      "64:ff9b::a9fe:a9fe",
      "64:ff9b::169.254.169.254",
      "64:ff9b:1::1",
      "64:ff9b:1:ffff::a9fe:a9fe",
      "2002:a9fe:a9fe::1",
      "2001::1",
      "2001:db8::1",
      "100::1",
      "4000::1",
      "",
      "ghcr.io",
      "1.2.3",
      "::1::",
    ],
  };
  for (const [expected, addresses] of Object.entries(table)) {
    for (const address of addresses) {
      it(`A115 ${JSON.stringify(address)} is ${expected}`, () => {
        expect(classifyAddress(address)).to.equal(expected);
      });
    }
  }
});

describe("reaches", () => {
  it("forbids metadata and link-local addresses to everybody", () => {
    for (const reach of ["public", "private", "internal", "loopback-only"] as const) {
      expect(reaches(reach, "forbidden")).to.equal(false);
    }
  });

  it("a redirect never leads further inside than where it comes from", () => {
    const table: readonly (readonly [Reach, AddressClass, Reach])[] = [
      ["internal", "public", "public"],
      ["internal", "private", "private"],
      ["internal", "loopback", "internal"],
      ["loopback-only", "loopback", "internal"],
      ["private", "loopback", "private"],
      ["private", "private", "private"],
      ["public", "loopback", "public"],
      ["public", "private", "public"],
    ];
    for (const [reach, from, expected] of table) {
      expect(narrow(reach, from), `${reach} from ${from}`).to.equal(expected);
    }
    expect(reaches("public", "private")).to.equal(false);
    expect(reaches("public", "loopback")).to.equal(false);
    expect(reaches("private", "loopback")).to.equal(false);
    expect(reaches("loopback-only", "public")).to.equal(false);
  });
});
