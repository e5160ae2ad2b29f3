import { expect } from "chai";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FORMS, notaryLab, signedWith } from "../verification/notary/lab.ts";
import { IMAGE, lab, SIGNED_AT } from "../verification/support.ts";
import { authority, pemOf, revocationList, signedBundle, signer } from "../verification/x509-lab.ts";
import { assay, type Ran } from "./harness.ts";

/** Trust in authorities of one's own that flags name, where there is no policy. */
describe("assay verify by one's own authorities", () => {
  const { sigstore, statement } = lab();
  const root = authority();
  const by = signer(root, {
    names: [
      { type: "dns", value: "ci.acme.test" },
      { type: "email", value: "release@acme.test" },
    ],
    subject: { organization: "Acme", commonName: "CI" },
  });
  const notary = notaryLab();
  let folder: string;
  let files: Record<
    "bundle" | "ca" | "listed" | "revoked" | "store" | "other" | (typeof FORMS)[number],
    string
  >;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "assay-own-"));
    mkdirSync(join(folder, "other"));
    const write = (name: string, content: string | Buffer) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    files = {
      bundle: write("bundle.sigstore.json", JSON.stringify(signedBundle(sigstore, statement, by))),
      ca: write("acme.pem", pemOf(root)),
      listed: write("listed.pem", pemOf(root) + revocationList(root, {})),
      revoked: write(
        "revoked.pem",
        pemOf(root) + revocationList(root, { revoked: [{ certificate: by.certificate, at: new Date(0) }] }),
      ),
      store: write("store.pem", pemOf(notary.root)),
      other: write("other/acme.pem", pemOf(authority({ name: "Other" }))),
      jws: write("signature.jws", signedWith("jws", notary.base)),
      cose: write("signature.cose", signedWith("cose", notary.base)),
    };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const verify = (...flags: readonly string[]): Promise<Ran> =>
    assay(["verify", `app@${IMAGE}`, "--offline", "--at", SIGNED_AT.toISOString(), ...flags]);
  const SUBJECT = "C=US, ST=WA, O=Acme";

  const proposals: readonly {
    readonly name: string;
    readonly flags: () => string[];
    readonly evidence: () => string;
    readonly lines: readonly string[];
    readonly trust: readonly string[];
  }[] = [
    {
      name: "an authority of one's own",
      flags: () => ["--certificate-authority", files.ca],
      evidence: () => files.bundle,
      lines: ['authority: "acme"', 'identity: "ci.acme.test"', "CN=CI"],
      trust: ["acme.pem"],
    },
    {
      name: "an authority with its revocation list",
      flags: () => ["--certificate-authority", files.listed],
      evidence: () => files.bundle,
      lines: ['authority: "listed"'],
      trust: ["listed.crl", "listed.pem"],
    },
    ...FORMS.map((form) => ({
      name: `a store of the Notary Project (${form})`,
      flags: () => ["--notary-store", files.store],
      evidence: () => files[form],
      lines: ['notary: "store"', "O=Acme"],
      trust: ["notary.yaml", "store.pem"],
    })),
  ];
  for (const { name, flags, evidence, lines, trust } of proposals) {
    it(`T092 policy init --from proposes ${name}, and nobody else`, async () => {
      const policy = mkdtempSync(join(folder, "policy-"));
      const asked = ["--evidence", evidence(), "--offline", "--at", SIGNED_AT.toISOString()];
      const made = await assay(["policy", "init", policy, "--from", `app@${IMAGE}`, ...flags(), ...asked]);
      expect(made.code, made.stderr).to.equal(0);
      const yaml = readFileSync(join(policy, "policy.yaml"), "utf8");
      for (const line of lines) expect(yaml).to.include(line);
      expect(readdirSync(join(policy, "trust")).sort()).to.deep.equal(trust);
      const verified = await assay(["verify", `app@${IMAGE}`, "--policy", policy, ...asked]);
      expect([verified.code, verified.stderr]).to.deep.equal([0, ""]);
      expect((await assay(["policy", "test", policy])).code).to.equal(0);
    });
  }

  const cases: readonly { readonly name: string; readonly flags: () => string[]; readonly code: 0 | 1 }[] = [
    {
      name: "one of the names that the authority certifies",
      flags: () => ["--certificate-authority", files.ca, "--certificate-identity", "ci.acme.test"],
      code: 0,
    },
    {
      name: "another of its names",
      flags: () => ["--certificate-authority", files.ca, "--certificate-identity", "release@acme.test"],
      code: 0,
    },
    {
      name: "parts of the subject",
      flags: () => ["--certificate-authority", files.ca, "--certificate-subject", "CN=CI"],
      code: 0,
    },
    {
      name: "T082 a part of a name",
      flags: () => ["--certificate-authority", files.ca, "--certificate-identity", "acme.test"],
      code: 1,
    },
    {
      name: "T082 a pattern",
      flags: () => ["--certificate-authority", files.ca, "--certificate-identity", "*.acme.test"],
      code: 1,
    },
    {
      name: "T082 the names as they are shown",
      flags: () => [
        "--certificate-authority",
        files.ca,
        "--certificate-identity",
        "ci.acme.test, release@acme.test",
      ],
      code: 1,
    },
    {
      name: "a name beside a subject of somebody else",
      flags: () => [
        "--certificate-authority",
        files.ca,
        "--certificate-identity",
        "ci.acme.test",
        "--certificate-subject",
        "CN=Other",
      ],
      code: 1,
    },
    {
      name: "the name by another authority of the same file name",
      flags: () => ["--certificate-authority", files.other, "--certificate-identity", "ci.acme.test"],
      code: 1,
    },
    {
      name: "one of two authorities of the same file name",
      flags: () => [
        "--certificate-authority",
        files.other,
        "--certificate-authority",
        files.ca,
        "--certificate-identity",
        "ci.acme.test",
      ],
      code: 0,
    },
    {
      name: "a certificate that a CRL in the file revokes",
      flags: () => ["--certificate-authority", files.revoked, "--certificate-identity", "ci.acme.test"],
      code: 1,
    },
    {
      name: "the name by a store of the Notary Project",
      flags: () => ["--notary-store", files.ca, "--certificate-subject", "C=US, ST=WA, O=Acme"],
      code: 1,
    },
  ];
  for (const { name, flags, code } of cases) {
    it(`${code === 0 ? "takes" : "denies"} ${name}`, async () => {
      const ran = await verify(...flags(), "--evidence", files.bundle);
      expect([ran.code, ran.stderr]).to.deep.equal([code, ""]);
    });
  }

  for (const form of FORMS) {
    it(`takes a Notary Project signature (${form}) by store and subject`, async () => {
      for (const [store, subject, code] of [
        [files.store, SUBJECT, 0],
        [files.store, "C=US, ST=WA, O=Other", 1],
        [files.ca, SUBJECT, 1],
      ] as const) {
        const flags = ["--notary-store", store, "--certificate-subject", subject];
        const ran = await verify(...flags, "--evidence", files[form]);
        expect([ran.code, ran.stderr]).to.deep.equal([code, ""]);
      }
    });
  }

  it("assay evidence shows what they prove, and asks for no name", async () => {
    const ran = await assay(
      `evidence app@${IMAGE} --offline --at ${SIGNED_AT.toISOString()} --certificate-authority ${files.ca} --evidence ${files.bundle}`,
    );
    expect([ran.code, ran.stderr]).to.deep.equal([0, ""]);
    expect(ran.stdout).to.include("ci.acme.test, release@acme.test");
  });

  const faults: readonly (readonly [string, () => string[], RegExp])[] = [
    ["T092 an authority alone", () => ["--certificate-authority", files.ca], /certifies many: name whom/],
    ["T092 a store alone", () => ["--notary-store", files.store], /certifies many: name whom/],
    [
      "T092 a store and a name",
      () => ["--notary-store", files.store, "--certificate-identity", "a@b"],
      /--certificate-oidc-issuer is missing/,
    ],
    [
      "T092 an authority whose name belongs to an issuer",
      () => [
        "--certificate-authority",
        files.ca,
        "--certificate-identity",
        "a@b",
        "--certificate-oidc-issuer",
        "https://b.test",
      ],
      /certifies many: name whom/,
    ],
    [
      "a subject without anybody to certify it",
      () => ["--certificate-subject", "CN=CI", "--key", files.ca],
      /goes with --certificate-authority or --notary-store/,
    ],
    [
      "a subject that is none",
      () => ["--certificate-authority", files.ca, "--certificate-subject", "CI"],
      /the subject is not like/,
    ],
    [
      "a subject that says too little for the Notary Project",
      () => ["--notary-store", files.store, "--certificate-subject", "CN=CI"],
      /it lacks C=/,
    ],
    [
      "an authority that is none",
      () => ["--certificate-authority", files.bundle, "--certificate-identity", "a"],
      /certificate authority bundle\.sigstore: there is no PEM block/,
    ],
    [
      "a store that is none",
      () => ["--notary-store", files.bundle, "--certificate-subject", SUBJECT],
      /trust store bundle\.sigstore: there is no certificate in PEM/,
    ],
    [
      "an authority that is not there",
      () => ["--certificate-authority", "/nowhere", "--certificate-identity", "a"],
      /\/nowhere/,
    ],
    [
      "an authority beside a policy",
      () => ["--policy", folder, "--certificate-authority", files.ca, "--certificate-identity", "a"],
      /policy/,
    ],
  ];
  for (const [name, flags, message] of faults) {
    it(`refuses ${name}: one line, exit 2`, async () => {
      const ran = await verify(...flags());
      expect(ran.code).to.equal(2);
      expect(ran.stderr).to.match(message);
      expect(ran.stderr).to.match(/^assay: [^\n]+\n$/);
    });
  }
});
