import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io } from "../../src/cli/io.ts";
import { openService } from "../../src/cli/setup-service.ts";
import type { JsonValue } from "../../src/core/index.ts";
import { createLog, readConfig, ServiceMetrics, startService, type Decider } from "../../src/server/index.ts";
import { createWorld, POLICY, valueOf, type World } from "../decision/world.ts";
import { policyFolder, removeFolders } from "../policy/source/policy-folder.ts";
import { kindNamed, objectOf, reviewOf } from "../server/admission/objects.ts";
import {
  base64,
  dockerSecret,
  OWN_TOKEN,
  startApiServer,
  type LabApiServer,
} from "../server/pull-secrets/api-server.ts";

const PASSWORD = "s3cr3t-canary";

describe("a service that may use pull secrets", () => {
  let world: World;
  let api: LabApiServer;
  let folder: string;
  before(async () => {
    world = await createWorld();
    api = await startApiServer();
    folder = await mkdtemp(join(tmpdir(), "assay-pull-"));
    world.registry.misbehave = ({ headers }) =>
      headers["authorization"] === `Basic ${base64(`robot:${PASSWORD}`)}`
        ? undefined
        : { status: 401, headers: { "www-authenticate": 'Basic realm="lab"' }, body: "{}" };
  });
  after(async () => {
    removeFolders();
    await Promise.all([world.close(), api.close(), rm(folder, { recursive: true })]);
  });

  const serve = async (pullSecrets: boolean) => {
    const policy = policyFolder({
      "policy.yaml": POLICY,
      "trust/lab.json": JSON.stringify(world.sigstore.trustedRoot),
      "trust/release.pub": world.key.pem,
    });
    const { server, ca, token } = api.settings;
    const text = {
      listeners: { api: { address: "127.0.0.1:0" }, metrics: { address: "127.0.0.1:0" } },
      policies: [{ source: policy }],
      ...(pullSecrets && {
        pullSecrets: { server: server.origin, ca, token, surfaces: ["admission", "gatekeeper", "data-api"] },
      }),
    };
    const file = join(folder, "assay.yaml");
    await writeFile(file, JSON.stringify(text));
    const config = valueOf(await readConfig(file));
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line));
    const io: Pick<Io, "clock" | "env"> = { clock: () => new Date(), env: {} };
    let decider: Decider | null = null;
    const metrics = new ServiceMetrics(() => decider);
    const opened = valueOf(await openService(config, io as Io, log, { metrics }));
    ({ decider } = opened);
    const running = valueOf(await startService(config, () => decider, { log, operations: { metrics } }));
    const portOf = (name: string) => running.listeners.find((one) => one.name === name)?.port ?? 0;
    return {
      lines,
      ask: (method: string, path: string, body?: JsonValue) =>
        call(portOf(path === "/metrics" ? "metrics" : "api"), method, path, body),
      close: async () => {
        await running.close({ announceMs: 0 });
        await opened.close();
      },
    };
  };

  it("T240 T207 T028 admits a private image in the namespace whose secret opens it, on every surface that is configured", async () => {
    const image = world.push("acme/served");
    image.attach(world.attest(image.digest));
    api.putSecret("team-a", "regcred", dockerSecret({ [world.registry.host]: `robot:${PASSWORD}` }));
    api.putAccount("team-a", "default", ["regcred"]);
    const { ask, lines, close } = await serve(true);
    const pod = objectOf(kindNamed("Pod"), { containers: [{ name: "a", image: image.reference }] });
    const answers: unknown[] = [];
    const look = async (namespace: string) => {
      const validated = await ask("POST", "/v1/admission/validate", reviewOf(pod, { namespace }));
      const mutated = await ask("POST", "/v1/admission/mutate", reviewOf(pod, { namespace }));
      const keyed = await ask("POST", "/v1/gatekeeper/validate", {
        apiVersion: "externaldata.gatekeeper.sh/v1beta1",
        kind: "ProviderRequest",
        request: { keys: [`[${namespace}]${image.reference}`] },
      });
      const data = await ask("POST", "/v1/data/assay/allow", {
        input: { image: image.reference, namespace },
      });
      const decisions = await ask("POST", "/v1/decisions", { images: [image.reference], namespace });
      answers.push(validated, mutated, keyed, data, decisions);
      return [
        validated.response.allowed,
        mutated.response.patch !== undefined,
        keyed.response.items?.[0].value.allow ?? keyed.response.systemError,
        data.result,
        decisions.allow,
      ];
    };
    try {
      // What `POST /v1/decisions` says is on nobody's word here: its surface is not configured.
      expect(await look("team-a")).to.deep.equal([true, true, true, true, false]);
      expect(await look("team-b")).to.deep.equal([
        false,
        false,
        "assay: 1 of 1 images could not be decided (registry.auth_failed): try again",
        false,
        false,
      ]);
      expect(await look("team-a")).to.deep.equal([true, true, true, true, false]);
      const said = [lines.join("\n"), JSON.stringify(answers), await ask("GET", "/metrics")].join("\n");
      for (const canary of [PASSWORD, base64(`robot:${PASSWORD}`), OWN_TOKEN, "tenant:"]) {
        expect(said).to.not.contain(canary);
      }
    } finally {
      await close();
    }
  });

  it("T240 without configuration no secret is read", async () => {
    const image = world.push("acme/unserved");
    api.putSecret("team-a", "regcred", dockerSecret({ [world.registry.host]: `robot:${PASSWORD}` }));
    const { ask, close } = await serve(false);
    api.asked.length = 0;
    try {
      const pod = objectOf(kindNamed("Pod"), {
        imagePullSecrets: [{ name: "regcred" }],
        containers: [{ name: "a", image: image.reference }],
      });
      const { response } = await ask(
        "POST",
        "/v1/admission/validate",
        reviewOf(pod, { namespace: "team-a" }),
      );
      expect(response.allowed).to.equal(false);
      expect(api.asked).to.deep.equal([]);
    } finally {
      await close();
    }
  });
});

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
function call(port: number, method: string, path: string, body?: JsonValue): Promise<any> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const asking = request({ port, method, path, agent: false }, (response) => {
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString()));
    response.on("end", () => {
      resolve(
        response.headers["content-type"]?.startsWith("application/json") === true ? JSON.parse(text) : text,
      );
    });
  });
  asking.on("error", reject);
  asking.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}
