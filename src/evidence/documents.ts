import {
  arrayAt,
  at,
  digestOf,
  isObject,
  oneLine,
  parseStrictJson,
  type Digest,
  type JsonValue,
  type Reason,
} from "../core/index.ts";
import { parseManifest } from "../registry/index.ts";
import { contentOf, idOf, notarySignature, short, skipped, unsupported } from "./content.ts";
import type { Limits } from "./limits.ts";
import { expectedOfLayer } from "./media-types.ts";
import { elements, outline, type OutlinedValue } from "./scan.ts";
import { shapeOf } from "./shape.ts";
import type { Artifact, ArtifactContent } from "./types.ts";

/** A file that was read whole. */
export interface EvidenceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface Split {
  readonly artifacts: readonly Artifact[];
  readonly incomplete: readonly Reason[];
}

/** One document of a file. */
interface Document {
  readonly bytes: Uint8Array;
  readonly value: OutlinedValue;
  /** For a person: `release.jsonl line 3`. */
  readonly location: string;
}

/** All evidence in some files, in their order. */
export function fileArtifacts(files: readonly EvidenceFile[], limits: Limits): Split {
  const payloads = new Payloads(files);
  const artifacts: Artifact[] = [];
  const incomplete: Reason[] = [];
  for (const file of files) {
    const { documents, over } = documentsOf(file, limits);
    for (const document of documents) artifacts.push(...artifactsOf(document, payloads, limits));
    if (documents.length === 0) {
      const content = isCoseSign1(file.bytes)
        ? notarySignature(file.bytes, "cose")
        : skipped("evidence.format_unknown", "the file is not JSON, so it is no evidence that is known");
      artifacts.push(artifact(file.bytes, content, oneLine(file.path, 300)));
    }
    if (over) {
      const message = `${oneLine(file.path, 300)}: only the first ${limits.documents} documents are looked at`;
      incomplete.push({ code: "evidence.limit_exceeded", message });
    }
  }
  // A payload that its manifest already brought with its signature is not unsigned as well.
  return { artifacts: artifacts.filter((one) => !payloads.isSpare(one)), incomplete };
}

/** The tag of a COSE_Sign1 around its array of four (RFC 9052 §4.2): what the Notary Project signs in besides JSON. */
function isCoseSign1(bytes: Uint8Array): boolean {
  return bytes[0] === 0xd2 && bytes[1] === 0x84;
}

/** The files by their digest, for manifests that name them as layers. */
class Payloads {
  readonly #files: ReadonlyMap<Digest, EvidenceFile>;
  readonly #taken = new Map<Digest, Artifact[]>();

  constructor(files: readonly EvidenceFile[]) {
    this.#files = new Map(files.map((file) => [digestOf(file.bytes), file]));
  }

  bytesOf(digest: Digest): Uint8Array | undefined {
    return this.#files.get(digest)?.bytes;
  }

  /** Notes that a manifest's layer is made of this file. */
  take(digest: Digest, layer: Artifact): void {
    const layers = this.#taken.get(digest);
    if (layers === undefined) this.#taken.set(digest, [layer]);
    else layers.push(layer);
  }

  /** Whether it is a file's content once more that stands there as a layer already. */
  isSpare(one: Artifact): boolean {
    const layers = "bytes" in one.content ? this.#taken.get(digestOf(one.content.bytes)) : undefined;
    return layers !== undefined && !layers.includes(one);
  }
}

/** The JSON values of a file: one, several after each other, or the elements of an array; none where it is no JSON. */
function documentsOf(
  { path, bytes }: EvidenceFile,
  limits: Limits,
): { readonly documents: readonly Document[]; readonly over: boolean } {
  const name = oneLine(path, 300);
  const values = outline(bytes)
    .take(limits.documents + 1)
    .toArray();
  const [first] = values;
  if (first === undefined || first.kind === "other") return { documents: [], over: false };
  const whole = values.length === 1;
  const inArray = whole && first.kind === "array";
  const all = inArray
    ? elements(bytes, first)
        .take(limits.documents + 1)
        .toArray()
    : values;
  const lines = new LineCounter(bytes);
  const documents = all.slice(0, limits.documents).map((value, index): Document => {
    const place = inArray ? ` item ${index + 1}` : whole ? "" : ` line ${lines.at(value.start)}`;
    return { bytes: bytes.subarray(value.start, value.end), value, location: `${name}${place}` };
  });
  return { documents, over: all.length > limits.documents };
}

