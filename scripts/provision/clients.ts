import { join } from "node:path";
import type { Tool } from "./tools.ts";

/** A Go module that pins a client's version in its go.mod and every source that it is built from in its go.sum. */
const module = (name: string): string => join(import.meta.dirname, "../../test/interop/modules", name);

const K8S = { version: "1.36.3", module: "k8s.io/component-base/version" };

/** A part of a control plane that runs as a plain process. */
function controlPlane<const T extends Pick<Tool, "name" | "version" | "homepage">>(
  tool: T,
  builtFrom: string,
  path: string,
  variables: Readonly<Record<string, string>> = {},
  pinnedIn = "control-plane",
) {
  return {
    ...tool,
    versionArguments: [],
    versionPattern: /$./,
    builtFrom,
    goModule: { folder: module(pinnedIn), package: path, variables },
  };
}

/** Kubernetes tells clients what the linker told it. */
function kubernetes<const T extends string>(name: T) {
  const [major = "", minor = ""] = K8S.version.split(".");
  const homepage = `https://github.com/kubernetes/kubernetes/releases/tag/v${K8S.version}`;
  const tool = { name, version: K8S.version, homepage };
  return controlPlane(tool, "k8s.io/kubernetes", `k8s.io/kubernetes/cmd/${name}`, {
    [`${K8S.module}.gitVersion`]: `v${K8S.version}`,
    [`${K8S.module}.gitMajor`]: major,
    [`${K8S.module}.gitMinor`]: minor,
  });
}

function kyverno<const T extends string>(name: T, path: string) {
  const version = "1.19.1";
  const homepage = `https://github.com/kyverno/kyverno/releases/tag/v${version}`;
  const from = "github.com/kyverno/kyverno";
  return controlPlane({ name, version, homepage }, from, `${from}/cmd/${path}`, {}, "kyverno");
}

