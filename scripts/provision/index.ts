export { provision, type ProvisionOptions } from "./provision.ts";
export { type Tool, tools } from "./tools.ts";
