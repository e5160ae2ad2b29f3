import type { SoakLab } from "./lab.ts";
import type { SoakService } from "./service.ts";
import type { Callers } from "./callers.ts";

/** What goes wrong for a while, or happens once. */
export interface Trouble {
  readonly name: string;
  /** Whether the registry says what is not true of images: then also a good one may be denied. */
  readonly lies?: boolean;
  begin(): void;
  end?(): void;
}

/** One after the other, again and again, with quiet in between. */
export function troublesOf(lab: SoakLab, service: SoakService, callers: Callers): readonly Trouble[] {
  const { registry, redis } = lab;
  const registryDoes = (name: string, misbehave: typeof registry.misbehave, lies = false): Trouble => ({
    name,
    lies,
    begin: () => (registry.misbehave = misbehave),
    end: () => (registry.misbehave = undefined),
  });
  let count = 0;
  return [
    registryDoes("the registry answers 500", () => ({ status: 500 })),
    {
      name: "another revision of the policy is put in place",
      begin: () => {
        lab.writePolicy("good");
        service.reload();
      },
    },
    {
      name: "certificates are renewed",
      begin: () => {
        lab.renewCertificates();
        service.reload();
        callers.reconnect();
      },
    },
    registryDoes("the registry takes 6 s", () => ({ delayMs: 6000 })),
    {
      name: "a policy that is none is put in place",
      begin: () => {
        lab.writePolicy("garbage");
        service.reload();
      },
      end: () => lab.writePolicy("good"),
    },
    registryDoes("the registry cuts connections", () => ({ drop: true })),
    registryDoes("the registry answers garbage", () => ({ body: "\u0000{]garbage" }), true),
    {
      name: "Redis is silent",
      begin: () => (redis.trouble = { kind: "silent" }),
      end: () => (redis.trouble = undefined),
    },
    registryDoes("every third request fails", () => (count++ % 3 === 0 ? { status: 503 } : undefined)),
    {
      name: "Redis lies",
      begin: () => (redis.trouble = { kind: "raw", bytes: '$17\r\n{"allow":"always"}\r\n' }),
      end: () => (redis.trouble = undefined),
    },
    registryDoes("the registry trickles", () => ({ trickleMs: 50 })),
    { name: "what the disk cache holds is spoiled", begin: () => lab.spoilDisk() },
    {
      name: "a policy with a fault is put in place",
      begin: () => {
        lab.writePolicy("faulty");
        service.reload();
      },
      end: () => lab.writePolicy("good"),
    },
    {
      name: "Redis cuts connections",
      begin: () => (redis.trouble = { kind: "drop" }),
      end: () => (redis.trouble = undefined),
    },
    registryDoes("the registry ends in the middle of bodies", () => ({ truncateAfter: 40 })),
  ];
}
