import { basename } from "node:path";
import { failure, oneLine, success, type Result } from "../../core/index.ts";
import type { Arguments } from "../arguments.ts";
import { readInputFile } from "../files.ts";
import type { Io } from "../io.ts";
import { hasGroups, isOwnHost, profileOf, usualHost, type Asked } from "./profiles.ts";
import { CI_NAMES, type Answers, type CiName } from "./types.ts";

const LARGEST_KEY = 64 * 1024;
const LARGEST_ROOT = 10 * 1024 * 1024;
const EMBEDDED_ROOT = "public-good";

/** Nobody to ask. */
const SILENT = {};

/** One thing that must be known: the flag that gives it, the question that asks for it, and what is wrong with an answer. */
interface Wanted {
  readonly flag: "organization" | "ci" | "host" | "registry";
  readonly question: string;
  readonly fault: (answer: string) => string | undefined;
}

const ORGANIZATION: Wanted = {
  flag: "organization",
  question: "Organization that owns the source repositories, such as acme",
  fault: (answer) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,98}(?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,98}){0,9}$/.test(answer)
      ? undefined
      : "expected the name of an organization or a group, such as acme or acme/platform",
};

const CI: Wanted = {
  flag: "ci",
  question: `Build system (${CI_NAMES.join(", ")})`,
  fault: (answer) => (isCi(answer) ? undefined : `expected one of ${CI_NAMES.join(", ")}`),
};

const HOST: Wanted = {
  flag: "host",
  question: "Host of the source repositories, such as gitlab.example.com",
  fault: (answer) =>
    /^(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?::[1-9]\d{0,4})?$/.test(
      answer,
    )
      ? undefined
      : "expected the name of a host in lower case, without scheme or path, such as gitlab.example.com",
};

const REGISTRY: Wanted = {
  flag: "registry",
  question: "Registry and path of the images, such as ghcr.io/acme",
  fault: (answer) => {
    const [host = ""] = answer.split("/");
    const named = /^(?:[a-z0-9.-]+\.[a-z0-9-]+|localhost)(?::\d{1,5})?$/.test(host) || /:\d{1,5}$/.test(host);
    return named && /^[a-z0-9.:-]+(?:\/[a-z0-9._-]+)*$/.test(answer)
      ? undefined
      : "expected a registry and a path in lower case, without scheme or tag, such as ghcr.io/acme";
  },
};

/**
 * What the flags say and, on a terminal, what is asked beside them. Code: `usage`: an answer that is none, or one that is
 * missing where nobody can be asked.
 */
export async function readAnswers(args: Arguments, io: Io): Promise<Result<Answers, "usage">> {
  if (args.has("branch") && args.has("tags")) {
    return failure(
      "usage",
      "--branch and --tags exclude each other: releases are built from one or the other",
    );
  }
  const missing = [ORGANIZATION, CI, REGISTRY].filter(({ flag }) => !args.has(flag));
  if (missing.length > 0 && io.ask === undefined) {
    const flags = missing.map(({ flag }) => `--${flag}`).join(", ");
    return failure("usage", `there is no terminal to ask on; give ${flags} (assay policy init --help)`);
  }
  const organization = await answer(ORGANIZATION, args, io, undefined);
  if (!organization.ok) return organization;
  const ci = await answer(CI, args, io, "github");
  if (!ci.ok) return ci;
  const system = isCi(ci.value) ? ci.value : "github";
  // Whose GitHub or Google it is, is seldom a question; where other builders' sources lie, always.
  const isAsked = missing.length > 0 && system !== "github" && system !== "gcb";
  const host = await answer(HOST, args, isAsked ? io : SILENT, usualHost(system));
  if (!host.ok) return host;
  if (organization.value.includes("/") && !hasGroups({ ci: system, host: host.value })) {
    return failure(
      "usage",
      `--organization ${organization.value}: only GitLab has groups in groups; name the owner, or the host by --host`,
    );
  }
  const registry = await answer(REGISTRY, args, io, undefined);
  if (!registry.ok) return registry;
  const ref = await refAnswer(args, missing.length > 0 ? io : undefined);
  if (!ref.ok) return ref;
  const known = {
    organization: organization.value,
    ci: system,
    host: host.value,
    registry: registry.value.replace(/\/$/, ""),
    ref: ref.value,
  };
  const asking = missing.length > 0 ? io : undefined;
  const key = await keyAnswer(known, args, asking);
  if (!key.ok) return key;
  const trustedRoot = await rootAnswer(known, args, asking);
  return trustedRoot.ok ? success({ ...known, key: key.value, trustedRoot: trustedRoot.value }) : trustedRoot;
}