/** Real clients and servers that the interoperability suites and benchmarks run; the registries listen on loopback alone. */
export const clients = {
  oras: {
    name: "oras",
    version: "1.3.6",
    versionArguments: ["version"],
    versionPattern: /^Version:\s*v?([^\s+]+)/mu,
    goModule: { folder: module("oras"), package: "oras.land/oras/cmd/oras" },
    homepage: "https://github.com/oras-project/oras/releases/tag/v1.3.6",
  },
  conftest: {
    name: "conftest",
    version: "0.71.1",
    versionArguments: ["--version"],
    versionPattern: /^Conftest: (\S+)$/mu,
    goModule: {
      folder: module("conftest"),
      package: "github.com/open-policy-agent/conftest",
      variables: { "github.com/open-policy-agent/conftest/internal/version.Version": "0.71.1" },
    },
    homepage: "https://github.com/open-policy-agent/conftest/releases/tag/v0.71.1",
  },
  crane: {
    name: "crane",
    version: "0.22.1",
    versionArguments: ["version"],
    versionPattern: /^v?(\S+)$/mu,
    goModule: {
      folder: module("registries"),
      package: "github.com/google/go-containerregistry/cmd/crane",
      variables: { "github.com/google/go-containerregistry/cmd/crane/cmd.Version": "0.22.1" },
    },
    homepage: "https://github.com/google/go-containerregistry/releases/tag/v0.22.1",
  },
  cosign: {
    name: "cosign",
    version: "3.1.3",
    versionArguments: ["version"],
    versionPattern: /^GitVersion:\s*v?(\S+)/mu,
    goModule: {
      folder: module("cosign"),
      package: "github.com/sigstore/cosign/v3/cmd/cosign",
      variables: { "sigs.k8s.io/release-utils/version.gitVersion": "v3.1.3" },
    },
    homepage: "https://github.com/sigstore/cosign/releases/tag/v3.1.3",
  },
  /** Judges bundles with the library that cosign verifies with. */
  "sigstore-go": {
    name: "sigstore-go",
    version: "1.3.0",
    versionArguments: ["-version"],
    versionPattern: /^sigstore-go (\S+)$/mu,
    goModule: { folder: module("sigstore-go"), package: "." },
    homepage: "test/interop/modules/sigstore-go",
  },
  /** Signs and verifies with the library of the Notary Project. */
  notation: {
    name: "notation",
    version: "1.3.2",
    versionArguments: ["-version"],
    versionPattern: /^notation-go (\S+)$/mu,
    goModule: { folder: module("notation"), package: "." },
    homepage: "test/interop/modules/notation",
  },
  /** Evaluates policies with OPA's own library; the benchmark compares with it. */
  "opa-in-process": {
    name: "opa-in-process",
    version: "1.22.2",
    versionArguments: ["-version"],
    versionPattern: /^opa-in-process (\S+)$/mu,
    goModule: { folder: join(import.meta.dirname, "../../bench/opa-in-process"), package: "." },
    homepage: "bench/opa-in-process",
  },
  /** CNCF distribution: the registry that most people run; it has no referrers API. */
  distribution: {
    name: "registry",
    version: "3.1.2",
    versionArguments: ["--version"],
    versionPattern: /\bv?(\d\S*)$/mu,
    goModule: {
      folder: module("distribution"),
      package: "github.com/distribution/distribution/v3/cmd/registry",
      variables: { "github.com/distribution/distribution/v3/version.version": "v3.1.2" },
    },
    homepage: "https://github.com/distribution/distribution/releases/tag/v3.1.2",
  },
  /** Lists referrers as the specification asks for. */
  conforming: {
    name: "conforming",
    version: "1",
    versionArguments: ["-version"],
    versionPattern: /^conforming (\S+)$/mu,
    goModule: { folder: module("registries"), package: "./conforming" },
    homepage: "test/interop/modules/registries",
  },
  /** Lists referrers under a wrong artifactType. */
  misreporting: {
    name: "misreporting",
    version: "1",
    versionArguments: ["-version"],
    versionPattern: /^misreporting (\S+)$/mu,
    goModule: { folder: module("registries"), package: "./misreporting" },
    homepage: "test/interop/modules/registries",
  },
  /** Gatekeeper's constraint framework, mutation system and external data client, without a cluster. */
  "gatekeeper-engine": {
    name: "gatekeeper-engine",
    version: "3.23.1",
    versionArguments: ["-version"],
    versionPattern: /^gatekeeper-engine (\S+)$/mu,
    goModule: { folder: module("gatekeeper-engine"), package: "." },
    homepage: "test/interop/modules/gatekeeper-engine",
  },
  /** With the engine for WebAssembly, as OPA's releases for Linux have it; OPA from `go install` has none. */
  "opa-wasm": {
    name: "opa-wasm",
    version: "1.22.2",
    versionArguments: ["version"],
    versionPattern: /^Version:\s*v?(\S+)/mu,
    goModule: { folder: module("opa-wasm"), package: ".", cgo: true },
    homepage: "https://github.com/open-policy-agent/opa/releases/tag/v1.22.2",
  },
  helm: {
    name: "helm",
    version: "4.3.1",
    versionArguments: ["version", "--template", "{{.Version}}\n"],
    versionPattern: /^v?(\S+)$/mu,
    goModule: {
      folder: module("helm"),
      package: "helm.sh/helm/v4/cmd/helm",
      variables: { "helm.sh/helm/v4/internal/version.version": "v4.3.1" },
    },
    homepage: "https://github.com/helm/helm/releases/tag/v4.3.1",
  },
  etcd: controlPlane(
    { name: "etcd", version: "3.6.8", homepage: "https://github.com/etcd-io/etcd/releases/tag/v3.6.8" },
    "go.etcd.io/etcd/server/v3",
    "go.etcd.io/etcd/server/v3",
  ),
  "kube-apiserver": kubernetes("kube-apiserver"),
  kubectl: kubernetes("kubectl"),
  /** Gatekeeper's manager. */
  gatekeeper: controlPlane(
    {
      name: "gatekeeper",
      version: "3.23.1",
      homepage: "https://github.com/open-policy-agent/gatekeeper/releases/tag/v3.23.1",
    },
    "github.com/open-policy-agent/gatekeeper/v3",
    "github.com/open-policy-agent/gatekeeper/v3",
  ),
  /** Kyverno's command line. */
  kyverno: kyverno("kyverno", "cli/kubectl-kyverno"),
  /** Kyverno's admission controller. */
  "kyverno-controller": kyverno("kyverno-controller", "kyverno"),
} as const satisfies Readonly<Record<string, Tool>>;

export type ClientName = keyof typeof clients;
