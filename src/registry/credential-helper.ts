import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { failure, parseStrictJson, stringAt, success, type Result } from "../core/index.ts";
import type { Credential, CredentialCode, CredentialOptions } from "./credential.ts";

type Found = Result<Credential | undefined, CredentialCode>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const TIMEOUT_MS = 10_000;
const MAX_OUTPUT = 64 * 1024;
const REMEMBER_MS = 60_000;

/** Within it, what was asked for anew is not asked for anew again. */
const FRESH_MS = 1_000;

/** Anybody may name any registry, and a `credsStore` is asked about each. */
const MOST_REMEMBERED = 1_000;

/** A run of a helper, finished or not. */
interface Run {
  readonly began: number;
  /** Whether it was made because the answer before it had been refused. */
  readonly fresh: boolean;
  readonly answer: Promise<Found>;
  pending: boolean;
}

/**
 * Runs Docker's credential helpers (`docker-credential-NAME get`) and remembers their answers for a minute, which is less
 * than any cloud's token lasts; what is refused before is asked for anew. Many who ask at once share one run, and answers
 * that are refused again and again cause one run a second. Only an absolute path found on an absolute entry of PATH is
 * run, never one in the working folder (T029).
 */
export class HelperRunner {
  readonly #environment: () => NodeJS.ProcessEnv;
  readonly #runs = new Map<string, Run>();

  /** `environment`: of the helpers; PATH in it says where they are. */
  constructor(environment: () => NodeJS.ProcessEnv = () => process.env) {
    this.#environment = environment;
  }

  async get(name: string, server: string, { fresh }: CredentialOptions): Promise<Found> {
    const key = `${name} ${server}`;
    const known = this.#runs.get(key);
    if (known !== undefined && isGood(known, fresh)) return known.answer;
    const answer = ask(name, server, this.#environment());
    const run: Run = { began: performance.now(), fresh, answer, pending: true };
    this.#runs.delete(key);
    this.#runs.set(key, run);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_REMEMBERED && oldest !== undefined) this.#runs.delete(oldest);
    const found = await answer;
    run.pending = false;
    // A fault may pass; what was found out may be remembered.
    if (!found.ok && this.#runs.get(key) === run) this.#runs.delete(key);
    return found;
  }
}

function isGood({ began, fresh, pending }: Run, wanted: boolean): boolean {
  // What has not been answered cannot have been refused.
  if (pending) return true;
  const age = performance.now() - began;
  return age < (wanted ? (fresh ? FRESH_MS : 0) : REMEMBER_MS);
}

async function ask(name: string, server: string, environment: NodeJS.ProcessEnv): Promise<Found> {
  if (!NAME.test(name)) return failed("Docker's config.json names a credential helper with a strange name");
  const path = await findOnPath(`docker-credential-${name}`, environment);
  if (path === undefined) return failed(`docker-credential-${name} is not on PATH`);
  const run = await execute(path, server, environment);
  if (run === undefined) return failed(`docker-credential-${name} did not answer as it should`);
  if (run.status !== 0) {
    return run.output.toString("utf8").includes("credentials not found")
      ? success(undefined)
      : failed(`docker-credential-${name} failed with status ${run.status}`);
  }
  return read(name, server, run.output);
}

function read(name: string, server: string, output: Buffer): Found {
  const parsed = parseStrictJson(output, { bytes: MAX_OUTPUT, depth: 5 });
  const username = parsed.ok ? stringAt(parsed.value, "Username") : undefined;
  const secret = parsed.ok ? stringAt(parsed.value, "Secret") : undefined;
  if (!parsed.ok || username === undefined || secret === undefined) {
    return failed(`docker-credential-${name} answered no JSON with Username and Secret`);
  }
  const answered = stringAt(parsed.value, "ServerURL") ?? "";
  // Some key stores match loosely and hand out another server's secret.
  if (answered !== "" && hostOf(answered) !== hostOf(server)) {
    return failed(`docker-credential-${name} answered for another server than it was asked for`);
  }
  if (secret === "") return success(undefined);
  return success(
    username === "<token>"
      ? { kind: "identity-token", token: secret }
      : { kind: "basic", username, password: secret },
  );
}

function hostOf(server: string): string {
  return server
    .replace(/^https?:\/\//, "")
    .replace(/\/.*$/, "")
    .toLowerCase();
}

async function findOnPath(binary: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (environment["PATH"] ?? "").split(delimiter)) {
    if (!isAbsolute(folder) || resolve(folder) === process.cwd()) continue;
    const path = join(folder, binary);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Status and standard output; `undefined` where it took too long, said too much or could not be run. */
function execute(
  path: string,
  input: string,
  env: NodeJS.ProcessEnv,
): Promise<{ status: number; output: Buffer } | undefined> {
  return new Promise((done) => {
    const child = spawn(path, ["get"], { stdio: ["pipe", "pipe", "ignore"], cwd: "/", env });
    const chunks: Buffer[] = [];
    let length = 0;
    const giveUp = () => {
      child.kill("SIGKILL");
      child.stdout.destroy();
      done(undefined);
    };
    const timer = setTimeout(giveUp, TIMEOUT_MS);
    child.on("error", giveUp);
    child.stdin.on("error", () => undefined);
    child.stdout.on("data", (chunk: Buffer) => {
      length += chunk.byteLength;
      if (length > MAX_OUTPUT) giveUp();
      else chunks.push(chunk);
    });
    child.on("close", (status) => {
      clearTimeout(timer);
      done(status === null ? undefined : { status, output: Buffer.concat(chunks) });
    });
    child.stdin.end(input);
  });
}

function failed(message: string): Found {
  return failure("credentials.helper_failed", message);
}
