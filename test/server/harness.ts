import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { digestOf, success } from "../../src/core/index.ts";
import type { Decision, DecisionRequest } from "../../src/decision/index.ts";
import type { StoreStatus } from "../../src/release/index.ts";
import { createApp } from "../../src/server/app.ts";
import { NO_OPERATIONS, type Operations } from "../../src/server/operations/index.ts";
import {
  createLog,
  DEFAULT_ADMISSION,
  DEFAULT_BUDGETS,
  DEFAULT_DATA_API,
  DEFAULT_LIMITS,
  type AdmissionSettings,
  type Budgets,
  type DataApiSettings,
  type Decider,
  type HeldPolicy,
  type Limits,
  type ListenerName,
  type PolicySettings,
} from "../../src/server/index.ts";

export const IMAGE_DIGEST = digestOf(Buffer.from("image"));

export const POLICY: Decision["policy"] = {
  name: "acme-images",
  revision: "3.1.0",
  digest: digestOf(Buffer.from("policy")),
};
export const TRUST: Decision["trust"] = { digest: digestOf(Buffer.from("trust")) };

export function decisionFor(request: DecisionRequest, change: Partial<Decision> = {}): Decision {
  return {
    allow: true,
    outcome: "allow",
    image: { reference: request.reference, digest: IMAGE_DIGEST },
    violations: [],
    warnings: [],
    exceptions: [],
    passed: ["provenance.present"],
    notEvaluated: [],
    mode: "enforce",
    reason: null,
    policy: POLICY,
    trust: TRUST,
    time: "2026-11-22T10:00:00.000Z",
    validUntil: null,
    decisionId: "00000000-0000-8000-8000-000000000000",
    ...change,
  };
}

export const DENIAL: Partial<Decision> = {
  allow: false,
  outcome: "deny",
  passed: [],
  violations: [
    {
      code: "provenance.builder_allowed",
      message: "Built by evil, which is not approved",
      solution: "Build with an approved builder",
      evidence: ["sha256:e"],
      severity: "high",
      term: null,
    },
  ],
};

export const UNDECIDED: Partial<Decision> = {
  allow: false,
  outcome: "undecided",
  passed: [],
  reason: { code: "registry.unavailable", message: "the registry answered 503" },
};

/** A policy's settings, as they are where the configuration says nothing but its source. */
export const PLAIN_POLICY: PolicySettings = {
  name: "default",
  source: "policy",
  signers: [],
  namespaces: null,
  refresh: 60_000,
  longPoll: null,
  credentials: null,
  lastGood: null,
  lock: null,
  requireSequence: false,
  maxAge: null,
  maxReleaseAge: null,
  expire: false,
  provenance: null,
  shadow: null,
};

/** A policy as its store tells of it. */
export const STORE: StoreStatus = {
  name: "default",
  source: "oci://registry.example/policies/acme:stable",
  ready: true,
  policy: POLICY.name,
  revision: POLICY.revision,
  version: "3.1.0",
  digest: POLICY.digest,
  sequence: 12,
  highestSequence: 12,
  signedBy: [{ signer: "release", form: "opa", identity: "key-1", issuer: null, time: null }],
  origin: "source",
  activated: new Date("2026-11-22T10:00:00Z"),
  checked: new Date("2026-11-22T11:00:00Z"),
  confirmed: new Date("2026-11-22T11:00:00Z"),
  released: null,
  lastRefusal: null,
  failures: 0,
  stale: false,
  kept: null,
};

/** What a fake has besides its decisions. */
export type FakeParts = Partial<Decider & HeldPolicy>;

/** Allows what is called `good`, denies the rest; tests put their own words in its place. */
export function fakeDecider(
  decide: Decider["decide"] = (request) =>
    Promise.resolve(decisionFor(request, request.reference.includes("good") ? {} : DENIAL)),
  rest: FakeParts = {},
): Decider {
  const policy: HeldPolicy = {
    decide,
    describe: ({ reference }) => {
      const document = { schemaVersion: "1", request: { reference } };
      return Promise.resolve(success({ bytes: Buffer.from(JSON.stringify(document)), time: new Date(0) }));
    },
    query: () => Promise.resolve(success(true)),
    entrypoints: ["assay/decision", "assay/allow", "acme/levels"],
    names: () => ({ policy: POLICY, trust: TRUST }),
    unavailable: null,
    ...rest,
  };
  return {
    ...policy,
    resolve: () => Promise.resolve(success(IMAGE_DIGEST)),
    hold: (_namespace, work) => work(policy),
    ready: () => true,
    ...rest,
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly json: any;
}

export interface TestService {
  readonly port: number;
  readonly logs: string[];
  readonly entries: () => Record<string, unknown>[];
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Bytes as they are, over one connection; what came back until the server closed it. */
  raw(bytes: string | Buffer, options?: RawOptions): Promise<string>;
  close(): Promise<void>;
}

export interface RawOptions {
  /** Do not end our side after the bytes. */
  readonly keepOpen?: boolean;
  /** Break the connection as soon as this holds. */
  readonly destroyWhen?: () => boolean;
}

export interface TestServiceOptions {
  readonly decider?: Decider | null;
  readonly listener?: ListenerName;
  readonly budgets?: Partial<Budgets>;
  readonly limits?: Partial<Limits>;
  readonly admission?: Partial<AdmissionSettings>;
  readonly dataApi?: DataApiSettings;
  readonly draining?: () => boolean;
  readonly operations?: Partial<Operations>;
  readonly guarded?: ReadonlySet<ListenerName>;
}

/** The surfaces of one listener on loopback, without TLS. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const logs: string[] = [];
  const { decider = fakeDecider(), listener = "gatekeeper" } = options;
  const app = createApp(
    {
      decider: () => decider,
      draining: options.draining ?? (() => false),
      budgets: { ...DEFAULT_BUDGETS, ...options.budgets },
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      admission: { ...DEFAULT_ADMISSION, ...options.admission },
      dataApi: { ...DEFAULT_DATA_API, ...options.dataApi },
      log: createLog((line) => logs.push(line)),
      operations: { ...NO_OPERATIONS, ...options.operations },
      ...(options.guarded === undefined ? {} : { guarded: options.guarded }),
    },
    listener,
  );
  const server = createServer(app);
  server.maxHeadersCount = 101;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    logs,
    entries: () => logs.map((line) => JSON.parse(line) as Record<string, unknown>),
    call: (method, path, body, headers) => call(port, method, path, body, headers),
    raw: (bytes, options = {}) => raw(port, bytes, options),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function call(
  port: number,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, host: "127.0.0.1", method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const json: unknown = text === "" ? undefined : JSON.parse(text);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      },
    );
    request.on("error", reject);
    if (body === undefined) request.end();
    else request.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
}

function raw(
  port: number,
  bytes: string | Buffer,
  { keepOpen = false, destroyWhen }: RawOptions,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(bytes);
      if (!keepOpen) socket.end();
    });
    const watch = setInterval(() => {
      if (destroyWhen?.() === true) socket.destroy();
    }, 2);
    let text = "";
    socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(watch);
      resolve(text);
    });
  });
}

export function providerRequest(...keys: readonly unknown[]) {
  return { apiVersion: "externaldata.gatekeeper.sh/v1beta1", kind: "ProviderRequest", request: { keys } };
}
