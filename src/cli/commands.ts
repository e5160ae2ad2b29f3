import type { Command } from "./command.ts";

export interface CommandEntry {
  readonly summary: string;
  /** Loaded when it is called for: what a command does not need does not cost its start. */
  readonly load: () => Promise<Command>;
}

/** Every command by its words. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  verify: {
    summary: "decide about images, and say why",
    load: async () => (await import("./commands/verify.ts")).verify,
  },
  evidence: {
    summary: "show the evidence found for an image",
    load: async () => (await import("./commands/evidence.ts")).evidence,
  },
  eval: {
    summary: "evaluate a policy over a recorded input document",
    load: async () => (await import("./commands/eval.ts")).evaluateInput,
  },
  serve: {
    summary: "run the service",
    load: async () => (await import("./commands/serve.ts")).serve,
  },
  "policy init": {
    summary: "write a policy that works, to begin from",
    load: async () => (await import("./commands/policy-init.ts")).policyInit,
  },
  "policy build": {
    summary: "compile a policy folder into a bundle",
    load: async () => (await import("./commands/policy-build.ts")).policyBuild,
  },
  "policy check": {
    summary: "find what is wrong with a policy before anybody relies on it",
    load: async () => (await import("./commands/policy-check.ts")).policyCheck,
  },
  "policy test": {
    summary: "run a policy's tests and examples",
    load: async () => (await import("./commands/policy-test.ts")).policyTest,
  },
  "policy inspect": {
    summary: "tell what a policy or a bundle holds",
    load: async () => (await import("./commands/policy-inspect.ts")).policyInspect,
  },
  "policy diff": {
    summary: "tell what is stricter or looser in another policy",
    load: async () => (await import("./commands/policy-diff.ts")).policyDiff,
  },
  "policy sign": {
    summary: "sign a policy bundle, by key or keyless",
    load: async () => (await import("./commands/policy-sign.ts")).policySign,
  },
  "policy verify": {
    summary: "verify who signed a policy bundle, and its provenance",
    load: async () => (await import("./commands/policy-verify.ts")).policyVerify,
  },
  "policy lock": {
    summary: "pin the policy that a source has now",
    load: async () => (await import("./commands/policy-lock.ts")).policyLock,
  },
  "policy push": {
    summary: "publish a policy bundle in a registry or on a server",
    load: async () => (await import("./commands/policy-push.ts")).policyPush,
  },
  "policy pull": {
    summary: "fetch a policy bundle into a file, once it is verified",
    load: async () => (await import("./commands/policy-pull.ts")).policyPull,
  },
  "trust refresh": {
    summary: "fetch the public Sigstore's trusted root, or another's, by TUF",
    load: async () => (await import("./commands/trust-refresh.ts")).trustRefresh,
  },
  "verify-bundle": {
    summary: "verify one Sigstore bundle",
    load: async () => (await import("./commands/verify-bundle.ts")).verifyOneBundle,
  },
};
