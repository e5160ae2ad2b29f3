import { expect } from "chai";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { readPrivateKey } from "../../../src/release/index.ts";
import { openSecretbox } from "../../../src/release/sigstore/secretbox.ts";
import { keyPair } from "../../lab/sigstore/index.ts";

/** Made by `cosign generate-key-pair` 3.1.3 for this test alone. */
const COSIGN_KEY = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
OCwicCI6MX0sInNhbHQiOiI0UTBWdkR3N01Pc05LT1lNUDdtNXkwRTJyTy9WQWd1
SzBWZTcvbUxWMEdRPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
Iiwibm9uY2UiOiJTclhhcDN2M3YvdXRyaTlsWEN6QTBYYit0Q0VYakIraiJ9LCJj
aXBoZXJ0ZXh0IjoiM1N2UHdVd3lHblJGdTFPM3VORUYyVUtBdGttMmNlbmg1YnBV
NGJ2bExoeFpxd3QxZ3M1THRFRG1BcGdpYllvMHV5c3ZHc3Z1RUk5TkhwVGlFWVJE
Qnp0K2pPci9vM21Bd3RoM1AxUEQvc2pZMDYveDJqQm85ZmhjL0k5WnBWRWFobFl5
OTJzSVRUTzFmNDR0d1pVanpWVGhCbkZEQWJlMHBHSkNPQ3QwUmxGUnRrZDhMOC9j
TUk5R1EwNzRmTnM1bi9VU052bFNURDEreEE9PSJ9
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----
`;
const COSIGN_PUB = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfTsbDn0K+pZAliGVhskrUhgER6fa
3k0FeqozzTeQDEoZ2Xf3eyL83+zKMijCYVcQHlKtsjiuoqtpkqSqFQuaNw==
-----END PUBLIC KEY-----
`;

interface Sealed {
  ciphertext: string;
  readonly cipher: { name: string; nonce?: string };
  readonly kdf: { readonly params: { N: number; r: number; p: number } };
}

