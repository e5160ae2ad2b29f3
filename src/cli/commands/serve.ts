import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { complain, type Io } from "../io.ts";
import type { Decider } from "../../server/index.ts";

/** Milliseconds in which `/readyz` says that the service ends before it stops to listen; an interactive end waits for nothing. */
const ANNOUNCE_MS = { SIGTERM: 3_000, SIGINT: 0 } as const;

export const serve: Command = {
  usage: "serve --config assay.yaml",
  description: [
    "Answers Gatekeeper, Kyverno and scripts over HTTP with the same decisions as `assay verify`. Logs are JSON lines",
    "on standard error. SIGTERM ends it once running requests are answered; SIGHUP reads certificates and tokens anew, and",
    "asks where the policies come from.",
    "What is wrong with the configuration is said, a line each, before anything listens.",
  ].join("\n"),
  flags: { config: { value: "FILE", help: "how the service runs (schemas/config.schema.json)" } },
  examples: ["assay serve --config assay.yaml"],
  positionals: { least: 0, most: 0, name: "" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const file = args.text("config");
  if (file === undefined) return complain(io, "--config is missing: assay serve --config assay.yaml");
  const { createLog, gatherLines, readConfig, ServiceMetrics, startService } =
    await import("../../server/index.ts");
  const config = await readConfig(file);
  if (!config.ok) return complain(io, config.reason.message);

  const lines = gatherLines((text) => io.stderr.write(text));
  io.onExit?.(lines.flush);
  const log = createLog(lines.write, io.clock);
  let current: Decider | null = null;
  const metrics = new ServiceMetrics(() => current);
  const { openOperations } = await import("../setup-operations.ts");
  const operations = await openOperations(config.value, metrics, io);
  if (!operations.ok) return complain(io, operations.reason.message);
  let [listening, announced] = [false, false];
  const sayReady = () => {
    if (announced || !listening || current?.ready() !== true) return;
    announced = true;
    log.info("ready", { policies: config.value.policies.map(({ name }) => name).join(" ") });
  };
  const { openService } = await import("../setup-service.ts");
  const { rehearse } = await import("../serving/rehearsal/rehearse.ts");
  const opened = await openService(config.value, io, log, {
    ...operations.value,
    activated: sayReady,
    rehearse,
  });
  if (!opened.ok) {
    await operations.value.close();
    return complain(io, opened.reason.message);
  }
  const { decider } = opened.value;
  current = decider;
  const close = async () => {
    await opened.value.close();
    await operations.value.close();
  };

  const asked = io.untilAskedToEnd();
  const started = await startService(config.value, () => decider, { log, operations: operations.value });
  if (!started.ok) {
    await close();
    return complain(io, started.reason.message);
  }
  io.onAskedToReload?.(() => {
    log.info("reloading");
    decider.refresh?.();
    void Promise.all([started.value.refresh(), operations.value.reopen()]);
  });
  listening = true;
  sayReady();
  await started.value.close({ announceMs: ANNOUNCE_MS[await asked] });
  await close();
  lines.flush();
  return EXIT.allow;
}
