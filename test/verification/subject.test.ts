import { expect } from "chai";
import { digestOf } from "../../src/core/index.ts";
import type { StatementSubject } from "../../src/verification/index.ts";
import { Refusal } from "../../src/verification/refusal.ts";
import { bindSubject } from "../../src/verification/subject.ts";
import { IMAGE, OTHER_IMAGE, PLATFORM, TARGET } from "./support.ts";

const hex = (digest: string): string => digest.slice("sha256:".length);
const bind = (...subjects: readonly StatementSubject["digest"][]) =>
  bindSubject(
    {
      type: "https://in-toto.io/Statement/v1",
      subjects: subjects.map((digest) => ({ name: "registry.test/app", digest })),
      predicateType: "p",
      predicate: {},
    },
    TARGET,
  );

describe("subject binding", () => {
  it("binds to the image, or to a platform of its index", () => {
    expect(bind({ sha256: hex(IMAGE) })).to.deep.equal({ digest: IMAGE, matches: "image", platform: null });
    expect(bind({ sha256: hex(PLATFORM) })).to.deep.equal({
      digest: PLATFORM,
      matches: "platform",
      platform: "linux/amd64",
    });
    expect(bind({ sha256: hex(PLATFORM) }, { sha256: hex(IMAGE) }).matches).to.equal("image");
  });

  it("T073 finds the image among five hundred subjects", () => {
    const others = Array.from({ length: 500 }, (_, index) => ({
      sha256: hex(digestOf(Buffer.from(`${index}`))),
    }));
    expect(bind(...others, { sha256: hex(IMAGE) }).digest).to.equal(IMAGE);
  });

  it("T073 finds no image among very many subjects and platforms without comparing each with each", () => {
    const digests = Array.from({ length: 20_000 }, (_, index) => digestOf(Buffer.from(`${index}`)));
    const statement = {
      type: "https://in-toto.io/Statement/v1",
      subjects: digests.map((digest) => ({ name: null, digest: { sha256: hex(digest) } })),
      predicateType: "p",
      predicate: {},
    } as const;
    const platforms = digests.map((digest) => ({ platform: "p", digest: digestOf(Buffer.from(digest)) }));
    expect(() => bindSubject(statement, { digest: IMAGE, platforms })).to.throw("the statement speaks of");
  });

  it("T070 takes weaker digests beside the right one for nothing", () => {
    expect(bind({ sha1: "00".repeat(20), sha256: hex(IMAGE) }).digest).to.equal(IMAGE);
  });

  const spoilings = [
    { name: "T069 no subjects", subjects: [], code: "subject.absent" },
    {
      name: "T070 only SHA-1 and a git commit",
      subjects: [{ sha1: "ab".repeat(20), gitCommit: "ab".repeat(20) }],
      code: "subject.absent",
    },
    {
      name: "T070 the image under a weak name, another under the strong",
      subjects: [{ sha1: hex(IMAGE), sha256: hex(OTHER_IMAGE) }],
      code: "subject.mismatch",
    },
    { name: "T071 an algorithm in capitals", subjects: [{ SHA256: hex(IMAGE) }], code: "subject.absent" },
    {
      name: "T071 an algorithm with a hyphen",
      subjects: [{ "sha-256": hex(IMAGE) }],
      code: "subject.absent",
    },
    {
      name: "T071 a value in capitals",
      subjects: [{ sha256: hex(IMAGE).toUpperCase() }],
      code: "subject.absent",
    },
    {
      name: "T071 a value with its algorithm before it",
      subjects: [{ sha256: IMAGE }],
      code: "subject.absent",
    },
    {
      name: "T071 a truncated value",
      subjects: [{ sha256: hex(IMAGE).slice(0, 32) }],
      code: "subject.absent",
    },
    {
      name: "T072 T074 the image's name, another's digest",
      subjects: [{ sha256: hex(OTHER_IMAGE) }],
      code: "subject.mismatch",
    },
  ];
  for (const { name, subjects, code } of spoilings) {
    it(`refuses ${name}: ${code}`, () => {
      expect(() => bind(...(subjects as StatementSubject["digest"][])))
        .to.throw(Refusal)
        .with.property("code", code);
    });
  }
});
