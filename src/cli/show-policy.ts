import { oneLine, type Result } from "../core/index.ts";
import type { Io } from "./io.ts";
import type { PolicyDemand } from "./policy-demand.ts";
import { openPolicyToShow, type OpenOptions, type PolicyWithSources } from "./policy.ts";
import { startTransfer } from "./progress.ts";

/** A policy for a command that shows or compares it; where it is not known who signed it, a line says so. */
export async function showPolicy(
  source: string,
  demand: PolicyDemand,
  io: Io,
  options: Pick<OpenOptions, "unsignedFolders"> = {},
): Promise<Result<PolicyWithSources>> {
  const transfer = startTransfer(io, `fetching ${oneLine(source, 200)}`);
  const opened = await openPolicyToShow(source, { ...options, demand, now: io.clock(), transfer });
  if (!opened.ok) return opened;
  const { unverified } = opened.value;
  if (unverified !== null) io.stderr.write(`assay: ${oneLine(source)} ${unverified}\n`);
  return opened;
}
