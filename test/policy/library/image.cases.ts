import type { ImageConfig } from "../../../src/image/index.ts";
import type { InputDocument } from "../../../src/normalization/index.ts";
import { good } from "./documents.ts";
import type { RuleCase } from "./library.ts";

const CONFIG: ImageConfig = {
  created: "2026-11-20T10:00:00Z",
  user: "65532",
  labels: { "org.opencontainers.image.source": "https://github.com/acme/app" },
  environment: [],
  entrypoint: ["/app"],
  command: null,
  workingDirectory: null,
  exposedPorts: [],
};

/** The good document, its platforms with these configurations. */
function configured(
  amd64: Partial<ImageConfig> | null,
  arm64: Partial<ImageConfig> | null = amd64,
): InputDocument {
  const document = good();
  const configs = [amd64, arm64].map((change) => (change === null ? null : { ...CONFIG, ...change }));
  const platforms = document.image.platforms.map((platform, i) => ({
    ...platform,
    config: configs[i] ?? null,
  }));
  return { ...document, image: { ...document.image, platforms } };
}

function annotated(annotations: Readonly<Record<string, string>>): InputDocument {
  const document = good();
  return { ...document, image: { ...document.image, annotations } };
}

const passes = configured({});
const unstated = configured(null);
const set = (fields: string): string => `provenance: { signers: [release] }\nimage: { ${fields} }`;

export const IMAGES: readonly RuleCase[] = [
  {
    rule: "image.platforms_complete",
    set: set("platforms: [linux/amd64, linux/arm64]"),
    passes,
    fails: { ...passes, image: { ...passes.image, platforms: passes.image.platforms.slice(0, 1) } },
    says: "The image has no platform linux/arm64; it has linux/amd64",
    unstated: { ...passes, image: { ...passes.image, platforms: [] } },
  },
  {
    rule: "image.platforms_consistent",
    set: set("consistentPlatforms: true"),
    passes,
    fails: configured({}, { user: "0" }),
    says: "The platforms have different users; expected the same on linux/amd64, linux/arm64",
    unstated,
  },
  {
    rule: "image.labels_required",
    set: set('labels: { required: { org.opencontainers.image.source: "https://github.com/acme/*" } }'),
    passes,
    fails: configured({}, { labels: { "org.opencontainers.image.source": "https://github.com/evil/app" } }),
    says: "Label org.opencontainers.image.source is https://github.com/acme/app, https://github.com/evil/app on linux/arm64; expected https://github.com/acme/*",
    unstated,
  },
  {
    rule: "image.labels_forbidden",
    set: set("labels: { forbidden: [debug] }"),
    passes,
    fails: configured({ labels: { debug: "" } }, {}),
    says: "Label debug is or may be on linux/amd64; expected none",
    unstated,
  },
  {
    rule: "image.labels_optional",
    set: set("labels: { optional: [org.opencontainers.image.source] }"),
    passes,
    fails: configured({ labels: {} }, {}),
    warns: true,
    says: "Label org.opencontainers.image.source is not on linux/amd64; expected it to be there",
    unstated,
  },
  {
    rule: "image.labels_deprecated",
    set: set("labels: { deprecated: { build-date: org.opencontainers.image.created } }"),
    passes,
    fails: configured({ labels: { "build-date": "2026-11-20" } }, {}),
    warns: true,
    says: "Label build-date is or may be on linux/amd64; expected org.opencontainers.image.created instead",
    unstated,
  },
  {
    rule: "image.labels_inherited",
    set: set("labels: { own: [maintainer] }"),
    passes: null,
    fails: passes,
    says: "Not evaluated: base images are not looked up by this version of assay",
    unstated,
  },
  {
    rule: "image.annotations_required",
    set: set("annotations: { required: { team: true } }"),
    passes: annotated({ team: "payments" }),
    fails: annotated({}),
    says: "Annotation team is absent; expected it to be there",
    unstated: annotated({}),
  },
  {
    rule: "image.annotations_forbidden",
    set: set("annotations: { forbidden: [debug] }"),
    passes: annotated({ team: "payments" }),
    fails: annotated({ debug: "1" }),
    says: "Annotation debug is or may be on the image; expected none",
    unstated: { ...passes, image: { ...passes.image, annotations: null } },
  },
  {
    rule: "image.not_expiring",
    set: set("expiresLabel: quay.expires-after"),
    passes,
    fails: configured({ labels: { "quay.expires-after": "1w" } }, {}),
    says: "Label quay.expires-after is or may be on linux/amd64; expected an image that stays",
    unstated,
  },
  {
    rule: "image.user_nonroot",
    set: set("nonRoot: true"),
    passes,
    fails: configured({}, { user: "00:65532" }),
    says: "The user is 00:65532 on linux/arm64; expected one that is not root",
    unstated: configured({ user: null }),
  },
  {
    rule: "image.users_allowed",
    set: set('users: ["65532"]'),
    passes,
    fails: configured({}, { user: "1000" }),
    says: "The user is 1000 on linux/arm64; expected one of 65532",
    unstated: configured({ user: null }),
  },
  {
    rule: "image.max_age",
    set: set("maxAge: 7d"),
    passes,
    fails: configured({}, { created: "1970-01-01T00:00:00Z" }),
    says: "Created, as it says itself: linux/arm64 20779 days ago; expected no longer than 7d ago",
    unstated: configured({ created: null }),
  },
];
