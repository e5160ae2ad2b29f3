import { arrayAt, failure, member, stringAt, success, type JsonValue, type Result } from "../core/index.ts";
import {
  auditAnnotations,
  denialMessage,
  imageVerdict,
  judgeImages,
  type ReviewReader,
} from "./admission/index.ts";
import type { Answer } from "./answer.ts";
import type { Exchange, HttpRequest } from "./exchange.ts";
import type { FaultCode } from "./fault.ts";
import { isNamespace } from "./key.ts";
import type { Service } from "./service-parts.ts";

/** The only version of the API server's ImagePolicyWebhook. */
const API_VERSION = "imagepolicy.k8s.io/v1alpha1";

/** The answer to an ImageReview; it has no warnings, and the reason is what kubectl shows. */
export interface ImageReviewAnswer {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: "ImageReview";
  readonly status: {
    readonly allowed: boolean;
    readonly reason?: string;
    readonly auditAnnotations?: Readonly<Record<string, string>>;
  };
}

interface ImageReview {
  readonly images: readonly string[];
  readonly namespace: string | null;
}

/**
 * `POST /v1/image-review`: allowed only where every image is allowed. The annotations that a pod brings to a review
 * change nothing: whoever creates the pod writes them (threats A068, T242).
 */
export function answerImageReview(
  request: HttpRequest,
  exchange: Exchange,
  service: Service,
  read: ReviewReader,
): Promise<Result<Answer, FaultCode>> {
  return read(request, exchange, async (body) => {
    const review = parseImageReview(body);
    if (!review.ok) return review;
    const { images, namespace } = review.value;
    const { keys, keyLength, reviewImages } = service.limits;
    if (images.length > keys || new Set(images).size > reviewImages) {
      const most = `at most ${reviewImages} different images in ${keys} places are judged`;
      return refuse(`admission.too_many_images: ${most}`);
    }
    if (images.some((image) => image.length > keyLength)) {
      return refuse(`admission.malformed: an image has more than ${keyLength} characters`);
    }
    const decider = service.decider();
    if (decider === null) {
      return refuse("service.not_ready: policy and trust are not loaded yet: try again");
    }
    const asked = images.map((image) => ({ image }));
    const decisions = await judgeImages(asked, namespace, decider, exchange, service);
    const verdicts = [...new Set(images)].map((image) =>
      imageVerdict(image, decisions.get(image), service.admission),
    );
    const annotations = auditAnnotations(verdicts);
    const allowed = verdicts.every(({ denial }) => denial === null);
    const reason = allowed ? {} : { reason: denialMessage(verdicts) };
    return success({
      status: 200,
      body: wrap({ allowed, ...reason, auditAnnotations: annotations }),
      decisions: [...decisions.values()],
      log: { allowed },
    });
  });
}

/** Another version, or a review in which a container has no image, is `request.invalid`. */
function parseImageReview(body: JsonValue): Result<ImageReview, FaultCode> {
  if (stringAt(body, "apiVersion") !== API_VERSION) {
    return failure("request.invalid", `the review's apiVersion must be ${API_VERSION}`);
  }
  if (stringAt(body, "kind") !== "ImageReview") {
    return failure("request.invalid", "the review's kind must be ImageReview");
  }
  const spec = member(body, "spec");
  const namespace = member(spec, "namespace") ?? "";
  if (typeof namespace !== "string" || (namespace !== "" && !isNamespace(namespace))) {
    return failure("request.invalid", "spec.namespace must be the name of a Kubernetes namespace");
  }
  const containers = arrayAt(spec, "containers") ?? [];
  if (containers.length === 0) return failure("request.invalid", "spec.containers must be a list of images");
  const images = containers.flatMap((container) => stringAt(container, "image") ?? []);
  if (images.length < containers.length || images.includes("")) {
    return failure("request.invalid", "each of spec.containers must have an image");
  }
  return success({ images, namespace: namespace === "" ? null : namespace });
}

function refuse(reason: string): Result<Answer, FaultCode> {
  return success({
    status: 200,
    body: wrap({ allowed: false, reason: `assay: ${reason}` }),
    decisions: [],
    log: { allowed: false },
  });
}

function wrap(status: ImageReviewAnswer["status"]): ImageReviewAnswer {
  return { apiVersion: API_VERSION, kind: "ImageReview", status };
}
