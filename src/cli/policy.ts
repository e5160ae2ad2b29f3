import { failure, type Result } from "../core/index.ts";
import type { PolicyBundle, PolicyEngine } from "../policy/index.ts";
import type { TrustMaterial } from "../verification/index.ts";
import type { Identity, TrustSettings } from "./settings.ts";

export async function openPolicy(source: string): Promise<Result<PolicyBundle>> {
  return failure("todo", source);
}
export async function openAdHocPolicy(
  _settings: { trust: TrustSettings; identity: Identity | null },
  _trust: TrustMaterial,
): Promise<Result<PolicyBundle>> {
  return failure("todo", "");
}
export async function loadEngine(
  _bundle: PolicyBundle,
  _o?: { workers: number },
): Promise<Result<PolicyEngine>> {
  return failure("todo", "");
}