async function answer(
  { flag, question, fault }: Wanted,
  args: Arguments,
  io: Pick<Io, "ask">,
  usual: string | undefined,
): Promise<Result<string, "usage">> {
  const given = args.text(flag);
  const text = given ?? (await ask(io, question, usual));
  if (text === undefined || text === "") return failure("usage", `--${flag} is missing: ${question}`);
  const wrong = fault(text);
  return wrong === undefined ? success(text) : failure("usage", `--${flag} ${oneLine(text, 80)}: ${wrong}`);
}

async function refAnswer(args: Arguments, io: Io | undefined): Promise<Result<Answers["ref"], "usage">> {
  if (args.has("tags")) return success({ kind: "tags" });
  const given = args.text("branch");
  const asked =
    given === undefined && io !== undefined
      ? await ask(io, "Branch that releases are built from, or `tags` for tags v*", "main")
      : undefined;
  if (asked === "tags") return success({ kind: "tags" });
  const name = given ?? asked ?? "main";
  return /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(name)
    ? success({ kind: "branch", name })
    : failure("usage", `--branch ${oneLine(name, 80)}: expected the name of a branch, such as main`);
}

async function keyAnswer(
  known: Asked,
  args: Arguments,
  io: Io | undefined,
): Promise<Result<string | null, "usage">> {
  const { signs, title } = profileOf(known);
  const given = args.text("key");
  if (signs === "certificate") {
    return given === undefined
      ? success(null)
      : failure("usage", `--key: ${title} signs with certificates; add keys to policy.yaml by hand`);
  }
  const asked =
    given === undefined && io !== undefined
      ? await ask(io, `File of the public key that ${title} signs with (empty: put it there later)`, "")
      : undefined;
  const path = given ?? asked ?? "";
  if (path === "") return success(null);
  const bytes = await readInputFile(path, LARGEST_KEY);
  return bytes.ok ? success(bytes.value.toString("utf8")) : failure("usage", bytes.reason.message);
}

/** The trusted root of the Sigstore that certifies the pipelines of a host of one's own. */
async function rootAnswer(
  known: Asked,
  args: Arguments,
  io: Io | undefined,
): Promise<Result<Answers["trustedRoot"], "usage">> {
  const [given, second] = args.texts("trusted-root");
  if (second !== undefined)
    return failure("usage", "--trusted-root is given twice; pipelines are certified by one Sigstore");
  const { signs, title } = profileOf(known);
  if (signs === "key") {
    return given === undefined
      ? success(null)
      : failure("usage", `--trusted-root: ${title} signs with a key; add roots to trust/ by hand`);
  }
  const question = `File of the trusted_root.json that certifies ${known.host} (empty: put it into trust/ later)`;
  const asked =
    given === undefined && io !== undefined && isOwnHost(known) ? await ask(io, question, "") : undefined;
  const path = given ?? asked ?? "";
  if (path === "") return success(null);
  const name = basename(path, ".json");
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) || name === EMBEDDED_ROOT) {
    return failure(
      "usage",
      `--trusted-root ${oneLine(path)}: expected a file name of letters, digits, . _ and -, and another than ${EMBEDDED_ROOT}`,
    );
  }
  const bytes = await readInputFile(path, LARGEST_ROOT);
  return bytes.ok
    ? success({ name, text: bytes.value.toString("utf8") })
    : failure("usage", bytes.reason.message);
}

async function ask(
  io: Pick<Io, "ask">,
  question: string,
  usual: string | undefined,
): Promise<string | undefined> {
  const hint = usual === undefined || usual === "" ? "" : ` [${usual}]`;
  const line = await io.ask?.(`${question}${hint}: `);
  const text = line?.trim();
  return text === "" || text === undefined ? usual : text;
}

function isCi(text: string): text is CiName {
  return CI_NAMES.some((name) => name === text);
}
