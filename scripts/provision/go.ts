import { hash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tool } from "./tools.ts";

/** One call of the Go toolchain that puts the tool's executable into the folder `work`. */
export interface GoBuild {
  readonly arguments: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** How Go makes the tool; `undefined` where it has no package to make it from. */
export function goBuild(tool: Tool, work: string, executable: string): GoBuild | undefined {
  if (tool.goModule !== undefined) {
    const { folder, package: path, variables = {}, cgo = false } = tool.goModule;
    const set = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
    const flags = ["-s", "-w", ...set].join(" ");
    return {
      arguments: ["build", "-C", folder, "-ldflags", flags, "-o", join(work, executable), path],
      // -mod=readonly: what go.sum does not hold is refused, never added.
      env: { GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off", CGO_ENABLED: cgo ? "1" : "0" },
    };
  }
  if (tool.goPackage === undefined) return undefined;
  return {
    arguments: ["install", "-ldflags", "-s -w", tool.goPackage],
    // -mod=mod: a vendoring default of the user's must not reach a build outside any module.
    env: { GOBIN: work, GOFLAGS: "-mod=mod", CGO_ENABLED: "0" },
  };
}

/** Tells builds of one version apart: over the module's go.mod, go.sum and sources. Empty for a tool without module. */
export function sourceKey({ goModule }: Tool): string {
  if (goModule === undefined) return "";
  const files = globSync(["go.mod", "go.sum", "**/*.go"], { cwd: goModule.folder }).toSorted();
  const contents = files.flatMap((file) => [file, readFileSync(join(goModule.folder, file), "hex")]);
  return `-${hash("sha256", JSON.stringify(contents)).slice(0, 16)}`;
}
