import type { SourceCode } from "../types.ts";

/** Every reason for which a source delivered nothing, a line each. */
export const SOURCE_REASONS: Readonly<Record<SourceCode, string>> = {
  "source.unsupported": "The scheme of the URL is none that policies come by.",
  "source.not_found": "There is no such file, page or tag.",
  "source.unreachable":
    "The server or registry does not answer, fails, or does not prove that it is the right one.",
  "source.unauthorized": "The server, the registry or the file system does not let us read it.",
  "source.invalid":
    "What is there is no bundle: a web page, part of one, another artifact; or its address is none.",
  "source.limit_exceeded": "The bundle, or the evidence beside it, is larger than is read.",
  "source.changed_while_read": "The file or folder was written to each time that it was read.",
};
