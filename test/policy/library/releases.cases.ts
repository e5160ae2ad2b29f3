import type { InputDocument } from "../../../src/normalization/index.ts";
import type { Release } from "../../../src/normalization/others/types.ts";
import { RELEASED } from "../source/records.ts";
import { good, stating } from "./documents.ts";
import type { RuleCase } from "./library.ts";

const released = (change: Partial<Release>): InputDocument => stating("releases", { ...RELEASED, ...change });

const set = (fields: string): string => `releases: { signers: [release], ${fields} }`;
const passes = released({});

export const RELEASES: readonly RuleCase[] = [
  {
    rule: "releases.present",
    set: "releases: { signers: [release] }",
    passes,
    fails: good(),
    says: "0 releases by release do not cover the image",
    unstated: {},
  },
  {
    rule: "releases.repository_allowed",
    set: set('repositories: ["acme/*"]'),
    passes,
    fails: released({ repository: "evil/app" }),
    says: "Released from evil/app; expected one of acme/*",
    unstated: released({ repository: null }),
  },
  {
    rule: "releases.package_allowed",
    set: set('packages: ["pkg:github/acme/*"]'),
    passes,
    fails: released({ purl: "pkg:github/evil/app@v1.2.0" }),
    says: "Released as pkg:github/evil/app@v1.2.0; expected one of pkg:github/acme/*",
    unstated: released({ purl: null }),
  },
  {
    rule: "releases.tag_allowed",
    set: set('tags: ["v*"]'),
    passes,
    fails: released({ tag: "nightly" }),
    says: "Released as the tag nightly; expected one of v*",
    unstated: released({ tag: null }),
  },
  {
    rule: "releases.max_age",
    set: set("maxAge: 7d"),
    passes,
    fails: stating("releases", RELEASED, { time: "2026-11-01T10:00:00Z" }),
    says: "The release was signed 21 days ago; expected no longer than 7d ago",
    unstated: stating("releases", RELEASED, { time: null }),
  },
];
