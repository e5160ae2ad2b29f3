import { expect } from "chai";
import fc from "fast-check";
import type { JsonObject, JsonValue } from "../../src/core/index.ts";
import { encodeInput } from "../../src/normalization/index.ts";
import { encodeValue } from "../../src/normalization/encode.ts";
import {
  canonicalRepository,
  canonicalStorageObject,
  parseGitUri,
  refKindOf,
} from "../../src/normalization/git.ts";
import { canonicalImageName, parseImageUri } from "../../src/normalization/image-name.ts";
import { canonicalTime } from "../../src/normalization/time.ts";
import { documentOf, recordOf, statementOf, verifiedOf } from "./make.ts";
import { pathsOf, REMOVED, replaceAt, valueAt, type Step } from "./places.ts";
import { SAMPLES } from "./samples/index.ts";
import type { Sample } from "./samples/sample.ts";
import { inputSchemaErrors } from "./schema.ts";

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    REMOVED,
    null,
    true,
    0,
    -1,
    1e308,
    Number.MAX_SAFE_INTEGER,
    "",
    "@",
    "https://",
    "git+https://@#?",
    "pkg:docker/%",
    "pkg:oci/?repository_url=%",
    "oci://",
    "\u0000\ud800",
    "refs/tags/",
    "x".repeat(100_000),
    "/".repeat(50_000),
    "a.".repeat(50_000),
    "@refs/".repeat(20_000),
    [],
    [[]],
    {},
    { uri: null },
    { uri: {}, digest: [] },
    JSON.parse('{"__proto__":{"uri":"x"},"constructor":{"prototype":1}}'),
  ),
  fc.jsonValue({ maxDepth: 4 }),
);

