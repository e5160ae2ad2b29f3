import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LOAD } from "../../src/decision/index.ts";
import {
  DEFAULT_ADMISSION,
  DEFAULT_BUDGETS,
  DEFAULT_CACHE_CONFIG,
  DEFAULT_DATA_API,
  readConfig,
} from "../../src/server/index.ts";
import { PLAIN_POLICY } from "./harness.ts";

const SMALLEST = `listeners:
  metrics: { address: "127.0.0.1:9090" }
policies:
  - { source: policy.tar.gz }
`;

const WHOLE = `listeners:
  gatekeeper: { address: "0.0.0.0:8443", tls: { cert: tls.crt, key: tls.key, clientCA: ca.crt } }
  kyverno:    { address: "[::]:8444", tls: { cert: /etc/tls.crt, key: tls.key } }
  admission:  { address: "0.0.0.0:8445", tls: { cert: tls.crt, key: tls.key, clientCA: ca.crt } }
  api:        { address: "127.0.0.1:8181" }
  metrics:    { address: "0.0.0.0:9090" }
policies:
  - { name: acme, source: "oci://registry.example/policies/acme:stable" }
registries:
  "Registry.internal:5000": { ca: ca.crt, mirrors: ["mirror.internal"], tokenHosts: ["git.internal"], plainHTTP: false }
budgets: { gatekeeper: 1500ms, gatekeeperMutate: 700ms, kyverno: 8s, admission: 900ms, dataApi: 3s }
dataApi: { ownInput: true }
admission:
  resources:
    - { group: argoproj.io, kind: Rollout, paths: ["spec.template.spec"], optional: true }
    - { group: tekton.dev, kind: Task, images: ["spec.steps[*].image"] }
  unchanged: judge
  tags: deny
trust: { refresh: 12h, cache: tuf }
cache:
  tags: 0s
  decisions: 5m
  denials: 500ms
  bytes: 1GiB
  disk: { folder: blobs, bytes: 512MiB }
  shared: { url: "rediss://cache.internal:6380/3", secretEnv: SECRET, passwordEnv: PASSWORD, ca: ca.crt, timeout: 20ms }
load: { decisions: 128, queue: 1000, registryConcurrency: 8, registryFailures: 3, registryPause: 10s }
`;

