import { success, type Reason, type Result } from "../../core/index.ts";
import type { Decision } from "../../decision/index.ts";
import type { Answer } from "../answer.ts";
import type { Exchange, HttpRequest } from "../exchange.ts";
import type { FaultCode } from "../fault.ts";
import type { Service } from "../service-parts.ts";
import type { Decider } from "../types.ts";
import { fieldText, type ImagePlace } from "./images.ts";
import { judgeImages, resolveImages } from "./judge.ts";
import { pinImages, placesToPin } from "./mutate.ts";
import { planReview, type JudgePlan, type PassPlan } from "./plan.ts";
import type { ReviewReader } from "./reader.ts";
import { allowed, denied, patched, refused, type AdmissionReviewAnswer } from "./responses.ts";
import { parseAdmissionReview, type AdmissionRequest } from "./review.ts";
import type { AdmissionSettings } from "./settings.ts";
import { auditAnnotations, denialMessage, warningTexts } from "./texts.ts";
import { imageVerdict } from "./verdicts.ts";

/** `POST /v1/admission/validate`: allowed only where every image that is judged is allowed. */
export function answerValidate(
  request: HttpRequest,
  exchange: Exchange,
  service: Service,
  read: ReviewReader,
) {
  const skipUnchanged = service.admission.unchanged === "skip";
  return answerReview(request, exchange, service, read, skipUnchanged, async (review, plan, decider) => {
    const decisions = await judgeImages(plan.places, review.namespace, decider, exchange, service);
    const body = validated(review, plan, decisions, service.admission);
    return { body, decisions: [...decisions.values()] };
  });
}

/**
 * `POST /v1/admission/mutate`: the patch that puts digests behind tags. Nothing is judged: a denied image gets its digest
 * too, and validation, which follows mutation, denies exactly that digest.
 */
export function answerMutate(request: HttpRequest, exchange: Exchange, service: Service, read: ReviewReader) {
  // What an update leaves alone is never patched: a roll-out, or a restart, would follow.
  return answerReview(request, exchange, service, read, true, async (review, plan, decider) => {
    const places = placesToPin(review.object, plan);
    const digestOf = await resolveImages(places, review.namespace, decider, exchange, service);
    return { body: patched(review.uid, pinImages(places, digestOf)), decisions: [] };
  });
}

type Concluded = Pick<Answer, "decisions"> & { readonly body: AdmissionReviewAnswer };

function answerReview(
  request: HttpRequest,
  exchange: Exchange,
  service: Service,
  read: ReviewReader,
  skipUnchanged: boolean,
  conclude: (review: AdmissionRequest, plan: JudgePlan, decider: Decider) => Promise<Concluded>,
): Promise<Result<Answer, FaultCode>> {
  return read(request, exchange, async (body) => {
    const parsed = parseAdmissionReview(body);
    if (!parsed.ok) return parsed;
    const review = parsed.value;
    const plan = planReview(review, { settings: service.admission, limits: service.limits, skipUnchanged });
    if (plan.kind === "pass") return answered(review, passed(review.uid, plan));
    if (plan.kind === "refuse") return refusal(review, plan.reason);
    const decider = service.decider();
    if (decider !== null) return answered(review, await conclude(review, plan, decider));
    return refusal(review, {
      code: "service.not_ready",
      message: "policy and trust are not loaded yet: try again",
    });
  });
}

function validated(
  { uid }: AdmissionRequest,
  { places, unchanged }: JudgePlan,
  decisions: ReadonlyMap<string, Decision>,
  settings: AdmissionSettings,
): AdmissionReviewAnswer {
  const byImage = Map.groupBy(places, ({ image }) => image);
  const verdicts = [...byImage.keys()].map((image) => imageVerdict(image, decisions.get(image), settings));
  const extras = {
    warnings: warningTexts(verdicts),
    auditAnnotations: { ...auditAnnotations(verdicts), ...unchangedText(unchanged) },
  };
  if (verdicts.every(({ denial }) => denial === null)) return allowed(uid, extras);
  const placeOf = (image: string) => placeText(byImage.get(image) ?? []);
  return denied(uid, denialMessage(verdicts, placeOf), extras);
}

function placeText([first, ...more]: readonly ImagePlace[]): string {
  if (first === undefined) return "";
  return fieldText(first.path) + (more.length === 0 ? "" : ` and ${more.length} more`);
}

function passed(uid: string, { why, unchanged }: PassPlan): Concluded {
  const auditAnnotations = { outcome: "not-judged", reason: why, ...unchangedText(unchanged) };
  return { body: allowed(uid, { auditAnnotations }), decisions: [] };
}

function unchangedText(unchanged: number) {
  return unchanged === 0 ? {} : { unchanged: String(unchanged) };
}

function refusal(review: AdmissionRequest, reason: Reason): Result<Answer, FaultCode> {
  return answered(review, { body: refused(review.uid, reason), decisions: [] }, reason.code);
}

/** A dry run leaves no decision in the log: nothing came of it (threat T230). */
function answered(
  { operation, kind, subResource, namespace, dryRun }: AdmissionRequest,
  { body, decisions }: Concluded,
  refusedBecause?: string,
): Result<Answer, FaultCode> {
  const log = {
    operation,
    kind: kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`,
    subResource: subResource === "" ? undefined : subResource,
    namespace,
    dryRun,
    allowed: body.response.allowed,
    refused: refusedBecause,
    images: decisions.length,
  };
  return success({ status: 200, body, decisions: dryRun ? [] : decisions, log });
}
