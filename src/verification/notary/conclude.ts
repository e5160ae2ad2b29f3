import {
  isObject,
  member,
  oneLine,
  parseDigest,
  parseStrictJson,
  stringAt,
  stringMap,
  type JsonObject,
} from "../../core/index.ts";
import type { ArtifactContent } from "../../evidence/index.ts";
import { alternativeNames } from "../alternative-names.ts";
import type { Certificate } from "../certificate.ts";
import { NO_EXTENSIONS } from "../fulcio.ts";
import { withoutDistrusted } from "../distrusted.ts";
import { faultOf, refuse, type Refusal } from "../refusal.ts";
import { matchDigest } from "../subject.ts";
import { CLOCK_SKEW } from "../testimony.ts";
import type {
  CertificateSigner,
  Conclusion,
  SubjectMatch,
  TrustMaterial,
  VerificationTarget,
  VerifiedConclusion,
  VerifiedTime,
} from "../types.ts";
import { isSignedBy } from "./algorithm.ts";
import { readChain, requireSignedChain, type Chain } from "./chain.ts";
import { readCose } from "./cose.ts";
import { stampedTime, type StampedTime } from "./countersignature.ts";
import { enforce } from "./enforce.ts";
import { MAX_ENVELOPE_BYTES, type NotaryEnvelope } from "./envelope.ts";
import { readJws } from "./jws.ts";
import { requireNotRevoked } from "./revocation.ts";
import { storesOf, type NotaryStore } from "./store.ts";
import { subjectOf } from "./subject.ts";

const PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json";
const MAX_PAYLOAD_BYTES = 256 * 1024;

type NotaryContent = Extract<ArtifactContent, { readonly kind: "notary-signature" }>;

/**
 * Proves a Notary Project signature (docs/decisions/notary.md): integrity and authenticity always; authentic timestamp,
 * expiry and revocation as the level of the trust store says; then that it is over this image. What leads to stores
 * alone whose level is `skip` is `skipped`. Throws a `Refusal`.
 */
export function concludeNotary(
  content: NotaryContent,
  target: VerificationTarget,
  trust: TrustMaterial,
  now: Date,
): Conclusion {
  const { notary: stores = [] } = trust;
  const envelope = readEnvelope(content);
  const chain = readChain(envelope.certificates);
  const trusted = trustedStores(envelope, chain, stores);
  const asked = trusted.filter(({ level }) => level !== "skip");
  if (asked.length === 0) return skippedBy(trusted);
  requireSignedChain(chain);
  if (!isSignedBy(chain[0].key, envelope.algorithm, envelope.signed, envelope.signature)) {
    return refuse("signature.invalid", "the signature does not fit the content and the certificate's key");
  }
  const signing = timeOfSigning(envelope, chain, stores, now.getTime());
  const expiry = faultOf(() => requireNotExpired(envelope, now.getTime()));
  const { proving, notes } = enforce(asked, (store) => ({
    timestamp: signing.fault,
    revocation: faultOf(() => requireNotRevoked(chain, store, now.getTime())),
    expiry,
  }));
  const { subject, annotations } = readPayload(envelope, target);
  const conclusion: VerifiedConclusion = {
    status: "verified",
    kind: "signature",
    statement: null,
    annotations,
    subject,
    signers: proving.map((store) => signerOf(chain[0], store)),
    times: signing.stamped === undefined ? [] : [timeOf(signing.stamped)],
    transparencyLog: [],
    notes,
  };
  return withoutDistrusted(conclusion, trust, now);
}

function skippedBy(stores: readonly NotaryStore[]): Conclusion {
  const names = oneLine(stores.map(({ name }) => name).join(", "), 200);
  const message = `the level of the trust store ${names} is skip: its signatures are not verified`;
  return { status: "skipped", reason: { code: "signature.skipped", message } };
}

function timeOf({ time, trustRoot }: StampedTime): VerifiedTime {
  return { time: new Date(time).toISOString(), source: "tsa", trustRoot };
}

function readEnvelope({ bytes, envelope }: NotaryContent): NotaryEnvelope {
  if (bytes.byteLength > MAX_ENVELOPE_BYTES) {
    return refuse(
      "limit.exceeded",
      `a signature of ${bytes.byteLength} bytes; at most ${MAX_ENVELOPE_BYTES} are read`,
    );
  }
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return envelope === "jws" ? readJws(whole) : readCose(whole);
}

