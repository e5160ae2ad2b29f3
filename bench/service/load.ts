import { Connection, contextOf, requestBytes, type HttpAnswer, type Target } from "./client.ts";

/** What one run of the load generator sends. */
export interface Load {
  readonly target: Target;
  readonly path: string;
  /** Bodies, sent in turn. */
  readonly bodies: readonly string[];
  /** Requests a second, each at its own moment whatever became of those before it; `null`: as many as are answered. */
  readonly rate: number | null;
  readonly durationMs: number;
  /** Requests after which it ends earlier; absent: none. */
  readonly requests?: number;
  readonly connections: number;
  /** Whether each request has a connection, and so a handshake, of its own. */
  readonly handshakes: boolean;
  /** A text that every right answer holds. */
  readonly expected: string;
  /** Texts of which none does. */
  readonly unexpected?: readonly string[];
}

export interface LoadResult {
  readonly answered: number;
  /** Answers with another status than 200, without the expected text, or none at all. */
  readonly wrong: number;
  readonly elapsedMs: number;
  /** From the moment at which a request was due to the end of its answer, milliseconds. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  /** CPU that the generator itself used, milliseconds. */
  readonly cpuMs: number;
}

/**
 * Sends requests on a schedule. One that waits for a free connection waits on the server's account: its latency counts from
 * when it was due, so that a server that stands still is charged with all who would have come (no coordinated omission).
 */
export async function generate(load: Load): Promise<LoadResult> {
  const { target, path, rate, durationMs, connections } = load;
  const most = load.requests ?? Number.POSITIVE_INFINITY;
  const requests = load.bodies.map((body) => requestBytes(target, path, body));
  const open = connector(load);
  const latencies: number[] = [];
  let [due, wrong, number] = [0, 0, 0];
  const cpu = process.cpuUsage();
  const began = performance.now();
  const waiting: number[] = [];
  const sleepers: (() => void)[] = [];
  const schedule = { ended: false };

  /** The moment at which the next request is due, once it is; `undefined` at the end. */
  const next = async (): Promise<number | undefined> => {
    if (number >= most) return undefined;
    if (rate === null) return performance.now() - began < durationMs ? performance.now() : undefined;
    while (waiting.length === 0 && !schedule.ended)
      await new Promise<void>((resolve) => sleepers.push(resolve));
    return waiting.shift();
  };
  const caller = async (): Promise<void> => {
    for (let moment = await next(); moment !== undefined; moment = await next()) {
      const request = requests[number++ % requests.length];
      if (request === undefined) return;
      const answer = await open(request);
      latencies.push(performance.now() - moment);
      if (!isRight(answer, load)) wrong++;
    }
  };
  const keepTo = async (): Promise<void> => {
    if (rate === null) return;
    for (let now = 0; now < durationMs; now = performance.now() - began) {
      for (; (due * 1000) / rate <= now; due++) waiting.push(began + (due * 1000) / rate);
      for (const wake of sleepers.splice(0, waiting.length)) wake();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    schedule.ended = true;
    for (const wake of sleepers.splice(0)) wake();
  };
  await Promise.all([keepTo(), ...Array.from({ length: connections }, caller)]);
  open.end();
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  const quantile = (part: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? Number.NaN;
  return {
    answered: latencies.length,
    wrong,
    elapsedMs: performance.now() - began,
    latency: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
    cpuMs: (user + system) / 1000,
  };
}

function isRight({ status, body }: HttpAnswer, { expected, unexpected = [] }: Load): boolean {
  return status === 200 && body.includes(expected) && !unexpected.some((text) => body.includes(text));
}

/** Asks over a connection that nobody else uses: one that was kept where there is one, or always a new one. */
function connector({ target, handshakes }: Load) {
  const context = contextOf(target);
  const kept: Connection[] = [];
  const ask = async (request: Buffer): Promise<HttpAnswer> => {
    const connection = kept.pop() ?? new Connection(target, context);
    const answer = await connection.ask(request);
    if (handshakes) connection.close();
    else if (!connection.over) kept.push(connection);
    return answer;
  };
  return Object.assign(ask, {
    end: () => {
      for (const connection of kept) connection.close();
    },
  });
}

// In a process of its own: what asks must not share an event loop with what answers.
process.on("message", (load: Load) => {
  void generate(load).then((result) => process.send?.(result));
});
