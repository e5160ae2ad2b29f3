import type { JsonObject, JsonValue } from "../../core/index.ts";
import type { ListenerName } from "../types.ts";
import { faultOf, type Operation } from "./operation.ts";
import { FLAG, list, object, providerResponse, ref, TEXT, TEXT_MAP, TEXTS } from "./schemas.ts";

type Path = Readonly<Partial<Record<"get" | "post", Operation>>>;

const flag = (name: string, description: string): JsonObject => ({
  name,
  in: "query",
  description,
  schema: { enum: ["", "true", "false"] },
});

const imageInput = {
  description:
    "The image to judge. Evidence about it is gathered by the service, never brought by the caller.",
  ...object(
    { image: { description: "A reference.", type: "string" } },
    {
      namespace: { description: "The Kubernetes namespace that it is for.", type: ["string", "null"] },
      parameters: { description: "What rules see as `input.request.parameters`.", type: "object" },
    },
  ),
};

const providerRequest = object({
  apiVersion: { const: "externaldata.gatekeeper.sh/v1beta1" },
  kind: { const: "ProviderRequest" },
  request: object({ keys: { description: "`IMAGE` or `[NAMESPACE]IMAGE`.", ...TEXTS } }),
});

const items = (...schemas: JsonValue[]) =>
  providerResponse({
    idempotent: FLAG,
    items: list(schemas.length === 1 ? (schemas[0] ?? {}) : { anyOf: schemas }),
  });

const item = (value: JsonValue) => object({ key: TEXT, value });

const transient = [
  "What could not be found out now: one `systemError`, no items.",
  ref("ProviderFault"),
] as const;

const review = (what: string): Operation => ({
  summary: what,
  body: {
    type: "object",
    required: ["apiVersion", "kind", "request"],
    properties: { apiVersion: { const: "admission.k8s.io/v1" }, kind: { const: "AdmissionReview" } },
  },
  answers: {
    "200": [
      "The review with its response, whatever was decided.",
      object({
        apiVersion: { const: "admission.k8s.io/v1" },
        kind: { const: "AdmissionReview" },
        response: object(
          { uid: TEXT, allowed: FLAG },
          {
            status: object({
              status: { const: "Failure" },
              code: { const: 403 },
              reason: { const: "Forbidden" },
              message: TEXT,
            }),
            warnings: TEXTS,
            auditAnnotations: TEXT_MAP,
            patchType: { const: "JSONPatch" },
            patch: { type: "string", contentEncoding: "base64" },
          },
        ),
      }),
    ],
  },
  faults: "api",
});

const dataParameters: readonly JsonObject[] = [
  {
    name: "path",
    in: "path",
    required: true,
    description: "An entrypoint of the policy (`assay/decision`, `assay/allow`) and steps into its document.",
    schema: TEXT,
  },
  flag("pretty", "Indented JSON."),
];

const queryFlags = [
  flag("provenance", "Adds the version, and each bundle's revision."),
  flag("metrics", "Adds timers in nanoseconds."),
];

const dataAnswer = object(
  { decision_id: TEXT },
  {
    result: {
      description: "The document; absent where it is undefined. `assay/decision` yields a Decision.",
    },
    warning: object({ code: TEXT, message: TEXT }),
    provenance: object({
      version: TEXT,
      bundles: { type: "object", additionalProperties: object({ revision: TEXT }) },
    }),
    metrics: { type: "object", additionalProperties: { type: "integer", minimum: 0 } },
  },
);

const dataAnswers: Operation["answers"] = {
  "200": ["The document that the path names.", dataAnswer],
  "500": ["The document could not be found out.", ref("DataFault")],
};

const health = (unwell: string, ok: JsonValue, bad: JsonValue): Operation => ({
  summary: "Health",
  answers: { "200": ["Well.", ok], [unwell]: ["Not yet, or not any more.", bad] },
});

const okay = (ok: boolean) => object({ ok: { const: ok } });

export interface OpenApiSettings {
  /** Whether documents of the caller's own are evaluated. */
  readonly ownInput: boolean;
  /** Whether callers may have the policies' sources asked; absent: they may not. */
  readonly refresh?: boolean;
}

const refreshing: Path = {
  post: {
    summary: "Ask the sources of all policies now",
    description: "For webhooks. What is sent is not read.",
    answers: {
      "202": ["They are being asked; what comes of it is logged.", object({ refreshing: TEXTS })],
    },
    faults: "data",
  },
};

