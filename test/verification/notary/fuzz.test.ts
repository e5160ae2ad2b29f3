import { expect } from "chai";
import type { Conclusion } from "../../../src/verification/index.ts";
import type { Header, NotaryOptions } from "../../lab/notary.ts";
import { SIGNED_AT } from "../support.ts";
import { FORMS, judgeNotary, notaryLab, signedWith } from "./lab.ts";

/** Whatever becomes of a signature, it is refused for a reason, or proves exactly what the good one does. */
describe("Notary Project signatures, broken in every place", () => {
  const { base, tsa, trust } = notaryLab();
  const options: NotaryOptions = { ...base, timestamp: { authority: tsa } };

  function harmless(conclusion: Conclusion, good: Conclusion, where: string): void {
    if (conclusion.status === "failed") expect(conclusion.reason.code, where).not.to.equal("internal");
    else if (good.status === "verified" && conclusion.status === "verified") {
      // Nobody signs the timestamp into the signature: without it, the signature says the same and no time.
      expect({ ...conclusion, times: [] }, where).to.deep.equal({ ...good, times: [] });
      expect(good.times, where).to.include.deep.members([...conclusion.times]);
    } else expect.fail(`${where}: ${conclusion.status}`);
  }

  for (const form of FORMS) {
    const bytes = signedWith(form, options);
    const good = judgeNotary(form, bytes, trust);

    it(`${form}: the good one is good`, () => {
      expect(good).to.include({ status: "verified" });
    });

    it(`${form}: cut short anywhere, it is refused`, () => {
      for (let length = 0; length < bytes.length; length++) {
        const conclusion = judgeNotary(form, bytes.subarray(0, length), trust);
        expect(conclusion.status, String(length)).to.equal("failed");
        harmless(conclusion, good, String(length));
      }
    });

    it(`${form}: with any byte changed, it is refused or says the same`, () => {
      for (let index = 0; index < bytes.length; index++) {
        const changed = Buffer.from(bytes);
        changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8));
        harmless(judgeNotary(form, changed, trust), good, String(index));
      }
    });

    it(`${form}: with something else for any attribute, signed, it is refused or says the same`, () => {
      const others = [null, true, 0, -1, "", "x", [], {}, [null], { a: null }];
      for (const name of attributesOf(form, options)) {
        for (const other of others) {
          const change = ({ header, payload }: { header: Header; payload: Header }) => {
            if (name === "targetArtifact") payload[name] = other;
            else header[name] = other;
          };
          const signed = signedWith(form, options, { change });
          harmless(judgeNotary(form, signed, trust), good, `${name} ${JSON.stringify(other)}`);
        }
      }
    });
  }

  it("jws: with null anywhere, it is refused or says the same", () => {
    const bytes = signedWith("jws", options);
    const good = judgeNotary("jws", bytes, trust);
    const envelope: unknown = JSON.parse(bytes.toString());
    const paths = pathsOf(envelope);
    expect(paths.length).to.be.greaterThan(8);
    for (const path of paths) {
      const spoiled = Buffer.from(JSON.stringify(withNull(envelope, path)));
      harmless(judgeNotary("jws", spoiled, trust), good, path.join("."));
    }
  });
});

function attributesOf(form: "jws" | "cose", options: NotaryOptions): readonly string[] {
  let names: readonly string[] = [];
  const expiry = new Date(SIGNED_AT.getTime() + 1e11);
  signedWith(form, options, { expiry, change: ({ header }) => void (names = Object.keys(header)) });
  return [...names, "targetArtifact", "x5c"];
}

function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [[]];
  const below = Object.entries(value).flatMap(([name, entry]) =>
    pathsOf(entry).map((path) => [name, ...path]),
  );
  return [[], ...below];
}

function withNull(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return null;
  if (Array.isArray(value)) {
    return value.map((entry: unknown, index) => (String(index) === step ? withNull(entry, rest) : entry));
  }
  const entries = Object.entries(value ?? {});
  return Object.fromEntries(
    entries.map(([name, entry]) => [name, name === step ? withNull(entry, rest) : (entry as unknown)]),
  );
}