class LineCounter {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #line = 1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Offsets must not go back. */
  at(offset: number): number {
    for (; this.#offset < offset; this.#offset++) if (this.#bytes[this.#offset] === 0x0a) this.#line++;
    return this.#line;
  }
}

function artifactsOf(document: Document, payloads: Payloads, limits: Limits): readonly Artifact[] {
  const { bytes, value, location } = document;
  switch (shapeOf(value)) {
    case "manifest":
      return ofManifest(document, payloads, limits);
    case "gcloud-provenance":
      return ofParts(document, limits, "envelope", cloudBuildEntries, (own) => ({
        kind: "cloud-build-provenance",
        bytes: own,
      }));
    case "github-attestations":
      return ofParts(document, limits, "bundle", (root) =>
        arrayAt(root, "attestations")?.map((one) => at(one, "bundle")),
      );
    case "cosign-blob-bundle":
      return [artifact(bytes, unsupported("a signature in cosign's older format for files"), location)];
    default:
      return [artifact(bytes, contentOf(bytes, "unknown", {}), location)];
  }
}

/** Envelopes or bundles inside a tool's output; what the output says beside them nobody signed. */
function ofParts(
  { bytes, location }: Document,
  limits: Limits,
  what: string,
  partsOf: (root: JsonValue) => readonly (JsonValue | undefined)[] | undefined,
  contentOfPart = (own: Uint8Array): ArtifactContent => contentOf(own, "unknown", {}),
): readonly Artifact[] {
  const parsed = parseStrictJson(bytes);
  if (!parsed.ok) {
    return [artifact(bytes, skipped("evidence.payload_invalid", parsed.reason.message), location)];
  }
  const parts = partsOf(parsed.value)?.slice(0, limits.documents) ?? [];
  if (parts.length === 0) {
    return [artifact(bytes, skipped("evidence.no_payload", `the file holds no ${what}`), location)];
  }
  return parts.map((part, index) => {
    const place = `${location} ${what} ${index + 1}`;
    const own = Buffer.from(JSON.stringify(part ?? null));
    return part === undefined || part === null
      ? artifact(Buffer.from(place), skipped("evidence.no_payload", `there is no ${what}`), place)
      : artifact(own, contentOfPart(own), place);
  });
}

/** Each entry that has an envelope, with what gcloud says of the image: verification holds that against the statement. */
function cloudBuildEntries(root: JsonValue): readonly (JsonValue | undefined)[] | undefined {
  return arrayAt(root, "provenance_summary", "provenance")?.map((provenance) =>
    isObject(at(provenance, "envelope"))
      ? { image_summary: at(root, "image_summary") ?? null, provenance }
      : undefined,
  );
}

/** A cosign manifest saved as a file: its layers' blobs are sought among the other files, by digest. */
function ofManifest({ bytes, location }: Document, payloads: Payloads, limits: Limits): readonly Artifact[] {
  const parsed = parseManifest(bytes);
  if (!parsed.ok)
    return [artifact(bytes, skipped("evidence.payload_invalid", parsed.reason.message), location)];
  const manifest = parsed.value.kind === "manifest" ? parsed.value : undefined;
  const evidence = (manifest?.layers ?? []).flatMap((layer) => {
    const expected = manifest === undefined ? "unknown" : expectedOfLayer(layer, manifest);
    return expected === "unknown" || expected === "unsupported" ? [] : [{ layer, expected }];
  });
  if (evidence.length === 0) {
    return [
      artifact(bytes, skipped("evidence.no_payload", "the manifest has no layer of evidence"), location),
    ];
  }
  return evidence.slice(0, limits.layers).map(({ layer, expected }, index) => {
    const place = `${location} layer ${index + 1}`;
    const payload = payloads.bytesOf(layer.digest);
    if (payload === undefined) {
      const message = `the layer's content ${short(layer.digest)} is not among the files: name its file as well`;
      const content = skipped("evidence.no_payload", message);
      return {
        ...artifact(bytes, content, place),
        id: layer.digest,
        mediaType: oneLine(layer.mediaType, 200),
      };
    }
    const content = contentOf(payload, expected, layer.annotations);
    const found = artifact(payload, content, place);
    payloads.take(layer.digest, found);
    return found;
  });
}

const MEDIA_TYPES: Readonly<Partial<Record<ArtifactContent["kind"], string>>> = {
  "sigstore-bundle": "application/vnd.dev.sigstore.bundle+json",
  "dsse-envelope": "application/vnd.dsse.envelope.v1+json",
  "cloud-build-provenance": "application/json",
  "simple-signing": "application/vnd.dev.cosign.simplesigning.v1+json",
  statement: "application/vnd.in-toto+json",
  document: "application/json",
};

function mediaTypeOf(content: ArtifactContent): string {
  if (content.kind === "notary-signature") {
    return content.envelope === "jws" ? "application/jose+json" : "application/cose";
  }
  return MEDIA_TYPES[content.kind] ?? "application/octet-stream";
}

function artifact(bytes: Uint8Array, content: ArtifactContent, location: string): Artifact {
  return {
    id: idOf(bytes, digestOf(bytes), content),
    source: "file",
    location,
    mediaType: mediaTypeOf(content),
    attachedTo: null,
    content,
  };
}