describe("readConfig", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-config-"));
    await writeFile(join(folder, "ca.crt"), "");
  });
  after(() => rm(folder, { recursive: true }));

  const read = async (text: string) => {
    const file = join(folder, "assay.yaml");
    await writeFile(file, text);
    return readConfig(file);
  };
  const complaint = async (text: string) => {
    const config = await read(text);
    return config.ok ? "" : config.reason.message.replaceAll(`${folder}/`, "");
  };

  it("reads the smallest configuration", async () => {
    expect(await read(SMALLEST)).to.deep.equal({
      ok: true,
      value: {
        listeners: [{ name: "metrics", host: "127.0.0.1", port: 9090, tls: null }],
        policies: [{ ...PLAIN_POLICY, source: join(folder, "policy.tar.gz") }],
        registries: new Map(),
        budgets: DEFAULT_BUDGETS,
        admission: DEFAULT_ADMISSION,
        dataApi: DEFAULT_DATA_API,
        pullSecrets: null,
        trust: null,
        cache: DEFAULT_CACHE_CONFIG,
        load: DEFAULT_LOAD,
        decisionLog: null,
        traces: null,
      },
    });
  });

  it("reads all that can be said of a policy", async () => {
    const text = SMALLEST.replace(
      "  - { source: policy.tar.gz }\n",
      `  - name: default
    source: https://policies.example/acme.tar.gz
    signers:
      - { name: release, key: keys/release.pub, keyId: k1, scope: prod, from: 2026-01-01, to: 2026-12-31 }
      - { issuer: "https://issuer.example", identity: "https://acme.example/**", trustedRoot: root.json }
    refresh: 5m
    longPoll: 30s
    credentials: { tokenFile: token, clientCert: c.crt, clientKey: c.key, ca: ca.crt }
    lastGood: /var/lib/assay
    lock: policy.lock
    requireSequence: true
    maxAge: 24h
    maxReleaseAge: 90d
    expire: true
    provenance: { policy: of-policies }
    shadow: { source: next.tar.gz, signers: [{ key: next.pub }] }
  - { name: team-a, source: team-a, namespaces: [team-a, "team-a-*"], refresh: 0 }
`,
    );
    const config = await read(text);
    const at = (name: string) => join(folder, name);
    expect(config.ok ? config.value.policies : config).to.deep.equal([
      {
        name: "default",
        source: "https://policies.example/acme.tar.gz",
        signers: [
          {
            name: "release",
            key: at("keys/release.pub"),
            keyId: "k1",
            scope: "prod",
            from: new Date("2026-01-01T00:00:00Z"),
            to: new Date("2026-12-31T23:59:59Z"),
          },
          {
            issuer: "https://issuer.example",
            identity: "https://acme.example/**",
            trustedRoot: at("root.json"),
          },
        ],
        namespaces: null,
        refresh: 300_000,
        longPoll: 30_000,
        credentials: {
          tokenFile: at("token"),
          clientCert: at("c.crt"),
          clientKey: at("c.key"),
          ca: at("ca.crt"),
        },
        lastGood: "/var/lib/assay",
        lock: at("policy.lock"),
        requireSequence: true,
        maxAge: 86_400_000,
        maxReleaseAge: 7_776_000_000,
        expire: true,
        provenance: { policy: at("of-policies") },
        shadow: { source: at("next.tar.gz"), signers: [{ key: at("next.pub") }] },
      },
      {
        ...PLAIN_POLICY,
        name: "team-a",
        source: at("team-a"),
        namespaces: ["team-a", "team-a-*"],
        refresh: 0,
      },
    ]);
  });

  it("reads a whole one; paths are relative to its folder", async () => {
    const tls = (cert: string, clientCA: string | null) => ({ cert, key: join(folder, "tls.key"), clientCA });
    expect(await read(WHOLE)).to.deep.equal({
      ok: true,
      value: {
        listeners: [
          {
            name: "gatekeeper",
            host: "0.0.0.0",
            port: 8443,
            tls: tls(join(folder, "tls.crt"), join(folder, "ca.crt")),
          },
          { name: "kyverno", host: "::", port: 8444, tls: tls("/etc/tls.crt", null) },
          {
            name: "admission",
            host: "0.0.0.0",
            port: 8445,
            tls: tls(join(folder, "tls.crt"), join(folder, "ca.crt")),
          },
          { name: "api", host: "127.0.0.1", port: 8181, tls: null },
          { name: "metrics", host: "0.0.0.0", port: 9090, tls: null },
        ],
        policies: [{ ...PLAIN_POLICY, name: "acme", source: "oci://registry.example/policies/acme:stable" }],
        registries: new Map([
          [
            "registry.internal:5000",
            {
              ca: join(folder, "ca.crt"),
              mirrors: ["mirror.internal"],
              tokenHosts: ["git.internal"],
              plainHTTP: false,
            },
          ],
        ]),
        budgets: { gatekeeper: 1500, gatekeeperMutate: 700, kyverno: 8000, admission: 900, dataApi: 3000 },
        dataApi: { ownInput: true },
        pullSecrets: null,
        decisionLog: null,
        traces: null,
        admission: {
          resources: [
            {
              group: "argoproj.io",
              kind: "Rollout",
              podSpecs: [["spec", "template", "spec"]],
              images: [],
              optional: true,
            },
            {
              group: "tekton.dev",
              kind: "Task",
              podSpecs: [],
              images: [["spec", "steps", "*", "image"]],
              optional: false,
            },
          ],
          unchanged: "judge",
          tags: "deny",
        },
        trust: { refreshEvery: 12 * 3_600_000, cacheFolder: join(folder, "tuf") },
        cache: {
          memory: { tags: 0, decisions: 300_000, denials: 500, bytes: 2 ** 30 },
          disk: { folder: join(folder, "blobs"), bytes: 512 * 2 ** 20 },
          shared: {
            host: "cache.internal",
            port: 6380,
            database: 3,
            tls: true,
            ca: join(folder, "ca.crt"),
            secretEnv: "SECRET",
            usernameEnv: null,
            passwordEnv: "PASSWORD",
            timeout: 20,
          },
        },
        load: {
          decisions: 128,
          queue: 1000,
          registryConcurrency: 8,
          registryFailures: 3,
          registryPause: 10_000,
        },
      },
    });
  });

  it("reads who may ask, and where decisions and traces go", async () => {
    const config = await read(`listeners:
  kyverno:
    address: "127.0.0.1:1"
    tls: { cert: a.crt, key: a.key, additional: [{ cert: b.crt, key: b.key }] }
    auth:
      tokens: [token]
      jwt: { issuer: me, audience: assay, keys: jwks.json, subjects: ["system:*"] }
      tokenReview: { audience: assay }
  gatekeeper:
    address: "127.0.0.1:2"
    tls: { cert: a.crt, key: a.key, clientCA: ca.crt, allowedNames: ["*.svc"] }
policies: [{ source: policy }]
decisionLog: { http: { url: "https://logs.example/x", tokenEnv: LOGS }, mask: ["/input/namespace"] }
traces: { url: "http://collector:4318/v1/traces", sample: 1 }
`);
    if (!config.ok) throw new Error(config.reason.message);
    const { listeners, decisionLog, traces } = config.value;
    expect(listeners.map(({ auth, tls }) => ({ auth, ...tls }))).to.deep.equal([
      {
        auth: undefined,
        cert: join(folder, "a.crt"),
        key: join(folder, "a.key"),
        clientCA: join(folder, "ca.crt"),
        allowedNames: ["*.svc"],
      },
      {
        auth: {
          tokens: [join(folder, "token")],
          jwt: { issuer: "me", audience: "assay", keys: join(folder, "jwks.json"), subjects: ["system:*"] },
          tokenReview: {
            server: new URL("https://kubernetes.default.svc"),
            ca: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
            token: "/var/run/secrets/kubernetes.io/serviceaccount/token",
            audience: "assay",
            subjects: [],
          },
        },
        cert: join(folder, "a.crt"),
        key: join(folder, "a.key"),
        clientCA: null,
        additional: [{ cert: join(folder, "b.crt"), key: join(folder, "b.key") }],
      },
    ]);
    expect(decisionLog).to.deep.equal({
      to: { kind: "http", url: new URL("https://logs.example/x"), ca: null, tokenEnv: "LOGS" },
      mask: ["/input/namespace"],
    });
    const url = new URL("http://collector:4318/v1/traces");
    expect(traces).to.deep.equal({ url, ca: null, tokenEnv: null, sample: 1, serviceName: "assay" });
  });

  describe("T254 names file, line and field of a fault", () => {
    const cases: { name: string; text: string; fault: string | RegExp }[] = [
      { name: "nothing", text: "", fault: /^assay\.yaml:1: must be object/ },
      {
        name: "no listener",
        text: "listeners: {}\npolicies: [{ source: a }]\n",
        fault: /^assay\.yaml:1: listeners: must NOT have fewer than 1 properties/,
      },
      {
        name: "no policy",
        text: SMALLEST.replace(/policies:\n.*\n/, ""),
        fault: "assay.yaml:1: policies: is missing",
      },
      {
        name: "two policies of one name",
        text: `${SMALLEST}  - { source: b, namespaces: [b] }\n`,
        fault:
          "assay.yaml:5: policies.1.name: policies.0 is called default too; each needs a name of its own",
      },
      {
        name: "no way to show a token",
        text: SMALLEST.replace(
          'metrics: { address: "127.0.0.1:9090" }',
          'api: { address: "127.0.0.1:1", auth: {} }',
        ),
        fault: /^assay\.yaml:2: listeners\.api\.auth: must NOT have fewer than 1 properties/,
      },
      {
        name: "names without a CA",
        text: SMALLEST.replace(
          'metrics: { address: "127.0.0.1:9090" }',
          'api: { address: "127.0.0.1:1", tls: { cert: a, key: b, allowedNames: [c] } }',
        ),
        fault:
          "assay.yaml:2: listeners.api.tls.allowedNames: names are those of client certificates: clientCA must say who issues them",
      },
      {
        name: "two places for the decision log",
        text: `${SMALLEST}decisionLog: { stdout: true, file: a }\n`,
        fault: /^assay\.yaml:5: decisionLog: must match exactly one schema/m,
      },
      {
        name: "a mask of what is always there",
        text: `${SMALLEST}decisionLog: { stdout: true, mask: ["/decision_id"] }\n`,
        fault: /^assay\.yaml:5: decisionLog\.mask\.0: must match pattern/,
      },
      {
        name: "a password in a URL",
        text: `${SMALLEST}traces: { url: "https://me:secret@collector/v1/traces" }\n`,
        fault: /^assay\.yaml:5: traces\.url: must match pattern/,
      },
      {
        name: "an unknown key",
        text: `${SMALLEST}polices: []\n`,
        fault:
          "assay.yaml:5: polices: unknown key; known here: listeners, policies, registries, budgets, dataApi, admission, pullSecrets, trust, cache, load, decisionLog, traces",
      },
      {
        name: "no key file",
        text: SMALLEST.replace("metrics", "kyverno").replace(" }", ", tls: { cert: a } }"),
        fault: "assay.yaml:2: listeners.kyverno.tls.key: is missing",
      },
      {
        name: "a client CA for Kyverno",
        text: SMALLEST.replace("metrics", "kyverno").replace(
          " }",
          ", tls: { cert: a, key: b, clientCA: c } }",
        ),
        fault: "assay.yaml:2: listeners.kyverno.tls.clientCA: unknown key; known here: cert, key, additional",
      },
      {
        name: "Gatekeeper without TLS",
        text: SMALLEST.replace("metrics", "gatekeeper"),
        fault: "assay.yaml:2: listeners.gatekeeper.tls: is missing",
      },
      {
        name: "the API server without TLS",
        text: SMALLEST.replace("metrics", "admission"),
        fault: "assay.yaml:2: listeners.admission.tls: is missing",
      },
      {
        name: "a kind without a path",
        text: `${SMALLEST}admission:\n  resources:\n    - { group: a.example, kind: B }\n`,
        fault: "assay.yaml:7: admission.resources.0: says no paths or images to look at",
      },
      {
        name: "a path that is none",
        text: `${SMALLEST}admission:\n  resources:\n    - { group: a.example, kind: B, paths: ["$.spec"] }\n`,
        fault:
          /^assay\.yaml:7: admission\.resources\.0\.paths\.0: must match pattern .*; expected a path as "spec/,
      },
      {
        name: "an address without a port",
        text: SMALLEST.replace(":9090", ""),
        fault: /^assay\.yaml:2: listeners\.metrics\.address: must match pattern .*; expected HOST:PORT/,
      },
      {
        name: "a port too high",
        text: SMALLEST.replace("9090", "90909"),
        fault: "assay.yaml:2: listeners.metrics.address: the port must be 0 to 65535",
      },
      {
        name: "a budget without unit",
        text: `${SMALLEST}budgets: { gatekeeper: 2500 }\n`,
        fault: /^assay\.yaml:5: budgets\.gatekeeper: must be string; expected a time as "2500ms"/,
      },
      {
        name: "a renewal that never ends",
        text: `${SMALLEST}trust: { refresh: 0s }\n`,
        fault: /^assay\.yaml:5: trust\.refresh: must match pattern .*; expected how often, as "30m"/,
      },
      {
        name: "a tag remembered for a day",
        text: `${SMALLEST}cache: { tags: 24h }\n`,
        fault: /^assay\.yaml:5: cache\.tags: must match pattern .*; expected a time as "500ms"/,
      },
      {
        name: "a cache without a unit",
        text: `${SMALLEST}cache: { bytes: 256 }\n`,
        fault: /^assay\.yaml:5: cache\.bytes: must be string; expected a size as "256MiB"/,
      },
      {
        name: "a shared cache without a secret",
        text: `${SMALLEST}cache: { shared: { url: "redis://cache" } }\n`,
        fault: "assay.yaml:5: cache.shared.secretEnv: is missing",
      },
      {
        name: "a shared cache with its password in the file",
        text: `${SMALLEST}cache: { shared: { url: "redis://:pw@cache", secretEnv: S } }\n`,
        fault:
          /^assay\.yaml:5: cache\.shared\.url: must match pattern .*its password is named by `passwordEnv`$/,
      },
      {
        name: "a shared cache at a port that is none",
        text: `${SMALLEST}cache: { shared: { url: "redis://cache:70000", secretEnv: S } }\n`,
        fault: "assay.yaml:5: cache.shared.url: the host or port is none",
      },
      {
        name: "a queue for nobody",
        text: `${SMALLEST}load: { queue: 0 }\n`,
        fault: /^assay\.yaml:5: load\.queue: must be >= 1; expected decisions that may wait/,
      },
      {
        name: "a budget of an hour",
        text: `${SMALLEST}budgets:\n  kyverno: 3600s\n`,
        fault: /^assay\.yaml:6: budgets\.kyverno: must match pattern/,
      },
      ...[
        {
          name: "two policies for all the rest",
          policies: ["{ source: a }", "{ name: b, source: b }"],
          fault:
            "assay.yaml:5: policies.1.namespaces: neither it nor policies.0 says for which namespaces it decides; one at most may be for all the rest",
        },
        {
          name: "two policies for one namespace",
          policies: [
            "{ source: a }",
            '{ name: b, source: b, namespaces: ["x", "team-*"] }',
            '{ name: c, source: c, namespaces: ["*-prod"] }',
          ],
          fault:
            "assay.yaml:6: policies.2.namespaces.0: some namespaces are also team-* of policies.1, and neither is the more specific pattern",
        },
        {
          name: "a namespace that none can be called",
          policies: ['{ source: a, namespaces: ["Team"] }'],
          fault:
            /^assay\.yaml:4: policies\.0\.namespaces\.0: must match pattern .*in which `\*` stands for any/,
        },
        {
          name: "a name that no folder can have",
          policies: ["{ source: a, name: ../b }"],
          fault: /^assay\.yaml:4: policies\.0\.name: must match pattern .*a name of letters/,
        },
        {
          name: "credentials in a source",
          policies: ['{ source: "https://user:secret@policies.example/a.tar.gz" }'],
          fault:
            "assay.yaml:4: policies.0.source: holds credentials, which would be logged: name them in `credentials`",
        },
        {
          name: "credentials in a shadow's source",
          policies: ['{ source: a, shadow: { source: "oci://token@policies.example/a" } }'],
          fault:
            "assay.yaml:4: policies.0.shadow.source: holds credentials, which would be logged: name them in `credentials`",
        },
        {
          name: "a signer who is nobody",
          policies: ["{ source: a, signers: [{ name: x }] }"],
          fault: "assay.yaml:4: policies.0.signers.0: names nobody: expected key, or issuer and identity",
        },
        {
          name: "an identity that anybody may have issued",
          policies: ["{ source: a, signers: [{ identity: x }] }"],
          fault: "assay.yaml:4: policies.0.signers.0: names nobody: expected key, or issuer and identity",
        },
        {
          name: "a signer who is two",
          policies: ["{ source: a, shadow: { source: b, signers: [{ key: k, issuer: i, identity: x }] } }"],
          fault:
            "assay.yaml:4: policies.0.shadow.signers.0: is either a key or an identity, not both: issuer, identity go without key",
        },
        {
          name: "an identity with a key's scope",
          policies: ["{ source: a, signers: [{ issuer: i, identity: x, scope: prod }] }"],
          fault: "assay.yaml:4: policies.0.signers.0: only a key has scope",
        },
        {
          name: "a day that no calendar has",
          policies: ["{ source: a, signers: [{ key: k, to: 2026-02-30 }] }"],
          fault:
            "assay.yaml:4: policies.0.signers.0.to: is neither a day, as 2026-12-31, nor a moment of RFC 3339",
        },
        {
          name: "nobody who signs",
          policies: ["{ source: a, signers: [] }"],
          fault: /^assay\.yaml:4: policies\.0\.signers: must NOT have fewer than 1 items/,
        },
        {
          name: "long polling of a registry",
          policies: ['{ source: "oci://registry.example/a", longPoll: 30s }'],
          fault: "assay.yaml:4: policies.0.longPoll: only servers of http(s):// can hold a question",
        },
        {
          name: "credentials for a registry",
          policies: ['{ source: "oci://registry.example/a", credentials: { tokenFile: t } }'],
          fault:
            "assay.yaml:4: policies.0.credentials: they are for http(s):// alone; a registry is sent what Docker's config.json has",
        },
        {
          name: "a certificate without its key",
          policies: ['{ source: "https://policies.example/a", credentials: { clientCert: c } }'],
          fault: "assay.yaml:4: policies.0.credentials: clientCert and clientKey go together",
        },
        {
          name: "an end that never comes",
          policies: ["{ source: a, expire: true }"],
          fault: "assay.yaml:4: policies.0.expire: maxAge is missing, which says when it does",
        },
      ].map(({ name, policies, fault }) => ({
        name,
        text: SMALLEST.replace(
          "  - { source: policy.tar.gz }\n",
          policies.map((one) => `  - ${one}\n`).join(""),
        ),
        fault,
      })),
      {
        name: "a registry that is a URL",
        text: `${SMALLEST}registries:\n  "https://a/": {}\n`,
        fault: /^assay\.yaml:6: registries\.https:\/\/a\/: not a registry's HOST\[:PORT\]/,
      },
      {
        name: "a CA that is not there",
        text: `${SMALLEST}registries:\n  a.example: { ca: no.crt }\n`,
        fault: "assay.yaml:6: registries.a.example.ca: there is no file no.crt",
      },
      {
        name: "an API without TLS that others can reach",
        text: 'listeners: { api: { address: "0.0.0.0:8181" } }\npolicies: [{ source: a }]\n',
        fault:
          "assay.yaml:1: listeners.api.address: without tls, the address must be a loopback address, as 127.0.0.1 or [::1]",
      },
      { name: "no YAML", text: "listeners: [\n", fault: /^assay\.yaml:\d+:\d+: ./ },
      {
        name: "a key twice",
        text: `${SMALLEST}policies: []\n`,
        fault: /^assay\.yaml:5:1: Map keys must be unique/,
      },
      { name: "two documents", text: `${SMALLEST}---\n${SMALLEST}`, fault: /^assay\.yaml:\d+:\d+: / },
      {
        name: "an alias",
        text: `${SMALLEST}x: &a [1]\ny: [*a, *a]\n`,
        fault: /^assay\.yaml: Alias resolution is disabled/,
      },
      { name: "a tag", text: `${SMALLEST}x: !!js/function "1"\n`, fault: /^assay\.yaml:5:4: Unresolved tag/ },
      {
        name: "__proto__",
        text: `${SMALLEST}__proto__: { budgets: {} }\n`,
        fault: /^assay\.yaml:5: __proto__: unknown key/,
      },
      {
        name: "too large",
        text: `#${"x".repeat(1_100_000)}`,
        fault: "assay.yaml: larger than 1048576 bytes",
      },
    ];
    for (const { name, text, fault } of cases) {
      it(name, async () => {
        const message = await complaint(text);
        const [line = ""] = message.split("\n");
        if (typeof fault === "string") expect(line).to.equal(fault);
        else expect(line).to.match(fault);
      });
    }

    it("tells every fault on a line of its own", async () => {
      const text = "listeners: { metrics: { address: a, x: 1 } }\npolicies:\n  - {}\n";
      const lines = (await complaint(text)).split("\n");
      expect(lines).to.have.length(3);
      for (const line of lines) expect(line).to.match(/^assay\.yaml:[13]: [a-z.0-9]+: /);
    });

    it("a file that is not there", async () => {
      const config = await readConfig(join(folder, "none.yaml"));
      expect(!config.ok && config.reason.message).to.match(/none\.yaml: cannot be read: ENOENT/);
    });
  });
});
