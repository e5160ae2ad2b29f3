import { isArray, member, stringAt, type JsonObject } from "../../core/index.ts";
import { PredicateReader } from "../predicate-reader.ts";
import { canonicalTime } from "../time.ts";
import type { FoundStatement } from "../types.ts";
import {
  affectedRefs,
  componentsOf,
  isAnalysed,
  NOT_CARRIED,
  type CycloneDxComponent,
} from "../vulnerability/cyclonedx-components.ts";
import {
  readElements,
  shortText,
  stringsOfList,
  type UnknownFields,
} from "../vulnerability/element-reader.ts";
import type { VexStatus } from "../vulnerability/types.ts";
import { productOf, productOfSubject, type NamedThing } from "./products.ts";
import { StatementList } from "./statement-list.ts";
import type { VexDocument, VexProduct } from "./types.ts";

/** What `analysis.state` means as a VEX status (CycloneDX 1.7 JSON reference, vulnerabilities/analysis/state). */
const STATUSES: ReadonlyMap<string, VexStatus> = new Map<string, VexStatus>([
  // "the vulnerability has been remediated"
  ["resolved", "fixed"],
  // the same, "and evidence of the changes are provided in the affected component's pedigree"
  ["resolved_with_pedigree", "fixed"],
  // "may be directly or indirectly exploitable"
  ["exploitable", "affected"],
  // "is being investigated"
  ["in_triage", "under_investigation"],
  // "not specific to the component or service and was falsely identified or associated"
  ["false_positive", "not_affected"],
  // "the component or service is not affected by the vulnerability", `justification` says why
  ["not_affected", "not_affected"],
]);

/** What says nothing of exploitability is read as a report's. */
const KNOWN = [...NOT_CARRIED, "source", "ratings", "published"];

/** Whether any vulnerability of the document has a state. */
export function hasAnalyses(document: JsonObject): boolean {
  const vulnerabilities = member(document, "vulnerabilities");
  return isArray(vulnerabilities) && vulnerabilities.some(isAnalysed);
}

/**
 * The analyses of a CycloneDX document, 1.4 to 1.7. The product is `metadata.component`, by a digest of its own (its
 * hashes, a version or package URL that is one); where it states none, it is the attestation's subject, which the
 * predicate describes. What a vulnerability affects is what of the product is spoken of. Justifications keep
 * CycloneDX's own words; `response` tells the action.
 */
export function readCycloneDxVex(
  found: FoundStatement,
  unknown: UnknownFields,
): Omit<VexDocument, "evidence" | "predicateType" | "subject" | "unknownFields"> {
  const document = found.predicate;
  const list = new StatementList(found.imageDigests);
  const reader = new PredicateReader(document);
  const components = componentsOf(document);
  const issued = canonicalTime(reader.string("metadata", "timestamp"));
  const elements = { value: document["vulnerabilities"], pointer: "/vulnerabilities" };
  const isWhole = readElements(elements, unknown, KNOWN, (vulnerability, raw, pointer) => {
    const aliases = readAliases(vulnerability);
    const id = vulnerability.string("id");
    if (!isAnalysed(raw)) return;
    const responses = stringsOfList(vulnerability, "analysis", "response");
    const times = ["lastUpdated", "firstIssued"].map((time) => vulnerability.string("analysis", time));
    const isTaken = list.add({
      vulnerability: id,
      aliases,
      status: STATUSES.get(vulnerability.string("analysis", "state") ?? "") ?? null,
      justification: vulnerability.string("analysis", "justification"),
      impact: vulnerability.string("analysis", "detail"),
      action: responses.length === 0 ? null : responses.join(", "),
      time: times.map(canonicalTime).find((time) => time !== null) ?? issued,
      products: readProducts(found, affectedRefs(raw), components),
    });
    if (!isTaken) unknown.addPlace(pointer);
  });
  return {
    format: "cyclonedx",
    documentId: shortText(reader.string("serialNumber")),
    author: shortText(readAuthor(reader)),
    version: shortText(reader.text("version")),
    issued,
    lastUpdated: null,
    complete: list.complete && isWhole,
    statements: list.statements,
  };
}

function readAliases(reader: PredicateReader): readonly (string | null)[] {
  return Array.from({ length: reader.length("references") }, (_, index) => {
    reader.known(["references", index], "source");
    return reader.string("references", index, "id");
  });
}

function readAuthor(reader: PredicateReader): string | null {
  return (
    reader.string("metadata", "authors", 0, "name") ??
    reader.string("metadata", "manufacturer", "name") ??
    reader.string("metadata", "supplier", "name")
  );
}

/** The whole product where it is affected itself, or where nobody says what is. */
function readProducts(
  { predicate, subject }: FoundStatement,
  refs: readonly string[],
  components: ReadonlyMap<string, CycloneDxComponent>,
): readonly VexProduct[] {
  const component = member(member(predicate, "metadata"), "component");
  const ownRef = stringAt(component, "bom-ref");
  const isWhole = ownRef !== undefined && refs.includes(ownRef);
  const subcomponents = isWhole ? [] : refs.map((ref) => subcomponentOf(ref, components.get(ref)));
  const hashes = member(component, "hashes");
  const own = productOf(
    {
      id: ownRef ?? stringAt(component, "name") ?? null,
      purl: stringAt(component, "purl") ?? null,
      hashes: (isArray(hashes) ? hashes : []).map((hash) => [
        stringAt(hash, "alg") ?? "",
        stringAt(hash, "content") ?? "",
      ]),
    },
    subcomponents,
    [stringAt(component, "version") ?? ""],
  );
  const isNamed = Object.keys(own.digest).length > 0 || statesDigest(component);
  if (isNamed || subject === null) return [own];
  return [{ ...own, digest: productOfSubject(subject)[0]?.digest ?? {} }];
}

/** Hashes that contradict each other, or of weak algorithms only, are no leave to take the subject for the product. */
function statesDigest(component: JsonObject[string] | undefined): boolean {
  const hashes = member(component, "hashes");
  const texts = ["bom-ref", "purl", "version"].map((key) => stringAt(component, key) ?? "");
  return (
    (isArray(hashes) && hashes.length > 0) || texts.some((text) => /sha(?:256|384|512)(?::|%3a)/i.test(text))
  );
}

/** A component by its package URL; a BOM-Link into another document (`urn:cdx:…#ref`) by what its fragment says. */
function subcomponentOf(ref: string, component: CycloneDxComponent | undefined): NamedThing {
  if (component?.purl !== undefined) return { id: ref, purl: component.purl };
  return { id: ref, purl: component === undefined && ref.startsWith("urn:cdx:") ? fragmentOf(ref) : null };
}

function fragmentOf(link: string): string | null {
  const hash = link.indexOf("#");
  try {
    return hash === -1 ? null : decodeURIComponent(link.slice(hash + 1));
  } catch {
    return null;
  }
}
