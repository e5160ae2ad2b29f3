import type { Authenticator } from "../authentication/index.ts";
import type { ListenerName } from "../types.ts";
import type { DecisionLog } from "./decision-log.ts";
import type { ServiceMetrics } from "./metrics.ts";
import type { Tracer } from "./tracer.ts";

/** What watches the service, and who may ask it; `null` and absent is nothing. */
export interface Operations {
  readonly metrics: ServiceMetrics | null;
  readonly decisionLog: DecisionLog | null;
  readonly tracer: Tracer | null;
  /** Listeners on which callers must show who they are. */
  readonly authenticators: ReadonlyMap<ListenerName, Authenticator>;
}

export const NO_OPERATIONS: Operations = {
  metrics: null,
  decisionLog: null,
  tracer: null,
  authenticators: new Map(),
};

export { ServiceMetrics } from "./metrics.ts";
export {
  createDecisionLog,
  httpSink,
  type DecisionLog,
  type LoggedDecision,
  type Sink,
} from "./decision-log.ts";
export { openLineSink, type LineSink } from "./line-sink.ts";
export { Tracer, type RequestTrace } from "./tracer.ts";
export type { Destination } from "./post.ts";
export { measuredContent } from "./measured-content.ts";