function trustedStores(
  { scheme }: NotaryEnvelope,
  chain: Chain,
  stores: readonly NotaryStore[],
): readonly NotaryStore[] {
  const type = scheme === "notary.x509" ? "ca" : "signingAuthority";
  const trusted = storesOf(chain, type, stores);
  return trusted.length > 0
    ? trusted
    : refuse("certificate.untrusted", `no certificate of the chain is in a trust store of the type ${type}`);
}

/** When it was signed, as far as that is proven, and what is wrong with it. */
interface Signing {
  readonly stamped: StampedTime | undefined;
  readonly fault: Refusal | undefined;
}

/**
 * The chain must have been valid at the time that is proven: a timestamp's, or the one that a signing authority vouches
 * for. Where there is none, it must be valid now.
 */
function timeOfSigning(
  { authenticTime, timestamp, signature }: NotaryEnvelope,
  chain: Chain,
  stores: readonly NotaryStore[],
  now: number,
): Signing {
  let stamped: StampedTime | undefined;
  const fault = faultOf(() => {
    if (authenticTime !== null && authenticTime > now + CLOCK_SKEW) {
      refuse("time.invalid", `signed at ${new Date(authenticTime).toISOString()}, which is in the future`);
    }
    // Only under `notary.x509` is the countersignature looked at.
    if (authenticTime === null && timestamp !== null) {
      stamped = stampedTime(timestamp, signature, stores, now);
    }
    const times = stamped === undefined ? [authenticTime ?? now] : [stamped.earliest, stamped.latest];
    if (!chain.every((certificate) => times.every((time) => certificate.validAt(time)))) {
      refuse(
        "certificate.expired",
        stamped === undefined && authenticTime === null
          ? "the chain is not valid now, and no trusted timestamp says that it was when it signed"
          : "the certificate's chain was not valid at the time of the signature",
      );
    }
  });
  return { stamped, fault };
}

function requireNotExpired({ expiry }: NotaryEnvelope, now: number): void {
  if (expiry !== null && expiry <= now) {
    refuse("signature.expired", `the signer let the signature count until ${new Date(expiry).toISOString()}`);
  }
}

/** What was signed: the descriptor of one manifest, whose digest alone decides, and what the signer says of it. */
function readPayload(
  { payloadType, payload }: NotaryEnvelope,
  target: VerificationTarget,
): { readonly subject: SubjectMatch; readonly annotations: Readonly<Record<string, string>> } {
  if (payloadType !== PAYLOAD_TYPE) {
    return refuse("payload.type", `the payload type is ${oneLine(payloadType, 100)}, not ${PAYLOAD_TYPE}`);
  }
  const parsed = parseStrictJson(payload, { bytes: MAX_PAYLOAD_BYTES, depth: 10, values: 10_000 });
  if (!parsed.ok) return refuse("payload.invalid", `the payload cannot be read: ${parsed.reason.message}`);
  const artifact = member(parsed.value, "targetArtifact");
  if (!isObject(artifact) || !isDescriptor(artifact)) {
    return refuse("payload.invalid", "the payload's targetArtifact is no descriptor");
  }
  const digest = parseDigest(stringAt(artifact, "digest") ?? "");
  if (digest === undefined) return refuse("subject.absent", "the payload names no digest that can be used");
  const subject = matchDigest(digest, target);
  const annotations = stringMap(member(artifact, "annotations") ?? {});
  if (annotations === undefined)
    return refuse("payload.invalid", "the payload's annotations are not all text");
  return subject === undefined
    ? refuse(
        "subject.mismatch",
        `the signature is over ${digest}, not over ${target.digest} or its platforms`,
      )
    : { subject, annotations };
}

function isDescriptor(artifact: JsonObject): boolean {
  const size = member(artifact, "size");
  const mediaType = stringAt(artifact, "mediaType") ?? "";
  return mediaType !== "" && typeof size === "number" && Number.isInteger(size) && size >= 0;
}

function signerOf(leaf: Certificate, store: NotaryStore): CertificateSigner {
  const subject = subjectOf(leaf);
  return {
    kind: "x509",
    identity: subject,
    identityType: "subject",
    subject,
    subjectAlternativeNames: alternativeNames(leaf),
    issuer: null,
    trustRoot: store.name,
    certificate: NO_EXTENSIONS,
    serialNumber: leaf.serialNumber,
  };
}
