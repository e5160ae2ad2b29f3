import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { JsonObject } from "../../../src/core/index.ts";
import {
  asVerdict,
  composeBundle,
  DECISION_ENTRYPOINT,
  defaultBundlePath,
  loadEngine,
  readBundle,
  type PolicyBundle,
} from "../../../src/policy/index.ts";
import { archiveOf, bundleEntries, MANIFEST } from "../forge/archive.ts";
import { forgeModule } from "../forge/policy.ts";

const options = { now: new Date("2026-06-01T00:00:00Z"), timeoutMs: 20_000 };
const INPUT = Buffer.from(
  JSON.stringify({
    schemaVersion: "1",
    time: "2026-06-01T00:00:00Z",
    image: { registry: "registry.example", repository: "acme/app" },
    request: { namespace: "default" },
  }),
);

/** What loading and asking a bundle ends in: a code, or whether it allows. */
async function ask(bundle: PolicyBundle, entrypoint = DECISION_ENTRYPOINT): Promise<string> {
  const engine = await loadEngine(bundle);
  if (!engine.ok) return engine.reason.code;
  try {
    const answer = await engine.value.evaluate(INPUT, entrypoint, options);
    if (!answer.ok) return answer.reason.code;
    const verdict = asVerdict(answer.value);
    if (!verdict.ok) return verdict.reason.code;
    return verdict.value.allow ? "allowed" : "denied";
  } finally {
    await engine.value.close();
  }
}

async function askArchive(archive: Uint8Array): Promise<string> {
  const bundle = readBundle(archive);
  return bundle.ok ? ask(bundle.value) : bundle.reason.code;
}

describe("T194 a bundle that says nothing allows nothing", function () {
  this.timeout(60_000);

  const manifest = (changes: object) => ({ "/.manifest": JSON.stringify({ ...MANIFEST, ...changes }) });
  const answering = (result: string) => ({ "/policy.wasm": forgeModule({ result }) });
  const archives: readonly {
    readonly name: string;
    readonly archive: () => Uint8Array;
    readonly code: string;
  }[] = [
    { name: "no file", archive: () => gzipSync(Buffer.alloc(1024)), code: "bundle.invalid" },
    {
      name: "directories only",
      archive: () => archiveOf([{ name: "assay/", type: "5" }]),
      code: "bundle.invalid",
    },
    {
      name: "data only",
      archive: () => archiveOf([{ name: "/data.json", content: "{}" }]),
      code: "bundle.invalid",
    },
    {
      name: "an empty manifest",
      archive: () => archiveOf(bundleEntries({ "/.manifest": "{}" })),
      code: "bundle.entrypoint_missing",
    },
    {
      name: "no entrypoint",
      archive: () => archiveOf(bundleEntries(manifest({ wasm: [] }))),
      code: "bundle.entrypoint_missing",
    },
    {
      name: "entrypoints for somebody else",
      archive: () =>
        archiveOf(bundleEntries(manifest({ wasm: [{ entrypoint: "assay/allow", module: "/policy.wasm" }] }))),
      code: "bundle.entrypoint_missing",
    },
    {
      name: "an empty module",
      archive: () => archiveOf(bundleEntries({ "/policy.wasm": "" })),
      code: "bundle.module_invalid",
    },
    {
      name: "a module without the entrypoint of the manifest",
      archive: () => archiveOf(bundleEntries({ "/policy.wasm": forgeModule({ entrypoints: '{"x":0}' }) })),
      code: "bundle.entrypoint_missing",
    },
    {
      name: "a decision that is undefined",
      archive: () => archiveOf(bundleEntries(answering("set()"))),
      code: "policy.undefined",
    },
    {
      name: "a decision that is empty",
      archive: () => archiveOf(bundleEntries(answering('{{"result": {}}}'))),
      code: "policy.bad_result",
    },
    {
      name: "a decision that is just yes",
      archive: () => archiveOf(bundleEntries(answering('{{"result": true}}'))),
      code: "policy.bad_result",
    },
    {
      name: "a decision that allows and says nothing more",
      archive: () => archiveOf(bundleEntries(answering('{{"result": {"allow": true}}}'))),
      code: "policy.bad_result",
    },
  ];
  for (const { name, archive, code } of archives) {
    it(name, async () => expect(await askArchive(archive())).to.equal(code));
  }

  describe("the library's rules, and a policy", () => {
    const images = (set: JsonObject) => ({
      name: "p",
      mode: "enforce",
      matches: [{ pattern: { exact: true, text: "registry.example/acme/app" }, namespace: null, images: 0 }],
      images: [set],
    });
    const policies: readonly { readonly name: string; readonly data: JsonObject; readonly says: string }[] = [
      { name: "that is absent", data: {}, says: "denied" },
      { name: "that is empty", data: { policy: {} }, says: "denied" },
      { name: "without images", data: { policy: { name: "p", matches: [], images: [] } }, says: "denied" },
      { name: "whose set of images has no rules", data: { policy: images({ rules: [] }) }, says: "denied" },
      { name: "whose set of images is empty", data: { policy: images({}) }, says: "denied" },
      {
        name: "that says true for allowAll",
        data: { policy: images({ rules: [], allowAll: true }) },
        says: "policy.bad_result",
      },
      {
        name: "that says in words why all are allowed",
        data: { policy: images({ rules: [], allowAll: "a laboratory" }) },
        says: "allowed",
      },
    ];
    for (const { name, data, says } of policies) {
      it(name, async () => {
        const library = readBundle(readFileSync(defaultBundlePath()));
        if (!library.ok) throw new Error(library.reason.message);
        const { library: rules = {} } = library.value.data;
        const bundle = composeBundle(library.value, {
          name: "p",
          revision: "1",
          data: { library: rules, ...data },
        });
        if (!bundle.ok) throw new Error(bundle.reason.message);
        expect(await ask(bundle.value)).to.equal(says);
      });
    }
  });
});
