import type { InputDocument } from "../../../src/normalization/index.ts";
import type { AttributeReport, RuntimeTrace } from "../../../src/normalization/others/types.ts";
import { ATTRIBUTE_REPORT, TRACE } from "../source/records.ts";
import { good, stating } from "./documents.ts";
import type { RuleCase } from "./library.ts";

const reported = (change: Partial<AttributeReport>): InputDocument =>
  stating("attributeReports", { ...ATTRIBUTE_REPORT, ...change });

const traced = (change: Partial<RuntimeTrace>): InputDocument =>
  stating("runtimeTraces", { ...TRACE, ...change });

const ofAttributes = (fields: string): string => `attributes: { signers: [release], ${fields} }`;
const ofTraces = (fields: string): string => `traces: { signers: [release], ${fields} }`;

const asserting = (attribute: string): AttributeReport["attributes"] => [
  { attribute, target: null, conditions: null, evidence: null },
];

export const ATTRIBUTES: readonly RuleCase[] = [
  {
    rule: "attributes.present",
    set: "attributes: { signers: [release] }",
    passes: reported({}),
    fails: good(),
    says: "0 attribute reports by release do not cover the image",
    unstated: {},
  },
  {
    rule: "attributes.required",
    set: ofAttributes("required: [WITH_STACK_PROTECTION]"),
    passes: reported({}),
    fails: reported({ attributes: asserting("STRIPPED") }),
    says: "The attribute WITH_STACK_PROTECTION is not asserted of the whole image; expected it of the image itself",
    unstated: reported({ attributes: [] }),
  },
  {
    rule: "attributes.forbidden",
    set: ofAttributes("forbidden: [DEBUG_BUILD]"),
    passes: reported({}),
    fails: reported({ attributes: asserting("DEBUG_BUILD") }),
    says: "The attribute DEBUG_BUILD is or may be asserted; expected that it is not",
    unstated: reported({ unknownFields: ["/attributes/1"] }),
  },
  {
    rule: "attributes.producer_allowed",
    set: ofAttributes('producers: ["https://ci.acme.example/**"]'),
    passes: reported({}),
    fails: reported({ producer: { uri: "https://laptop.example/me" } }),
    says: "Attributes of the producer https://laptop.example/me; expected one of https://ci.acme.example/**",
    unstated: reported({ producer: null }),
  },
  {
    rule: "attributes.max_age",
    set: ofAttributes("maxAge: 7d"),
    passes: reported({}),
    fails: stating("attributeReports", ATTRIBUTE_REPORT, { time: "2026-11-01T10:00:00Z" }),
    says: "The attribute report was signed 21 days ago; expected no longer than 7d ago",
    unstated: stating("attributeReports", ATTRIBUTE_REPORT, { time: null }),
  },
];

export const TRACES: readonly RuleCase[] = [
  {
    rule: "traces.present",
    set: "traces: { signers: [release] }",
    passes: traced({}),
    fails: good(),
    says: "0 runtime traces by release do not cover the image",
    unstated: {},
  },
  {
    rule: "traces.monitor_allowed",
    set: ofTraces('monitors: ["https://github.com/cilium/tetragon/*"]'),
    passes: traced({}),
    fails: traced({ monitor: { ...TRACE.monitor, type: "https://monitor.example/mine" } }),
    says: "Traced by https://monitor.example/mine; expected one of https://github.com/cilium/tetragon/*",
    unstated: traced({ monitor: { ...TRACE.monitor, type: null } }),
  },
  {
    rule: "traces.logged",
    set: ofTraces("logs: [process, network]"),
    passes: traced({}),
    fails: traced({ log: { process: 12 } }),
    says: "The trace has no log network; expected one, be it empty",
    unstated: traced({ log: {} }),
  },
  {
    rule: "traces.entries_limited",
    set: ofTraces("maxEntries: { network: 0 }"),
    passes: traced({}),
    fails: traced({ log: { network: 2 } }),
    says: "The log network has 2 entries; expected at most 0",
    unstated: traced({ log: {} }),
  },
  {
    rule: "traces.max_age",
    set: ofTraces("maxAge: 7d"),
    passes: traced({}),
    fails: stating("runtimeTraces", TRACE, { time: "2026-11-01T10:00:00Z" }),
    says: "The runtime trace was signed 21 days ago; expected no longer than 7d ago",
    unstated: stating("runtimeTraces", TRACE, { time: null }),
  },
];
