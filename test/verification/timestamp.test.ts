import { expect } from "chai";
import { Authority } from "../../src/verification/authority.ts";
import { Certificate } from "../../src/verification/certificate.ts";
import { Refusal } from "../../src/verification/refusal.ts";
import { verifyTimestamp } from "../../src/verification/timestamp.ts";
import {
  createTimestampAuthority,
  OID,
  type KeyKind,
  type TimestampAuthority,
} from "../lab/sigstore/index.ts";
import { after, minutes, SIGNED_AT } from "./support.ts";

const SIGNATURE = Buffer.from("a signature");
const FROM = after(SIGNED_AT, -minutes(60));
const UNTIL = after(SIGNED_AT, minutes(60));

const create = (options: Partial<Parameters<typeof createTimestampAuthority>[0]> = {}): TimestampAuthority =>
  createTimestampAuthority({ name: "tsa", from: FROM, until: UNTIL, ...options });

function trusted(tsa: TimestampAuthority, options: { leaf?: boolean; end?: number } = {}): Authority {
  const chain = options.leaf === false ? [tsa.root] : [tsa.certificate, tsa.root];
  const certificates = chain.map(({ der }) => new Certificate(der, "certificate.invalid"));
  return new Authority(
    "tsa",
    certificates,
    { start: FROM.getTime(), end: options.end ?? Infinity },
    "timeStamping",
  );
}

const timeProven = (...given: Parameters<typeof verifyTimestamp>): number | undefined =>
  verifyTimestamp(...given)?.time;

