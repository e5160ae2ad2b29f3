/** One link of a `Link` header (RFC 8288 §3). */
export interface Link {
  readonly target: string;
  readonly relation: string | undefined;
}

const MAX_LENGTH = 8 * 1024;
const LINK =
  /[ \t]*<([^<>]*)>((?:[ \t]*;[ \t]*[\w!#$%&'*+\-.^`|~]+(?:=(?:"[^"]*"|[^\s",;]+))?)*)[ \t]*(?:,|$)/y;
const RELATION = /;[ \t]*rel=(?:"(?<quoted>[^"]*)"|(?<bare>[^\s",;]+))/i;

/** Reads all links; `undefined` where the header is too long or malformed. */
export function readLinks(header: string): readonly Link[] | undefined {
  if (header.length > MAX_LENGTH) return undefined;
  const links: Link[] = [];
  for (LINK.lastIndex = 0; LINK.lastIndex < header.length;) {
    const match = LINK.exec(header);
    if (match === null) return undefined;
    const relation = RELATION.exec(match[2] ?? "")?.groups;
    links.push({ target: match[1] ?? "", relation: relation?.["quoted"] ?? relation?.["bare"] });
  }
  return links;
}