const samples = fc.constantFrom(...SAMPLES);
const spoiled = samples.chain((sample) =>
  fc.record({
    sample: fc.constant(sample),
    changes: fc.array(fc.tuple(fc.constantFrom(...pathsOf(sample.predicate)), hostile), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
);

function spoil(sample: Sample, changes: readonly (readonly [readonly Step[], unknown])[]): JsonObject {
  return changes.reduce<JsonObject>((predicate, [path, value]) => {
    try {
      return replaceAt(predicate, path, value);
    } catch {
      // An earlier change took this place away.
      return predicate;
    }
  }, sample.predicate);
}

describe("normalization of whatever anybody may sign", () => {
  it("never fails and always fits the schema", () => {
    fc.assert(
      fc.property(spoiled, ({ sample, changes }) => {
        const statement = statementOf(sample.predicateType, spoil(sample, changes));
        const document = documentOf([verifiedOf("x", statement, sample.signers)]);
        expect(document.completeness.reasons).to.deep.equal([]);
        expect([...document.provenance, ...document.otherProvenance]).to.have.length(1);
        expect(inputSchemaErrors(document)).to.deep.equal([]);
        expect(encodeInput(document).byteLength).to.be.greaterThan(0);
      }),
      { seed: 116, numRuns: 600 },
    );
  });

  it("T067 every single place of every sample, gone or of the wrong type", () => {
    for (const sample of SAMPLES) {
      for (const path of pathsOf(sample.predicate)) {
        for (const value of [REMOVED, null, 7, "", [7], { x: 7 }]) {
          const record = recordOf(sample, { predicate: replaceAt(sample.predicate, path, value) });
          expect(record.unknownFields.length, `${sample.name} ${path.join("/")}`).to.be.lessThan(100);
        }
      }
    }
  });

  it("any JSON at all under any SLSA predicate type", () => {
    fc.assert(
      fc.property(samples, fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (sample, predicate) => {
        const document = documentOf([
          verifiedOf("x", statementOf(sample.predicateType, predicate as JsonObject)),
        ]);
        expect(inputSchemaErrors(document)).to.deep.equal([]);
        expect(document.completeness.complete).to.equal(true);
      }),
      { seed: 117, numRuns: 300 },
    );
  });

  it("what is not stated is never stated: taking fields away turns no flag from null", () => {
    fc.assert(
      fc.property(samples, fc.nat(), (sample, seed) => {
        // Without its build type a predicate is somebody else's, with other habits.
        const paths = pathsOf(sample.predicate).filter((path) => path.length > 0 && path[0] !== "buildType");
        const path = paths[seed % paths.length] ?? [];
        const before = recordOf(sample).flags;
        const after = recordOf(sample, { predicate: replaceAt(sample.predicate, path, REMOVED) }).flags;
        for (const name of ["reproducible", "hermetic", "selfHostedRunner"] as const) {
          expect([before[name], null]).to.include(after[name]);
        }
      }),
      { seed: 118, numRuns: 300 },
    );
  });

  it("a permuted document normalizes to the same bytes", () => {
    fc.assert(
      fc.property(samples, fc.integer(), ({ predicate, ...sample }, seed) => {
        const before = recordOf({ ...sample, predicate });
        const after = recordOf({ ...sample, predicate: permuted(predicate, seed) as JsonObject });
        expect(encodeValue(after)).to.equal(encodeValue(before));
      }),
      { seed: 119, numRuns: 200 },
    );
  });

  it("T068 adding unknown fields changes only the list of unknown fields", () => {
    const places = fc.constantFrom(...SAMPLES).chain((sample) =>
      fc.record({
        sample: fc.constant(sample),
        path: fc.constantFrom(...modelledObjects(sample)),
        name: fc.constantFrom("x/~y", "github_zzz", "GITHUB_ZZZ", "__proto__", "constructor", "toString"),
        value: fc.jsonValue({ maxDepth: 2 }),
      }),
    );
    fc.assert(
      fc.property(places, ({ sample, path, name, value }) => {
        const added = [...path, name];
        const { unknownFields: before, ...plain } = recordOf(sample);
        const { unknownFields: after, ...record } = recordOf(sample, {
          predicate: replaceAt(sample.predicate, added, value),
        });
        expect(record).to.deep.equal(plain);
        const pointer = `/${added.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;
        // A field added to something that is unknown as a whole adds nothing.
        const isInsideUnknown = before.some((known) => pointer.startsWith(`${known}/`));
        expect(after).to.have.members(isInsideUnknown ? before : [...before, pointer]);
      }),
      { seed: 120, numRuns: 400 },
    );
  });
});

/** The members of every object in another order; arrays keep theirs, which may mean something. */
function permuted(value: JsonValue, seed: number): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((element) => permuted(element, seed));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value as JsonObject).map(
    ([key, member]) => [key, permuted(member, seed)] as const,
  );
  const order = ([key]: readonly [string, JsonValue]) =>
    Math.imul(key.length * 31 + key.charCodeAt(0), seed | 1);
  return Object.fromEntries(members.toSorted((a, b) => order(a) - order(b)).toReversed());
}

describe("canonical spellings", () => {
  const parts = [
    "git+",
    "https://",
    "http://",
    "ssh://",
    "git://",
    "git@",
    "GitHub.com",
    "github.com",
    ":443",
    ":22",
    ":",
    "/",
    "//",
    "acme",
    "App",
    ".git",
    "..",
    ".",
    "%2e",
    "%2F",
    "\\",
    "@",
    "#",
    "?",
    "refs/heads/x",
    "\u212A",
    "é",
    "xn--e1a",
    "gs://",
    "docker://",
    "oci://",
    "pkg:docker/",
    "pkg:oci/",
    "repository_url=",
    "&tag=v1",
    "golang",
    "localhost:5000",
    "_",
    "-",
    "v1",
    "sha256:",
    " ",
    "\n",
    "\ud800",
    "2026-01-02T03:04:05",
    "Z",
    "+01:00",
    ".5",
  ];
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((chosen) => chosen.join("")),
    fc
      .array(fc.constantFrom(...parts), { maxLength: 5 })
      .map((chosen) => `https://github.com/acme/${chosen.join("")}`),
    fc.array(fc.constantFrom(...parts), { maxLength: 5 }).map((chosen) => `ghcr.io/acme/${chosen.join("")}`),
  );
  const canonicals = [
    ["repositories", canonicalRepository],
    ["objects in Cloud Storage", canonicalStorageObject],
    ["images", canonicalImageName],
    ["images by URI", (uri: string) => parseImageUri(uri)?.reference ?? null],
    ["times", canonicalTime],
  ] as const;
  for (const [name, canonical] of canonicals) {
    it(`of ${name}: spelling one again changes nothing, and nothing makes it fail`, () => {
      fc.assert(
        fc.property(text, (spelling) => {
          const once = canonical(spelling);
          if (once !== null) expect(canonical(once)).to.equal(once);
        }),
        { seed: 121, numRuns: 3000 },
      );
    });
  }

  it("of a repository hold nothing that two readers may understand differently", () => {
    let found = 0;
    fc.assert(
      fc.property(text, (spelling) => {
        const { repo, ref } = parseGitUri(spelling);
        refKindOf(ref);
        if (repo === null) return;
        found++;
        expect(repo).to.match(
          /^(?:https?|ssh|git):\/\/(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d+)?\/[^@#?\\\s]+$/,
        );
        expect(repo.replace("://", "")).not.to.match(/\/\.{0,2}(?:\/|$)|\.git$|%(?:2e|2f|5c)/i);
      }),
      { seed: 122, numRuns: 3000 },
    );
    expect(found).to.be.greaterThan(200);
  });
});

/** Members that pass on whole: there every field is a parameter, a digest, a version or an opaque detail. */
const OPAQUE: ReadonlySet<string> = new Set([
  "parameters",
  "externalParameters",
  "external_parameters",
  "internal_parameters",
  "systemParameters",
  "labels",
  "annotations",
  "attestation",
  "tekton-pipelines-feature-flags",
  "systemSubstitutions",
  "request",
  "arguments",
  "inputs",
  "vars",
  "digest",
  "version",
  "byproducts",
  "buildConfig",
  "github_event_payload",
  "GITHUB_EVENT_PAYLOAD",
  "started_on",
  "finished_on",
  "https://mobyproject.org/buildkit@v1#metadata",
  "buildkit_metadata",
]);

/** github-attest models its external parameters; everybody else's pass on whole. */
function modelledObjects(sample: Sample): readonly (readonly Step[])[] {
  const isLink = sample.name.startsWith("in-toto-link");
  const isOpaque = (step: Step) =>
    (OPAQUE.has(String(step)) && !(step === "externalParameters" && sample.name === "github-attest-v1")) ||
    (isLink && ["environment", "materials", "products"].includes(String(step)));
  return pathsOf(sample.predicate).filter(
    (path) => isPlainObject(valueAt(sample.predicate, path)) && !path.some(isOpaque),
  );
}
