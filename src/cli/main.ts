import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { describeThrown } from "../core/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io, Output } from "./io.ts";

// Node's default is a folder that every user of the machine shares; code that decides is not loaded from there.
enableCompileCache(join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "assay", "compiled"));

let outputFailed = false;

for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (thrown: unknown) => {
    process.stderr.write(`assay: a fault of assay itself: ${describeThrown(thrown)}\n`);
    process.exit(EXIT.undecided);
  });
}

const io: Io = {
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  env: process.env,
  clock: () => new Date(),
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
  onAskedToReload: (reload) => void process.on("SIGHUP", reload),
  onExit: (last) => void process.on("exit", last),
  untilAskedToEnd: () =>
    new Promise((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () => {
          // Who asks twice does not want to wait.
          process.once(signal, () => process.exit(EXIT.allow));
          resolve(signal);
        });
      }
    }),
};

const { runAssay } = await import("./run.ts");
end(await runAssay(process.argv.slice(2), io));

/** One line from the terminal; `undefined` where it was closed. */
async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      lines.once("close", () => resolve(undefined));
      lines.question(question).then(resolve, reject);
    });
  } finally {
    lines.close();
  }
}

function output(stream: NodeJS.WriteStream): Output {
  // A reader that left early (`assay … | head`) is no fault; a result that could not be written is.
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && stream === process.stdout) outputFailed = true;
  };
  stream.on("error", onError);
  return {
    write: (text) => {
      stream.write(text);
    },
    isTerminal: stream.isTTY,
  };
}

/** Ends once everything is written, without waiting for connections that are kept open. */
function end(code: ExitCode): void {
  // An error of the last write is told only after the write's own callback.
  const exit = () => process.exit(outputFailed && code === EXIT.allow ? EXIT.undecided : code);
  process.stdout.write("", () => process.stderr.write("", () => setImmediate(exit)));
}
