export { ApiServer, type ApiAnswer, type ApiServerSettings } from "./api-server.ts";
export { apiServerSettings } from "./config.ts";
export { isObjectName } from "./names.ts";
