import { expect } from "chai";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf } from "../../src/core/index.ts";
import {
  GITHUB_ISSUER,
  githubIdentity,
  githubRun,
  keyPair,
  provenanceV1,
  sharedKeyPair,
  signerWorkflow,
} from "../lab/sigstore/index.ts";
import { startServices, tokenOf, type Services } from "../release/sigstore/services.ts";
import { assay, type RunOptions } from "./harness.ts";

const DEFAULT_BUNDLE = new URL("../../bundles/default.tar.gz", import.meta.url);
const IDENTITY = signerWorkflow(githubRun());

describe("assay policy sign and verify", () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-sign-"));
  const file = (name: string, content: string | Uint8Array): string => {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  let bundles = 0;
  /** A bundle that nobody has signed. */
  const fresh = (): string => {
    bundles += 1;
    const path = join(folder, `policy-${bundles}.tar.gz`);
    copyFileSync(DEFAULT_BUNDLE, path);
    return path;
  };
  const release = sharedKeyPair("P-256");
  const pkcs8 = (password?: string): string =>
    release.privateKey
      .export({
        type: "pkcs8",
        format: "pem",
        ...(password === undefined ? {} : { cipher: "aes-256-cbc", passphrase: password }),
      } as never)
      .toString();
  const key = file("release.key", pkcs8());
  const pub = file("release.pub", release.pem);
  const strangerPub = file("stranger.pub", keyPair().pem);

  let services: Services;
  let root: string;
  before(async () => {
    services = await startServices();
    root = file("root.json", JSON.stringify(services.sigstore.trustedRoot));
    file("rekor-v1.json", services.signingConfig("rekor-v1"));
    file("rekor-v2.json", services.signingConfig("rekor-v2"));
    file("token", `${tokenOf()}\n`);
  });
  afterEach(() => {
    services.intercept = null;
    services.asked.length = 0;
  });
  after(async () => {
    await services?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ran = async (words: readonly string[], options?: RunOptions) => {
    const { code, stdout, stderr } = await assay(["policy", ...words], options);
    return { code, stdout: stdout.replaceAll(folder, ""), stderr: stderr.replaceAll(folder, "") };
  };
  const verified = async (bundle: string, ...flags: readonly string[]) => {
    const { code, stdout, stderr } = await assay(["policy", "verify", bundle, ...flags, "--output", "json"]);
    if (stdout === "") throw new Error(stderr);
    const report = JSON.parse(stdout) as {
      verified: boolean;
      signedBy: { signer: string; form: string; identity: string; issuer: string | null }[];
      reason: { code: string; message: string } | null;
      provenance: { policy: { name: string } } | null;
    };
    expect(report.verified).to.equal(code === 0);
    return {
      code,
      by: report.signedBy.map(({ form, identity }) => `${form} ${identity}`),
      why: report.reason?.code ?? null,
      judgedBy: report.provenance?.policy.name ?? null,
    };
  };
  const no = (why: string) => ({ code: 1, by: [], why, judgedBy: null });
  const yes = (...by: readonly string[]) => ({ code: 0, by, why: null, judgedBy: null });
  const byIdentity = (identity = IDENTITY): readonly string[] => [
    "--certificate-identity",
    identity,
    "--certificate-oidc-issuer",
    GITHUB_ISSUER,
    "--trusted-root",
    root,
  ];

  it("by a key: a Sigstore bundle beside the file, which the key verifies and no other", async () => {
    const bundle = fresh();
    const digest = digestOf(readFileSync(bundle));
    expect(await ran(["sign", bundle, "--key", key])).to.deep.equal({
      code: 0,
      stdout: `/policy-${bundles}.tar.gz.sigstore.json  ${digest}\nsigned by the key ${release.keyId}\n`,
      stderr: "",
    });
    expect(services.asked).to.deep.equal([]);
    expect(await verified(bundle, "--key", pub)).to.deep.equal(yes(`sigstore ${release.keyId}`));
    expect(await verified(bundle, "--key", strangerPub, "--key", pub)).to.deep.equal(
      yes(`sigstore ${release.keyId}`),
    );
    expect(await verified(bundle, "--key", strangerPub)).to.deep.equal(no("signature.signer_unknown"));
    expect(await verified(bundle, ...byIdentity())).to.deep.equal(no("signature.signer_unknown"));
    expect(await ran(["verify", bundle, "--key", pub])).to.deep.equal({
      code: 0,
      stdout: `/policy-${bundles}.tar.gz  ${digest}  revision standard\nsigned by /release.pub: ${release.keyId}, Sigstore\n`,
      stderr: "",
    });
    expect((await ran(["verify", bundle, "--key", strangerPub])).stderr).to.match(
      /^assay: \/policy-\d+\.tar\.gz: signature\.signer_unknown: [^\n]+\n$/,
    );
  });

  it("keyless, with the token of a file, of the environment and of GitHub Actions", async () => {
    const config = ["--signing-config", join(folder, "rekor-v1.json"), "--trusted-root", root];
    const urls = [
      "--fulcio-url",
      services.url,
      "--rekor-url",
      services.url,
      "--rekor-version",
      "2",
      "--timestamp-url",
      services.timestampUrl,
    ];
    services.intercept = (path, _, { headers }) =>
      path === "/token?job=1&audience=sigstore"
        ? {
            status: headers.authorization === "Bearer job-secret" ? 200 : 403,
            body: JSON.stringify({ value: tokenOf() }),
          }
        : undefined;
    const github = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${services.url}/token?job=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job-secret",
    };
    for (const [flags, env] of [
      [["--identity-token", join(folder, "token"), ...config], {}],
      [config, { SIGSTORE_ID_TOKEN: tokenOf(), ...github }],
      [config, github],
      [[...urls, "--trusted-root", root], github],
    ] as const) {
      const bundle = fresh();
      const signed = await ran(["sign", bundle, ...flags], { env });
      expect(signed.code, signed.stderr).to.equal(0);
      expect(signed.stdout).to.contain(`\nsigned by ${IDENTITY} (${GITHUB_ISSUER})\nrecorded in 127.0.0.1:`);
      expect(await verified(bundle, ...byIdentity())).to.deep.equal(yes(`sigstore ${IDENTITY}`));
      expect(await verified(bundle, ...byIdentity(IDENTITY.replace("v1.2.3", "v*")))).to.deep.equal(
        yes(`sigstore ${IDENTITY}`),
      );
      expect(await verified(bundle, ...byIdentity(`${IDENTITY}-not`))).to.deep.equal(
        no("signature.signer_unknown"),
      );
      expect(await verified(bundle, ...byIdentity().slice(0, 4))).to.deep.equal(
        no("signature.signer_unknown"),
      );
    }
    expect(services.asked.filter((path) => path.startsWith("/token"))).to.have.length(2);
  });

  it("says that it could not verify where no root of the services is given", async () => {
    const bundle = fresh();
    const signed = await ran(["sign", bundle, "--signing-config", join(folder, "rekor-v1.json")], {
      env: { SIGSTORE_ID_TOKEN: tokenOf() },
    });
    expect(signed.stdout).to.match(/\nsigned; not verified, for lack of the services' --trusted-root\n/);
  });

  it("A036 has no flow that sends somebody to a browser: without a token nobody is asked, and nothing is written", async () => {
    const bundle = fresh();
    const signed = await ran(["sign", bundle, "--signing-config", join(folder, "rekor-v1.json")]);
    expect(signed.code).to.equal(2);
    expect(signed.stderr).to.match(
      /^assay: usage: nobody signs: give --key, or --identity-token, or set SIGSTORE_ID_TOKEN; [^\n]+\n$/,
    );
    expect(services.asked).to.deep.equal([]);
    expect(existsSync(`${bundle}.sigstore.json`)).to.equal(false);
  });

  it("takes encrypted keys, OpenSSL's and cosign's, with the passphrase of the environment alone", async () => {
    const sealed = file("sealed.key", pkcs8("secret"));
    const password = { ASSAY_KEY_PASSWORD: "secret" };
    expect(await ran(["sign", fresh(), "--key", sealed], { env: password })).to.include({ code: 0 });
    for (const [env, says] of [
      [{}, /its passphrase is not given/],
      [{ ASSAY_KEY_PASSWORD: "wrong" }, /the passphrase is wrong/],
    ] as const) {
      const refused = await ran(["sign", fresh(), "--key", sealed], { env });
      expect(refused.code).to.equal(2);
      expect(refused.stderr)
        .to.match(/^assay: signing\.key_invalid: \/sealed\.key: [^\n]+\n$/)
        .and.to.match(says);
    }
  });

  it("T179 an OPA signature is written into the bundle, and holds for its scope alone", async () => {
    const bundle = fresh();
    const signed = await ran([
      "sign",
      bundle,
      "--opa",
      "--key",
      key,
      "--key-id",
      "release",
      "--scope",
      "prod",
    ]);
    expect(signed).to.deep.equal({
      code: 0,
      stdout: `/policy-${bundles}.tar.gz  ${digestOf(readFileSync(bundle))}\n`,
      stderr: "",
    });
    const demand = (...flags: readonly string[]) => verified(bundle, "--key", pub, ...flags);
    expect(await demand("--scope", "prod")).to.deep.equal(yes(`opa ${release.keyId}`));
    expect(await demand("--scope", "prod", "--key-id", "release")).to.deep.equal(yes("opa release"));
    expect(await demand("--scope", "staging")).to.deep.equal(no("signature.scope_mismatch"));
    expect(await demand()).to.deep.equal(no("signature.scope_mismatch"));
    expect((await demand("--scope", "prod", "--key-id", "other")).code).to.equal(1);
    expect((await verified(bundle, "--key", strangerPub, "--scope", "prod")).code).to.equal(1);
    // Signed anew for another scope, and with Sigstore besides.
    expect(await ran(["sign", bundle, "--key", key])).to.include({ code: 0 });
    const again = await ran([
      "sign",
      bundle,
      "--opa",
      "--key",
      key,
      "--scope",
      "staging",
      "--algorithm",
      "ES256",
    ]);
    expect(again.stderr).to.match(
      /^assay: \/policy-\d+\.tar\.gz\.sigstore\.json is of the bundle as it was before: [^\n]+\n$/,
    );
    expect(await demand("--scope", "staging")).to.deep.equal(yes(`opa ${release.keyId}`));
    // Sigstore's signatures have no scope, and count for none.
    const unscoped = fresh();
    expect(await ran(["sign", unscoped, "--key", key])).to.include({ code: 0 });
    expect(await verified(unscoped, "--key", pub, "--scope", "staging")).to.deep.equal(
      no("signature.scope_mismatch"),
    );
  });

  it("T192 keeps the old key's signature beside the new one's while keys are changed", async () => {
    const bundle = fresh();
    const next = keyPair();
    const nextKey = file("next.key", next.privateKey.export({ type: "pkcs8", format: "pem" }));
    const nextPub = file("next.pub", next.pem);
    await ran(["sign", bundle, "--key", key]);
    await ran(["sign", bundle, "--key", nextKey, "--append"]);
    expect(await verified(bundle, "--key", pub)).to.deep.equal(yes(`sigstore ${release.keyId}`));
    expect(await verified(bundle, "--key", nextPub)).to.deep.equal(yes(`sigstore ${next.keyId}`));
    await ran(["sign", bundle, "--key", nextKey]);
    expect(await verified(bundle, "--key", pub)).to.deep.equal(no("signature.signer_unknown"));
    file(`policy-${bundles}.tar.gz.sigstore.json`, "junk");
    expect((await ran(["sign", bundle, "--key", key, "--append"])).stderr).to.match(
      /holds no signatures to keep/,
    );
  });

  it("T185 a signature does not move to another bundle", async () => {
    const [signed, other] = [fresh(), fresh()];
    await ran(["sign", signed, "--key", key]);
    writeFileSync(other, readFileSync(new URL("../../bundles/default.tar.gz", import.meta.url)));
    await ran(["sign", other, "--opa", "--key", key]);
    copyFileSync(`${signed}.sigstore.json`, `${other}.sigstore.json`);
    expect(await verified(other, "--key", pub, "--scope", "prod")).to.include({ code: 1 });
    expect(await verified(signed, "--key", pub)).to.include({ code: 0 });
    const changed = file("changed.tar.gz", Buffer.concat([readFileSync(signed), Buffer.from([0])]));
    copyFileSync(`${signed}.sigstore.json`, `${changed}.sigstore.json`);
    expect(await verified(changed, "--key", pub)).to.include({ code: 1 });
  });

  describe("provenance", () => {
    /** What a policy demands of policies. */
    const judging = (): string => {
      file("judge/trust/lab.json", JSON.stringify(services.sigstore.trustedRoot));
      file(
        "judge/policy.yaml",
        `name: policies
version: 1.0.0
signers:
  ci: { issuer: "${GITHUB_ISSUER}", identity: "https://github.com/acme/policies/.github/workflows/*.yml@refs/tags/v*" }
images:
  - match: ["localhost/policy"]
    provenance:
      signers: [ci]
      builders: ["https://github.com/acme/policies/.github/workflows/*.yml"]
      repositories: ["https://github.com/acme/policies"]
      refs: ["refs/tags/v*"]
`,
      );
      return join(folder, "judge");
    };
    const attested = (bundle: string): string => {
      const run = githubRun({ repository: "acme/policies" });
      const statement = provenanceV1({
        subjects: [{ name: "policy", digest: digestOf(readFileSync(bundle)) }],
        run,
      });
      return JSON.stringify(services.sigstore.sign({ statement }, { identity: githubIdentity(run) }));
    };

    it("is judged by a policy for policies, from what lies beside the bundle or is given", async () => {
      const bundle = fresh();
      await ran(["sign", bundle, "--key", key]);
      const policy = ["--key", pub, "--provenance", judging()];
      const by = [`sigstore ${release.keyId}`];
      expect(await verified(bundle, ...policy)).to.deep.equal({
        code: 1,
        by,
        why: "provenance.deny",
        judgedBy: "policies",
      });
      const given = file("given.json", attested(bundle));
      expect(await verified(bundle, ...policy, "--evidence", given)).to.deep.equal({
        code: 0,
        by,
        why: null,
        judgedBy: "policies",
      });
      file(`policy-${bundles}.tar.gz.intoto.jsonl`, `${attested(bundle)}\n`);
      expect(await verified(bundle, ...policy)).to.deep.equal({
        code: 0,
        by,
        why: null,
        judgedBy: "policies",
      });
      const said = await ran(["verify", bundle, ...policy]);
      expect(said.stdout).to.match(/\nprovenance allowed by policies 1\.0\.0\n$/);
      // Provenance is no signature: without one it is not even looked at.
      rmSync(`${bundle}.sigstore.json`);
      expect(await verified(bundle, ...policy)).to.include({ code: 1, judgedBy: null });
    });
  });

  describe("usage", () => {
    const cases: readonly (readonly [words: readonly string[], says: RegExp])[] = [
      [
        ["sign", "missing.tar.gz", "--key", "KEY"],
        /^assay: file\.unreadable: missing\.tar\.gz: cannot be read/,
      ],
      [["sign", "NOBUNDLE", "--key", "KEY"], /no policy bundle: /],
      [["sign", "BUNDLE", "--key", "PUB"], /signing\.key_invalid: .*there is no private key in PEM/],
      [
        ["sign", "BUNDLE", "--key", "KEY", "--identity-token", "TOKEN"],
        /--key goes without --identity-token/,
      ],
      [
        ["sign", "BUNDLE", "--identity-token", "PUB"],
        /signing\.token_invalid: the identity token is no signed JWT/,
      ],
      [["sign", "BUNDLE", "--identity-token", "TOKEN", "--signing-config", "ROOT"], /not a signing config/],
      [
        ["sign", "BUNDLE", "--key", "KEY", "--signing-config", "CONFIG", "--rekor-url", "http://x"],
        /--rekor-url goes without --signing-config/,
      ],
      [["sign", "BUNDLE", "--key", "KEY", "--rekor-url", "ftp://x"], /expected the URL of a service/],
      [["sign", "BUNDLE", "--opa"], /--key is missing/],
      [
        ["sign", "BUNDLE", "--opa", "--key", "KEY", "--rekor-url", "http://x"],
        /--rekor-url goes without --opa/,
      ],
      [["sign", "BUNDLE", "--opa", "--key", "KEY", "--append"], /--append goes without --opa/],
      [["sign", "BUNDLE", "--opa", "--key", "KEY", "--algorithm", "RS256"], /^assay: signing\./],
      [["sign", "BUNDLE", "--opa", "--key", "KEY", "--algorithm", "none"], /expected one of/],
      [["sign", "BUNDLE", "--key", "KEY", "--scope", "prod"], /--scope goes with --opa/],
      [["sign", "https://policies.test/p.tar.gz", "--key", "KEY"], /sign the file, then publish it/],
      [["sign", "oci://r.test/p", "--opa", "--key", "KEY"], /sign the file, then push it/],
      [["sign", "oci://r.test/p", "--append", "--key", "KEY"], /a registry keeps every signature/],
      [["verify", "BUNDLE"], /name who must have signed/],
      [["verify", "BUNDLE", "--certificate-identity", "x"], /--certificate-oidc-issuer is missing/],
      [
        ["verify", "BUNDLE", "--certificate-identity", "**/**/x", "--certificate-oidc-issuer", "y"],
        /the pattern/,
      ],
      [
        [
          "verify",
          "BUNDLE",
          "--certificate-identity",
          "x",
          "--certificate-oidc-issuer",
          "y",
          "--scope",
          "prod",
        ],
        /--scope goes with --key/,
      ],
      [["verify", "BUNDLE", "--key", "missing.pub"], /missing\.pub cannot be read/],
      [["verify", "BUNDLE", "--key", "KEY"], /no PEM block of a public key/],
      [["verify", "BUNDLE", "--key", "PUB", "--key", "PUB"], /two signers are named/],
      [["verify", "BUNDLE", "--key", "PUB", "--evidence", "x"], /--evidence goes with --provenance/],
      [["verify", "BUNDLE", "--key", "PUB", "--at", "noon"], /--at noon/],
      [["verify", "missing.tar.gz", "--key", "PUB"], /source\.not_found/],
    ];
    for (const [words, says] of cases) {
      it(words.join(" "), async () => {
        const names: Readonly<Record<string, string>> = {
          BUNDLE: fresh(),
          KEY: key,
          PUB: pub,
          ROOT: root,
          CONFIG: join(folder, "rekor-v1.json"),
          TOKEN: join(folder, "token"),
          NOBUNDLE: file("none.tar.gz", "no bundle"),
        };
        const refused = await ran(words.map((word) => names[word] ?? word));
        expect(refused.code).to.equal(2);
        expect(refused.stderr)
          .to.match(says)
          .and.to.match(/^assay: [^\n]+\n$/);
        expect(refused.stdout).to.equal("");
        expect(services.asked).to.deep.equal([]);
      });
    }
  });
});
