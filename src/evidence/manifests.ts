import { oneLine, type Reason } from "../core/index.ts";
import type { FetchedManifest, ImageManifest } from "../registry/index.ts";
import type { Asking } from "./asking.ts";
import { short, skipped, unreachable } from "./content.ts";
import { about, claimedTime, exceeded, settled, type Lead } from "./leads.ts";
import type { Artifact, ArtifactContent } from "./types.ts";

/** A lead that was followed: its manifest, or the artifact that says why there is none. */
export type Followed =
  | {
      readonly kind: "manifest";
      readonly lead: Lead;
      readonly fetched: FetchedManifest;
      readonly manifest: ImageManifest;
    }
  | {
      readonly kind: "settled";
      readonly artifacts: readonly Artifact[];
      readonly incomplete: readonly Reason[];
    };

/** Fetches the manifests of all leads that the limit allows, known types first, then the newest. */
export async function followLeads(asking: Asking, leads: readonly Lead[]): Promise<readonly Followed[]> {
  const allowed = new Set([
    ...leads.filter((lead) => lead.source !== "referrer"),
    ...leads
      .filter((lead) => lead.source === "referrer")
      .toSorted(
        (a, b) => Number(b.known) - Number(a.known) || claimedTime(b.descriptor) - claimedTime(a.descriptor),
      )
      .slice(0, asking.limits.referrers),
  ]);
  const followed = await Promise.all(
    leads.map(async (lead) => (allowed.has(lead) ? follow(asking, lead) : overLimit(lead))),
  );
  const over = leads.length - allowed.size;
  if (over === 0) return followed;
  return [...followed, { kind: "settled", artifacts: [], incomplete: [exceeded(`${over} referrers`)] }];
}

/** Nothing that speaks of this image. */
const NOTHING: Followed = { kind: "settled", artifacts: [], incomplete: [] };

async function follow(asking: Asking, lead: Lead): Promise<Followed> {
  if (lead.manifest !== null) return accept(lead, lead.manifest);
  const { descriptor } = lead;
  if (descriptor === null) return NOTHING;
  const fetched = await asking.ask(() =>
    lead.from.manifest(lead.repository, descriptor.digest, { signal: asking.signal }),
  );
  return fetched.ok ? accept(lead, fetched.value) : failed(lead, fetched.reason);
}

/** A referrers list is a hint that anybody may have written: the manifest itself must name the subject (T034, T044). */
function accept(lead: Lead, fetched: FetchedManifest): Followed {
  const { manifest } = fetched;
  const named = manifest.subject;
  // A layout may hold other images, and referrers of other images; those of this one were asked for by name.
  const mayBeForeign = lead.source === "layout" && lead.subject === null;
  if (mayBeForeign && (named !== undefined || manifest.kind === "index")) return NOTHING;
  const wanted =
    lead.subject ??
    (named === undefined || lead.attachedTo === null ? null : { digest: lead.attachedTo, size: null });
  if (wanted !== null && named?.digest !== wanted.digest) {
    const found = named === undefined ? "names no subject" : `has the subject ${short(named.digest)}`;
    return aside(
      lead,
      fetched,
      skipped("subject.mismatch", `the manifest ${found}, not ${short(wanted.digest)}`),
    );
  }
  if (wanted !== null && wanted.size !== null && named !== undefined && named.size !== wanted.size) {
    const message = `the manifest's subject has ${named.size} bytes, ${short(wanted.digest)} has ${wanted.size}`;
    return aside(lead, fetched, skipped("subject.mismatch", message));
  }
  if (manifest.kind === "index") {
    return aside(lead, fetched, skipped("evidence.media_type_unknown", "an index holds no evidence itself"));
  }
  return { kind: "manifest", lead, fetched, manifest };
}

function aside(lead: Lead, fetched: FetchedManifest, content: ArtifactContent): Followed {
  return { kind: "settled", artifacts: [manifestArtifact(lead, fetched, content)], incomplete: [] };
}

/** An artifact for a manifest as a whole, where none of its layers speaks for it. */
export function manifestArtifact(lead: Lead, fetched: FetchedManifest, content: ArtifactContent): Artifact {
  const { manifest, digest } = fetched;
  const mediaType = oneLine(manifest.artifactType ?? manifest.mediaType, 200);
  return {
    id: digest,
    source: lead.source,
    location: lead.place,
    mediaType,
    attachedTo: lead.attachedTo,
    content,
  };
}

/**
 * Why content that is listed cannot be had. Whoever may push can make a manifest that is missing, malformed or too
 * large: that is an answer about the artifact. Everything else is the registry's failure and leaves the question open.
 */
export function contentOfFailure(reason: Reason): { content: ArtifactContent; open: boolean } {
  switch (reason.code) {
    case "registry.not_found":
      return {
        content: skipped("evidence.no_payload", "it is listed, but the registry does not have it"),
        open: false,
      };
    case "registry.limit_exceeded":
      return { content: skipped("evidence.limit_exceeded", reason.message), open: true };
    case "registry.manifest_invalid":
    case "registry.media_type":
      return { content: skipped("evidence.format_unknown", reason.message), open: false };
    case "registry.size_mismatch":
      return { content: skipped("evidence.payload_invalid", reason.message), open: false };
    default:
      return { content: unreachable(reason), open: true };
  }
}

function failed(lead: Lead, reason: Reason): Followed {
  const { descriptor } = lead;
  if (descriptor === null) return { kind: "settled", artifacts: [], incomplete: [about(lead.place, reason)] };
  const { content, open } = contentOfFailure(reason);
  const artifact = settled(lead.source, lead.place, descriptor, lead.attachedTo, content);
  return { kind: "settled", artifacts: [artifact], incomplete: open ? [about(lead.place, reason)] : [] };
}

function overLimit(lead: Lead): Followed {
  const { descriptor } = lead;
  if (descriptor === null) return NOTHING;
  const content = skipped("evidence.limit_exceeded", "more referrers are listed than are looked at");
  return {
    kind: "settled",
    artifacts: [settled(lead.source, lead.place, descriptor, lead.attachedTo, content)],
    incomplete: [],
  };
}
