import { expect } from "chai";
import { canonicalImageName, parseImageUri } from "../../src/normalization/image-name.ts";
import { HEX } from "./samples/sample.ts";

const cases: readonly (readonly [string, string | null, (string | null)?])[] = [
  ["pkg:docker/golang@1.21?platform=linux%2Famd64", "docker.io/library/golang:1.21", "linux/amd64"],
  [
    `pkg:docker/golang@1.21?digest=sha256:${HEX}&platform=linux%2Farm64`,
    "docker.io/library/golang:1.21",
    "linux/arm64",
  ],
  ["pkg:docker/docker/buildkit-syft-scanner@stable-1", "docker.io/docker/buildkit-syft-scanner:stable-1"],
  [`pkg:docker/gcr.io/distroless/static@sha256:${HEX}`, "gcr.io/distroless/static"],
  [`pkg:docker/gcr.io/distroless/static@sha256%3A${HEX}`, "gcr.io/distroless/static"],
  ["pkg:docker/localhost:5000/app@1", "localhost:5000/app:1"],
  ["pkg:docker/app@1?repository_url=ghcr.io/acme", "ghcr.io/acme/app:1"],
  [`pkg:oci/app@sha256%3A${HEX}?repository_url=ghcr.io/acme/app&tag=1.2`, "ghcr.io/acme/app:1.2"],
  [`pkg:oci/app@sha256:${HEX}`, null],
  ["pkg:docker/%ff@1", null],
  ["oci://registry.example.com/tools/buildah", "registry.example.com/tools/buildah"],
  ["oci://ubuntu", "docker.io/library/ubuntu"],
  [`docker://ubuntu@sha256:${HEX}`, "docker.io/library/ubuntu"],
  [`docker-image://docker.io/library/alpine:latest@sha256:${HEX}`, "docker.io/library/alpine:latest"],
  ["docker-image://index.docker.io/acme/app:1", "docker.io/acme/app:1"],
  [`bash@sha256:${HEX}`, "docker.io/library/bash"],
  ["quay.io/acme/app", "quay.io/acme/app"],
  ["quay.io/acme/app:1", "quay.io/acme/app:1"],
  ["acme/app", null],
  ["oci://UPPER/case", null],
  ["oci://registry.example.com/a//b", null],
  ["https://example.com/file.tgz", null],
  ["", null],
  [`oci://${"a.".repeat(600)}`, null],
];

describe("parseImageUri", () => {
  for (const [uri, reference, platform = null] of cases) {
    it(uri.slice(0, 80) || "nothing", () => {
      expect(parseImageUri(uri)).to.deep.equal(reference === null ? null : { reference, platform });
    });
  }
});

it("canonicalImageName leaves the digest aside", () => {
  expect(canonicalImageName("docker/dockerfile:1")).to.equal("docker.io/docker/dockerfile:1");
  expect(canonicalImageName(`docker/dockerfile:1@sha256:${HEX}`)).to.equal("docker.io/docker/dockerfile:1");
  expect(canonicalImageName("not an image")).to.equal(null);
  expect(canonicalImageName("a".repeat(2000))).to.equal(null);
});