describe("readPrivateKey", () => {
  it("reads every form of a key that is not encrypted", () => {
    const { privateKey, pem } = keyPair();
    for (const type of ["pkcs8", "sec1"] as const) {
      const read = readPrivateKey(privateKey.export({ type, format: "pem" }).toString(), null);
      expect(read.ok && publicPem(read.value)).to.equal(pem);
    }
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const read = readPrivateKey(rsa.export({ type: "pkcs1", format: "pem" }).toString(), null);
    expect(read.ok && publicPem(read.value)).to.equal(publicPem(rsa));
  });

  it("opens PKCS #8 and cosign's own form with their passphrase, whatever lines end in", () => {
    const { privateKey, pem } = keyPair();
    const sealed = privateKey
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "p" })
      .toString();
    const read = readPrivateKey(sealed, "p");
    expect(read.ok && publicPem(read.value)).to.equal(pem);
    for (const text of [
      COSIGN_KEY,
      COSIGN_KEY.replaceAll("\n", "\r\n"),
      COSIGN_KEY.replaceAll("SIGSTORE", "COSIGN"),
    ]) {
      const opened = readPrivateKey(text, "geheim");
      expect(opened.ok && publicPem(opened.value)).to.equal(COSIGN_PUB);
    }
  });

  const { privateKey, pem } = keyPair();
  const plain = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const sealed = privateKey
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "p" })
    .toString();
  const withJson = (change: (sealed: Sealed) => void): string => {
    const json = JSON.parse(
      Buffer.from(COSIGN_KEY.split("\n").slice(1, -2).join(""), "base64").toString(),
    ) as Sealed;
    change(json);
    const base64 = Buffer.from(JSON.stringify(json)).toString("base64");
    return `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${base64}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`;
  };
  const spoilings: readonly {
    readonly name: string;
    readonly pem: string;
    readonly passphrase?: string;
    readonly says: RegExp;
  }[] = [
    { name: "nothing", pem: "", says: /no private key in PEM$/ },
    { name: "a public key", pem, says: /no private key in PEM$/ },
    { name: "an encrypted key without passphrase", pem: sealed, says: /its passphrase is not given$/ },
    { name: "a wrong passphrase", pem: sealed, passphrase: "q", says: /the passphrase is wrong/ },
    { name: "a damaged key", pem: plain.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA"), says: /it is damaged/ },
    { name: "cosign's key without passphrase", pem: COSIGN_KEY, says: /the passphrase is wrong/ },
    {
      name: "cosign's key with a wrong one",
      pem: COSIGN_KEY,
      passphrase: "Geheim",
      says: /the passphrase is wrong/,
    },
    {
      name: "cosign's key of no JSON",
      pem: COSIGN_KEY.replace("eyJ", "AAA"),
      passphrase: "geheim",
      says: /holds no JSON$/,
    },
    {
      name: "a changed box",
      pem: withJson((key) => (key.ciphertext = Buffer.alloc(150).toString("base64"))),
      passphrase: "geheim",
      says: /or the key is damaged$/,
    },
    {
      name: "a short box",
      pem: withJson((key) => (key.ciphertext = "AAAA")),
      passphrase: "geheim",
      says: /or the key is damaged$/,
    },
    {
      name: "a nonce of another size",
      pem: withJson((key) => (key.cipher.nonce = "AAAA")),
      passphrase: "geheim",
      says: /or the key is damaged$/,
    },
    {
      name: "no nonce",
      pem: withJson((key) => delete key.cipher.nonce),
      passphrase: "geheim",
      says: /cipher\.nonce$/,
    },
    {
      name: "costs beyond all memory",
      pem: withJson((key) => (key.kdf.params.N = 2 ** 40)),
      passphrase: "geheim",
      says: /demands more of scrypt than is given$/,
    },
    {
      name: "costs that are none",
      pem: withJson((key) => (key.kdf.params.r = -1)),
      passphrase: "geheim",
      says: /demands more of scrypt/,
    },
    {
      name: "another cipher",
      pem: withJson((key) => (key.cipher.name = "none")),
      passphrase: "geheim",
      says: /sealed otherwise/,
    },
  ];
  for (const { name, pem, passphrase, says } of spoilings) {
    it(`refuses ${name}, and tells nothing of it`, () => {
      const read = readPrivateKey(pem, passphrase ?? null);
      if (read.ok) throw new Error("read");
      expect(read.reason).to.include({ code: "signing.key_invalid" });
      expect(read.reason.message).to.match(says);
      expect(read.reason.message).not.to.match(/MIG|eyJ|geheim/i);
    });
  }
});

describe("openSecretbox", () => {
  // "Cryptography in NaCl" (Bernstein), §10: the test vector of crypto_secretbox.
  const key = Buffer.from("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389", "hex");
  const nonce = Buffer.from("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37", "hex");
  const message = Buffer.from(
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705",
    "hex",
  );
  const box = Buffer.from(
    "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5",
    "hex",
  );

  it("opens the published vector", () => {
    expect(openSecretbox(key, nonce, box)?.toString("hex")).to.equal(message.toString("hex"));
  });

  it("opens nothing of which a bit was changed, or that is cut short", () => {
    for (const place of [0, 15, 16, 80, box.length - 1]) {
      const changed = Buffer.from(box);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      expect(openSecretbox(key, nonce, changed)).to.equal(undefined);
    }
    for (const length of [0, 15, 16, 17, box.length - 1])
      expect(openSecretbox(key, nonce, box.subarray(0, length))).to.equal(undefined);
    expect(openSecretbox(key.subarray(1), nonce, box)).to.equal(undefined);
    expect(openSecretbox(key, nonce.subarray(1), box)).to.equal(undefined);
  });
});

function publicPem(key: Parameters<typeof createPublicKey>[0]): string {
  return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
}
