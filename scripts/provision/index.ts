export { clients, type ClientName } from "./clients.ts";
export { provision, type ProvisionOptions } from "./provision.ts";
export { type Tool, tools } from "./tools.ts";