/** Every path of a listener that answers decisions. */
export function paths(
  listener: ListenerName,
  { ownInput, refresh = false }: OpenApiSettings,
): Readonly<Record<string, Path>> {
  const input = ownInput && listener === "api" ? { anyOf: [imageInput, ref("InputDocument")] } : imageInput;
  const document = {
    description: "The document.",
    type: ["object", "array", "string", "number", "boolean", "null"],
  };
  const undefinedDocument = ["The document is undefined.", ref("DataFault")] as const;
  return {
    "/v1/gatekeeper/validate": {
      post: {
        summary: "Gatekeeper external data, for validation",
        parameters: [
          {
            name: "value",
            in: "query",
            description: "`input`: the image's input document in place of a decision.",
            schema: { enum: ["decision", "input"] },
          },
        ],
        body: providerRequest,
        answers: {
          "200": [
            "An item for each key, duplicates included, in their order.",
            { anyOf: [items(item(ref("KeyValue"))), items(item(ref("InputDocument")), ref("ErrorItem"))] },
          ],
          "503": transient,
        },
        faults: "provider",
      },
    },
    "/v1/gatekeeper/mutate": {
      post: {
        summary: "Gatekeeper external data, for mutation: references with digest",
        body: providerRequest,
        answers: {
          "200": ["An item for each key.", items(item(TEXT), ref("ErrorItem"))],
          "503": transient,
        },
        faults: "provider",
      },
    },
    "/v1/decisions": {
      post: {
        summary: "Decisions about images",
        description: "200 whatever was decided; the status says nothing of it.",
        body: object(
          { images: list(TEXT) },
          {
            namespace: { type: ["string", "null"] },
            serviceAccount: {
              description: "The pod's, in the namespace: its pull secrets are used where that is configured.",
              type: "string",
            },
            imagePullSecrets: { description: "The pod's own, in the namespace.", ...TEXTS },
          },
        ),
        answers: {
          "200": [
            "A decision for each image.",
            object({ allow: FLAG, decisions: { type: "object", additionalProperties: ref("Decision") } }),
          ],
        },
        faults: "api",
      },
    },
    "/v1/data/{path}": {
      get: {
        summary: "OPA's Data API",
        parameters: [
          ...dataParameters,
          ...queryFlags,
          {
            name: "input",
            in: "query",
            required: true,
            content: { "application/json": { schema: imageInput } },
          },
        ],
        answers: dataAnswers,
        faults: "data",
      },
      post: {
        summary: "OPA's Data API",
        parameters: [...dataParameters, ...queryFlags],
        body: object({ input }),
        answers: dataAnswers,
        faults: "data",
      },
    },
    "/v0/data/{path}": {
      post: {
        summary: "OPA's Data API for webhooks: input and document as they are",
        parameters: dataParameters,
        body: input,
        answers: {
          "200": ["The document.", document],
          "404": undefinedDocument,
          "500": dataAnswers["500"] ?? ["", {}],
        },
        faults: "data",
      },
    },
    "/": {
      post: {
        summary: "OPA's default decision: `assay/decision`",
        parameters: [flag("pretty", "Indented JSON.")],
        body: input,
        answers: {
          "200": ["The decision.", document],
          "404": undefinedDocument,
          "500": dataAnswers["500"] ?? ["", {}],
        },
        faults: "data",
      },
    },
    "/v1/admission/validate": { post: review("Validating webhook of the API server") },
    "/v1/admission/mutate": { post: review("Mutating webhook of the API server: digests for tags") },
    "/v1/image-review": {
      post: {
        summary: "ImagePolicyWebhook of the API server",
        body: {
          type: "object",
          required: ["apiVersion", "kind", "spec"],
          properties: {
            apiVersion: { const: "imagepolicy.k8s.io/v1alpha1" },
            kind: { const: "ImageReview" },
          },
        },
        answers: {
          "200": [
            "The review with its status.",
            object({
              apiVersion: { const: "imagepolicy.k8s.io/v1alpha1" },
              kind: { const: "ImageReview" },
              status: object({ allowed: FLAG }, { reason: TEXT, auditAnnotations: TEXT_MAP }),
            }),
          ],
        },
        faults: "api",
      },
    },
    ...(refresh ? { "/v1/policies/refresh": refreshing } : {}),
    "/healthz": { get: health("503", okay(true), okay(false)) },
    "/readyz": { get: health("503", okay(true), okay(false)) },
    "/health": { get: health("500", object({}), object({ error: TEXT })) },
    "/openapi.json": {
      get: {
        summary: "This document",
        answers: {
          "200": ["OpenAPI 3.1.", { type: "object", required: ["openapi", "paths"] }],
          "401": ["The caller is not known, where the listener asks who calls.", faultOf("api", listener)],
        },
      },
    },
  };
}
