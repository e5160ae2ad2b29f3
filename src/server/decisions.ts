import {
  failure,
  isArray,
  isObject,
  success,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../core/index.ts";
import type { Decision, DecisionRequest, PullNames } from "../decision/index.ts";
import type { FaultCode } from "./fault.ts";
import { imageList } from "./exchange.ts";
import { isNamespace } from "./key.ts";
import { isObjectName } from "./kubernetes/index.ts";
import { pullNamesOf } from "./pull-secrets/index.ts";
import { fitDecisions } from "./results.ts";
import type { Service } from "./service-parts.ts";

const MEMBERS = new Set(["images", "namespace", "serviceAccount", "imagePullSecrets"]);

/** `POST /v1/decisions`: what the body asks for. A member that is not known is refused rather than ignored. */
export function parseDecisionsRequest(
  body: JsonValue,
  surface: DecisionRequest["surface"],
  service: Service,
): Result<readonly DecisionRequest[], FaultCode> {
  if (!isObject(body)) return failure("request.invalid", 'the body must be {"images": [...]}');
  const unknown = Object.keys(body).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) {
    return failure(
      "request.invalid",
      `unknown member ${JSON.stringify(unknown.slice(0, 100))}; known are ${[...MEMBERS].join(", ")}`,
    );
  }
  const namespace = body["namespace"] ?? null;
  if (namespace !== null && (typeof namespace !== "string" || !isNamespace(namespace))) {
    return failure("request.invalid", "namespace must be the name of a Kubernetes namespace");
  }
  const pull = pullNames(body, namespace);
  if (!pull.ok) return pull;
  const images = imageList(body["images"], "images", service);
  if (!images.ok) return images;
  if (images.value.length === 0) return failure("request.invalid", "images is empty: nothing to decide");
  return success(
    images.value.map((reference) => ({
      reference,
      surface,
      namespace,
      parameters: {},
      platform: null,
      ...(pull.value !== undefined && { pull: pull.value }),
    })),
  );
}

/** What a caller says of the pod's pull secrets: names in `namespace`, which only such callers may use as are configured. */
function pullNames(body: JsonObject, namespace: string | null): Result<PullNames | undefined, FaultCode> {
  const { serviceAccount = "default", imagePullSecrets = [] } = body;
  if (typeof serviceAccount !== "string" || !isObjectName(serviceAccount)) {
    return failure("request.invalid", "serviceAccount must be the name of a Kubernetes service account");
  }
  if (!isArray(imagePullSecrets) || !imagePullSecrets.every(isName)) {
    return failure("request.invalid", "imagePullSecrets must be a list of names of Kubernetes Secrets");
  }
  const isSaid = body["serviceAccount"] !== undefined || body["imagePullSecrets"] !== undefined;
  if (isSaid && namespace === null) {
    return failure(
      "request.invalid",
      "serviceAccount and imagePullSecrets are names in a namespace, which is missing",
    );
  }
  const references = imagePullSecrets.map((name) => ({ name }));
  return success(pullNamesOf({ serviceAccountName: serviceAccount, imagePullSecrets: references }));
}

function isName(name: JsonValue): boolean {
  return typeof name === "string" && isObjectName(name);
}

/** The answer: an object at top level and no member `statusCode`, which Kyverno's CEL library would overwrite. */
export interface DecisionsAnswer {
  readonly allow: boolean;
  readonly decisions: Readonly<Record<string, Decision>>;
}

export function decisionsAnswer(
  requests: readonly DecisionRequest[],
  decisions: readonly Decision[],
): DecisionsAnswer {
  const fitting = fitDecisions(decisions);
  const pairs = requests.map((request, index) => [request.reference, fitting[index]] as const);
  const allow =
    pairs.length > 0 &&
    pairs.every(([, decision]) => decision?.allow === true && decision.outcome === "allow");
  // `fromEntries` defines own members also for names like `__proto__` (threat T203).
  return {
    allow,
    decisions: Object.fromEntries(
      pairs.flatMap(([reference, decision]) =>
        decision === undefined ? [] : [[reference, decision] as const],
      ),
    ),
  };
}
