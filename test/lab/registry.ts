/**
 * The lab's registry: an OCI Distribution registry in this process, on loopback, that holds what tests push into it and
 * misbehaves as it is told, request by request. Never part of the product.
 *
 * ```ts
 * const registry = await startLabRegistry();
 * const image = registry.pushImage("acme/app", { tag: "1.0" });
 * registry.misbehave = (request) => (request.kind === "blob" ? { status: 500 } : undefined);
 * … `${registry.host}/acme/app:1.0` …
 * await registry.close();
 * ```
 */
export { startLabRegistry, LabRegistry, type LabRegistryOptions } from "./registry/server.ts";
export { type ImageContent, type PushedImage, type ManifestContent, LabStore } from "./registry/store.ts";
export { type LabAuth, type TokenRequest } from "./registry/auth.ts";
export { type LabRequest, type LabResponse, type Misbehave, type Override } from "./registry/response.ts";
