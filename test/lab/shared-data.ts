import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const beside = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "shared", "data");
const folder = process.env["ASSAY_SHARED_DATA"] ?? beside;

/** The folder of real evidence from public projects; `undefined` where it is not beside the checkout. */
export const sharedData: string | undefined = existsSync(join(folder, "index.json")) ? folder : undefined;
