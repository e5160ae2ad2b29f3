import { Ajv } from "ajv";
import {
  DEFAULT_JSON_LIMITS,
  failure,
  isObject,
  oneLine,
  parseStrictJson,
  success,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import { evaluate } from "../../decision/index.ts";
import type { InputDocument } from "../../normalization/index.ts";
import { traceRule } from "../../policy/index.ts";
import inputSchema from "../../../schemas/input.schema.json" with { type: "json" };
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import type { ExitCode } from "../exit-code.ts";
import { readInputFile } from "../files.ts";
import { AT_FLAG, EXPLAIN_FLAG, OUTPUTS, POLICY_FLAGS } from "../flags.ts";
import { complain, type Io } from "../io.ts";
import { renderDecisions } from "../render/decisions.ts";
import { EXPLAIN_IN_TEXT, explainBy } from "../render/explanation.ts";
import { renderTrace } from "../render/trace.ts";
import { policyDemandSetting, timeSetting } from "../settings.ts";
import { openEvaluating } from "../setup.ts";
import { parseTime } from "../time.ts";
import { exitCodeOf } from "../verdict.ts";

const LARGEST_INPUT = 64 * 1024 * 1024;

export const evaluateInput: Command = {
  usage: "eval --input FILE --policy POLICY",
  description: [
    "Evaluates a policy over an input document, as `assay evidence --output json` prints it. No network is used but for",
    "a policy behind a URL, and the document's own time is the clock, so the same document and policy give the same",
    "decision.",
  ].join("\n"),
  flags: {
    input: { value: "FILE", help: "the input document (schemas/input.schema.json), or an example" },
    ...POLICY_FLAGS,
    output: { value: "FORMAT", choices: OUTPUTS, help: "how to say it" },
    ...EXPLAIN_FLAG,
    trace: { help: "tell what rules print and note, or every step of --rule; needs OPA" },
    rule: { value: "CODE", help: "the rule that --trace follows: source.ref_allowed" },
    ...AT_FLAG,
  },
  examples: [
    "assay eval --input input.json --policy acme.tar.gz",
    "assay eval --input input.json --policy ./policy --at 2027-01-01T00:00:00Z --output json",
    "assay eval --input input.json --policy ./policy --explain",
    "assay eval --input input.json --policy ./policy --trace --rule source.ref_allowed",
  ],
  positionals: { least: 0, most: 0, name: "" },
  run: (args, io) => run(args, io),
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const file = args.text("input");
  if (file === undefined) return complain(io, "--input is missing: assay eval --input FILE --policy POLICY");
  const policy = args.text("policy");
  if (policy === undefined)
    return complain(io, "--policy is missing: assay eval --input FILE --policy POLICY");
  const output = args.text("output") ?? "text";
  if (args.has("explain") && output !== "text") return complain(io, EXPLAIN_IN_TEXT);
  if (args.has("trace") && output !== "text") return complain(io, "--trace goes with --output text alone");
  if (args.has("rule") && !args.has("trace")) return complain(io, "--rule goes with --trace");
  const at = timeSetting(args);
  if (!at.ok) return complain(io, at.reason.message);
  const recorded = await readInput(file);
  if (!recorded.ok) return complain(io, recorded.reason.message);
  const demand = policyDemandSetting(args, policy, false);
  if (!demand.ok) return complain(io, demand.reason.message);
  const opened = await openEvaluating(policy, demand.value, io);
  if (!opened.ok) return complain(io, opened.reason.message);

  const { context, rego, close } = opened.value;
  const { input, time: recordedTime } = recorded.value;
  const time = at.value ?? recordedTime;
  const judged = at.value === null ? input : { ...input, time: at.value.toISOString() };
  try {
    const decision = await evaluate(judged, context, time);
    const { bundle } = context.engine;
    if (args.has("trace")) {
      const rule = args.text("rule") ?? null;
      const document: JsonObject = JSON.parse(JSON.stringify(judged));
      const trace = await traceRule(rego(), bundle.data, document, { rule });
      if (!trace.ok) return complain(io, trace.reason.message);
      io.stdout.write(renderTrace(trace.value, rule));
    }
    const explain = args.has("explain") ? explainBy(bundle, rego()) : undefined;
    io.stdout.write(renderDecisions([{ decision, input: judged }], output, io, explain));
    return exitCodeOf([decision]);
  } finally {
    await close();
  }
}

async function readInput(
  file: string,
): Promise<Result<{ readonly input: InputDocument; readonly time: Date }>> {
  const bytes = await readInputFile(file, LARGEST_INPUT);
  if (!bytes.ok) return bytes;
  const json = parseStrictJson(bytes.value, { ...DEFAULT_JSON_LIMITS, values: Infinity });
  if (!json.ok) return failure(json.reason.code, `${oneLine(file)}: ${json.reason.message}`);
  const ajv = new Ajv({ strict: false, validateFormats: false, logger: false, ownProperties: true });
  const validate = ajv.compile<JsonValue & InputDocument>(inputSchema);
  const document = inputOfExample(json.value) ?? json.value;
  if (!validate(document)) {
    const [error] = validate.errors ?? [];
    const where = error?.instancePath === "" ? "the document" : oneLine(error?.instancePath ?? "");
    return failure(
      "input.invalid",
      `${oneLine(file)}: no input document: ${where} ${error?.message ?? "does not fit"}`,
    );
  }
  const time = parseTime(document.time);
  return time === undefined
    ? failure("input.invalid", `${oneLine(file)}: no input document: /time is no time of RFC 3339`)
    : success({ input: document, time });
}

/** The document of a policy's example, which stands there beside the decision that is expected of it. */
function inputOfExample(value: JsonValue): JsonValue | undefined {
  return isObject(value) && isObject(value["expect"]) ? value["input"] : undefined;
}
