import { connect } from "node:tls";
import { objectOf, kindNamed, podSpec } from "../server/admission/objects.ts";
import { createClient, type Json, type JsonAnswer } from "./client.ts";
import type { KnownImage, SoakLab } from "./lab.ts";
import type { ListenerName, SoakService } from "./service.ts";

/** What an answer says of one image; `open`: nothing was decided. */
export type Said = "allow" | "deny" | "open";

/** One way to ask about images; throws where an image has no answer, or what came is no answer at all. */
export interface Surface {
  readonly name: string;
  ask(images: readonly KnownImage[]): Promise<readonly Said[]>;
}

export interface Callers {
  readonly surfaces: readonly Surface[];
  /** Begins a request and leaves in the middle of it. */
  hangUp(image: KnownImage, how: "in the head" | "in the body" | "before the answer"): Promise<void>;
  /** Digests of those that decided. */
  readonly policies: ReadonlySet<string>;
  /** Gives up all connections, where nothing is under way. */
  disconnect(): void;
  /** New connections from now on, as after certificates were renewed. */
  reconnect(): void;
}

export function createCallers({ authority }: SoakLab, { ports }: SoakService): Callers {
  const tls = { ca: authority.cert, ...authority.client({ name: "gatekeeper" }), servername: "localhost" };
  const client = createClient(tls);
  const policies = new Set<string>();
  return {
    surfaces: surfacesOver((listener, path, body) => client.post(ports[listener], path, body), policies),
    hangUp: (image, how) => leave({ port: ports.gatekeeper, ...tls }, providerRequest([image]), how),
    reconnect: () => client.reconnect(),
    disconnect: () => client.close(),
    policies,
  };
}

type Post = (listener: ListenerName, path: string, body: unknown) => Promise<JsonAnswer>;

function surfacesOver(post: Post, policies: Set<string>): readonly Surface[] {
  return [
    {
      name: "Gatekeeper validate",
      ask: async (images) => {
        const { json } = await post("gatekeeper", "/v1/gatekeeper/validate", providerRequest(images));
        const { items, systemError } = json.response;
        if (systemError !== undefined) return images.map(() => "open");
        const keys = items.map(({ key }: Json) => key);
        demand(JSON.stringify(keys) === JSON.stringify(images.map(({ reference }) => reference)), json);
        return items.map(({ value }: Json) => saidOf(value.allow, value.outcome));
      },
    },
    {
      name: "Gatekeeper mutate",
      ask: async (images) => {
        const { json } = await post("gatekeeper", "/v1/gatekeeper/mutate", providerRequest(images));
        const { items, systemError } = json.response;
        if (systemError !== undefined) return images.map(() => "open");
        demand(items.length === images.length, json);
        return images.map(({ reference, digest, allowed }, index) => {
          demand(items[index].key === reference && items[index].value === `${reference}@${digest}`, json);
          // It judges nothing: a right digest is a right answer.
          return allowed ? "allow" : "deny";
        });
      },
    },
    {
      name: "Kyverno",
      ask: async (images) => {
        const { status, json } = await post("kyverno", "/v1/decisions", {
          images: images.map(({ reference }) => reference),
        });
        if (status !== 200) return faultOf(images, status, json);
        const said = images.map(({ reference }) => {
          const decision = json.decisions[reference];
          demand(decision !== undefined, json);
          policies.add(decision.policy.digest);
          return saidOf(decision.allow, decision.outcome);
        });
        demand(json.allow === said.every((one) => one === "allow"), json);
        return said;
      },
    },
    {
      name: "AdmissionReview",
      ask: async (images) => {
        const spec = podSpec(...images.map(({ reference }) => reference));
        const { status, json } = await post("admission", "/v1/admission/validate", review(spec));
        if (status !== 200) return faultOf(images, status, json);
        const { uid, allowed } = json.response;
        demand(uid === "soak" && typeof allowed === "boolean", json);
        // It speaks of all of them together: what is denied says nothing of each.
        return images.map((image) => (allowed ? "allow" : image.allowed ? "open" : "deny"));
      },
    },
    {
      name: "OPA",
      ask: (images) =>
        Promise.all(
          images.map(async ({ reference }): Promise<Said> => {
            const body = { input: { image: reference } };
            const { status, json } = await post("gatekeeper", "/v1/data/assay/decision", body);
            if (status !== 200) return faultOf([reference], status, json)[0] ?? "open";
            demand(typeof json.result === "object", json);
            return saidOf(json.result.allow, json.result.outcome);
          }),
        ),
    },
  ];
}

/** A fault must say so; nothing is decided then. */
function faultOf(asked: readonly unknown[], status: number, json: Json): readonly Said[] {
  demand(status >= 500 && typeof json === "object" && json.allow !== true, { status, json });
  return asked.map(() => "open");
}

function saidOf(allow: unknown, outcome: unknown): Said {
  demand(allow === (outcome === "allow"), { allow, outcome });
  return outcome === "allow" ? "allow" : outcome === "deny" ? "deny" : "open";
}

function demand(holds: boolean, answer: Json): void {
  if (!holds) throw new Error(`not an answer: ${JSON.stringify(answer).slice(0, 500)}`);
}

function providerRequest(images: readonly KnownImage[]): object {
  return {
    apiVersion: "externaldata.gatekeeper.sh/v1beta1",
    kind: "ProviderRequest",
    request: { keys: images.map(({ reference }) => reference) },
  };
}

function review(spec: ReturnType<typeof podSpec>): object {
  const pod = kindNamed("Pod");
  const { group, version, kind } = pod;
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "soak",
      kind: { group, version, kind },
      operation: "CREATE",
      namespace: "prod",
      object: objectOf(pod, spec),
    },
  };
}

function leave(
  to: {
    readonly port: number;
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly servername: string;
  },
  body: object,
  how: Parameters<Callers["hangUp"]>[1],
): Promise<void> {
  return new Promise((resolve) => {
    const text = JSON.stringify(body);
    const head = `POST /v1/gatekeeper/validate HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${String(text.length)}\r\n\r\n`;
    const sent = {
      "in the head": head.slice(0, 40),
      "in the body": `${head}${text.slice(0, 20)}`,
      "before the answer": `${head}${text}`,
    }[how];
    const socket = connect({ host: "127.0.0.1", ...to }, () => {
      socket.write(sent, () => setTimeout(() => socket.destroy(), 5));
    });
    socket.on("error", () => undefined).on("close", () => resolve());
  });
}