describe("RFC 3161 timestamps", () => {
  const tsa = create();

  it("proves the time at which a signature was there", () => {
    expect(timeProven(tsa.stamp(SIGNATURE, SIGNED_AT), [SIGNATURE], [trusted(tsa)])).to.equal(
      SIGNED_AT.getTime(),
    );
  });

  for (const kind of ["P-384", "P-521", "RSA-2048", "Ed25519"] as const satisfies readonly KeyKind[]) {
    it(`verifies an authority with a key of ${kind}`, () => {
      const other = create({ kind });
      expect(timeProven(other.stamp(SIGNATURE, SIGNED_AT), [SIGNATURE], [trusted(other)])).to.equal(
        SIGNED_AT.getTime(),
      );
    });
  }

  for (const hash of ["sha384", "sha512"] as const) {
    it(`verifies an imprint of ${hash}`, () => {
      expect(timeProven(tsa.stamp(SIGNATURE, SIGNED_AT, { hash }), [SIGNATURE], [trusted(tsa)])).to.equal(
        SIGNED_AT.getTime(),
      );
    });
  }

  for (const [fraction, ms] of [
    ["5", 500],
    ["05", 50],
    ["123", 123],
    ["123456", 123],
    ["999999999", 999],
  ] as const) {
    it(`reads a fraction of ${fraction}`, () => {
      const time = timeProven(tsa.stamp(SIGNATURE, SIGNED_AT, { fraction }), [SIGNATURE], [trusted(tsa)]);
      expect(time).to.equal(SIGNED_AT.getTime() + ms);
    });
  }

  it("finds the signer's certificate in the token where the trusted chain begins above it", () => {
    const authority = trusted(tsa, { leaf: false });
    expect(timeProven(tsa.stamp(SIGNATURE, SIGNED_AT), [SIGNATURE], [authority])).to.equal(
      SIGNED_AT.getTime(),
    );
    expect(
      timeProven(tsa.stamp(SIGNATURE, SIGNED_AT, { certificates: false }), [SIGNATURE], [authority]),
    ).to.equal(undefined);
  });

  it("needs no certificate in the token where it is trusted already", () => {
    const der = tsa.stamp(SIGNATURE, SIGNED_AT, { certificates: false });
    expect(timeProven(der, [SIGNATURE], [trusted(tsa)])).to.equal(SIGNED_AT.getTime());
  });

  it("A048 believes no certificate in the token: a stranger's counts for nothing", () => {
    const stranger = create({ name: "stranger" });
    expect(timeProven(stranger.stamp(SIGNATURE, SIGNED_AT), [SIGNATURE], [trusted(tsa)])).to.equal(undefined);
  });

  it("A048 takes no stranger of the same name for the authority", () => {
    const double = create();
    for (const leaf of [true, false]) {
      expect(timeProven(double.stamp(SIGNATURE, SIGNED_AT), [SIGNATURE], [trusted(tsa, { leaf })])).to.equal(
        undefined,
      );
    }
  });

  it("T097 counts the end of validity as inside, and a millisecond later as outside", () => {
    const der = tsa.stamp(SIGNATURE, SIGNED_AT);
    expect(timeProven(der, [SIGNATURE], [trusted(tsa, { end: SIGNED_AT.getTime() })])).to.equal(
      SIGNED_AT.getTime(),
    );
    expect(() => timeProven(der, [SIGNATURE], [trusted(tsa, { end: SIGNED_AT.getTime() - 1 })]))
      .to.throw(Refusal)
      .with.property("code", "time.invalid");
  });

  const spoilings: readonly {
    readonly name: string;
    readonly der: () => Buffer;
    readonly authority?: () => Authority;
  }[] = [
    { name: "T104 one over something else", der: () => tsa.stamp(Buffer.from("other"), SIGNED_AT) },
    { name: "a response that grants nothing", der: () => tsa.stamp(SIGNATURE, SIGNED_AT, { status: 2 }) },
    {
      name: "content that is not what was signed",
      der: () => tsa.stamp(SIGNATURE, SIGNED_AT, { spoilMessageDigest: Buffer.alloc(32) }),
    },
    {
      name: "T097 one made after the certificate's end",
      der: () => tsa.stamp(SIGNATURE, after(UNTIL, 1000)),
    },
    {
      name: "T097 one made before the authority's begin",
      der: () => tsa.stamp(SIGNATURE, after(FROM, -1000)),
    },
    {
      name: "a flipped bit in the signature",
      der: () => {
        const der = tsa.stamp(SIGNATURE, SIGNED_AT);
        der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
        return der;
      },
    },
    { name: "a token cut short", der: () => tsa.stamp(SIGNATURE, SIGNED_AT).subarray(0, -1) },
    {
      name: "bytes behind the token",
      der: () => Buffer.concat([tsa.stamp(SIGNATURE, SIGNED_AT), Buffer.from([0])]),
    },
    { name: "no DER", der: () => Buffer.from("text") },
  ];
  for (const { name, der } of spoilings) {
    it(`refuses ${name}`, () => {
      expect(() => timeProven(der(), [SIGNATURE], [trusted(tsa)]))
        .to.throw(Refusal)
        .with.property("code", "time.invalid");
    });
  }

  for (const [name, purposes] of [
    ["for code signing", [OID.codeSigning]],
    ["for several purposes", [OID.timeStamping, OID.codeSigning]],
    ["for none", null],
  ] as const) {
    it(`A048 refuses an authority whose certificate is ${name}`, () => {
      const other = create({ extendedKeyUsage: purposes });
      expect(() => timeProven(other.stamp(SIGNATURE, SIGNED_AT), [SIGNATURE], [trusted(other)]))
        .to.throw(Refusal)
        .with.property("code", "time.invalid");
    });
  }

  it("A021 survives every truncation and every flipped byte without another result", () => {
    const der = tsa.stamp(SIGNATURE, SIGNED_AT);
    const authorities = [trusted(tsa, { leaf: false })];
    const ends = (bytes: Buffer): unknown => {
      try {
        return timeProven(bytes, [SIGNATURE], authorities);
      } catch (thrown) {
        return thrown instanceof Refusal ? "refused" : thrown;
      }
    };
    for (let index = 0; index < der.length; index++) {
      expect(ends(der.subarray(0, index))).to.equal("refused");
      const flipped = Buffer.from(der);
      flipped[index] = (flipped[index] ?? 0) ^ 0x41;
      // What no signature covers (version, the root beside it) may change; the time never does.
      expect(ends(flipped)).to.be.oneOf(["refused", undefined, SIGNED_AT.getTime()]);
    }
  });
});
