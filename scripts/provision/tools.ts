/** `process.platform` and `process.arch`: `linux-x64`. */
export type Platform = `${NodeJS.Platform}-${NodeJS.Architecture}`;

/** A package of a Go module of this repository, where `go install` of a version is not enough. */
export interface GoModule {
  /** Absolute path of the folder with go.mod and go.sum. */
  readonly folder: string;
  /** A package that the module names as a tool, or one of its own (`./name`). */
  readonly package: string;
  /** String variables that the linker sets: a tool built in another module does not know its own version. */
  readonly variables?: Readonly<Record<string, string>>;
  /** It holds code in C: takes a C compiler besides. */
  readonly cgo?: true;
}

/** A published binary. It is never fetched without a checksum that stands here. */
export interface ReleaseAsset {
  readonly url: string;
  /** Lower-case hex, of the file as downloaded. */
  readonly sha256: string;
}

/** A build tool at exactly one version, and the ways in which it can be had. */
export interface Tool {
  /** Also the file's name. */
  readonly name: string;
  readonly version: string;
  /**
   * How it is asked for its version, and what of the answer is the version (the first group). One that cannot be asked
   * has `builtFrom`, and no arguments.
   */
  readonly versionArguments: readonly string[];
  readonly versionPattern: RegExp;
  /** The Go module that has its main package: the executable's own build information names its version. */
  readonly builtFrom?: string;
  /** A package that `go install` builds without a module of its own. */
  readonly goPackage?: string;
  /** A module of this repository that builds it, in place of `goPackage`. */
  readonly goModule?: GoModule;
  readonly release?: Readonly<Partial<Record<Platform, ReleaseAsset>>>;
  /** For people: where to get it. */
  readonly homepage: string;
}

/** Every build tool of this project. Another one is another entry; clients.ts has what only test/interop needs. */
export const tools: Readonly<Record<string, Tool>> = {
  opa: {
    name: "opa",
    version: "1.22.2",
    versionArguments: ["version"],
    versionPattern: /^Version:\s*v?(\S+)/mu,
    goPackage: "github.com/open-policy-agent/opa@v1.22.2",
    // The project publishes static binaries, but their checksums for this version could not be had from a second
    // source: until one stands here, nothing is downloaded. The Go toolchain checks against sum.golang.org.
    homepage: "https://github.com/open-policy-agent/opa/releases/tag/v1.22.2",
  },
};

export function thisPlatform(): Platform {
  return `${process.platform}-${process.arch}`;
}

/** The tool's file name on this machine. */
export function executableName(tool: Tool): string {
  return process.platform === "win32" ? `${tool.name}.exe` : tool.name;
}
