import { fileURLToPath } from "node:url";

/** The file behind `npx assay`. */
export const launcher = fileURLToPath(new URL("../bin/assay.mjs", import.meta.url));
