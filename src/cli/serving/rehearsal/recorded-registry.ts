import { createServer } from "node:http";
import recorded from "./recorded.json" with { type: "json" };

type Answer = (typeof recorded.answers)[keyof typeof recorded.answers];

const ANSWERS: ReadonlyMap<string, Answer> = new Map(Object.entries(recorded.answers));

/** A registry on loopback in which every repository holds one image, always the same, and its two attestations. */
export function openRecordedRegistry() {
  return createServer((request, response) => {
    const [, asked = ""] = /^\/v2\/[a-z0-9-]+\/([^?]*)/.exec(request.url ?? "") ?? [];
    const answer = ANSWERS.get(asked);
    if (answer === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": answer.type }).end(answer.body);
  });
}
