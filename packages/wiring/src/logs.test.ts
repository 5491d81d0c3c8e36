import { once } from "node:events";
import { discardEvents, type Redact, type Slot } from "@sluice/core";
import { aRelease, aStack } from "@sluice/core/testing";
import { createFakeClock, createFakeWorld } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import type { LiveView } from "./deployer.ts";
import { followServiceLogs } from "./logs.ts";
import { withKnownSecrets } from "./project/known-bundles.ts";
import { createRedaction } from "./record/redaction.ts";
import type { Session } from "./session.ts";

const live = { slot: "green", release: "r2" } as const;

/** Blue holds r1, green serves r2; each has a token of its own, and the checkout has another one. */
async function aSession({ stored = ["r1", "r2"] } = {}) {
  const { bundles, journal, identity } = createFakeWorld().ports();
  for (const id of stored) {
    const { bundle, model } = aRelease(id);
    const web = { ...model.services["web"], environment: { API_TOKEN: `canary-of-${id}` } };
    await bundles.save(bundle, { ...model, services: { ...model.services, web } }, []);
  }
  const { add, redact } = createRedaction(discardEvents);
  add(["canary-of-now"]);
  const observed = aStack({ live, warm: "r1" });
  const runtime = {
    inspect: async () => null,
    async *followLogs(containers: readonly string[]) {
      for (const container of containers) {
        const text = redact(`${container} says canary-of-r1, canary-of-r2 and canary-of-now`);
        yield { container, stream: "stdout", text, at: "" };
      }
    },
  };
  return {
    known: async () => ({
      project: { modelHash: "", services: [{ name: "web" }, { name: "db" }] },
      standIn: null,
    }),
    ports: async () => ({
      bundles: withKnownSecrets(bundles, {}, add),
      journal,
      identity,
      observer: { observe: async () => observed },
      base: { placed: async ({ model }: { model: unknown }) => ({ model, unproven: [], missing: [] }) },
    }),
    runtime: () => runtime,
    redact: redact as Redact,
  } as unknown as Session;
}

async function textsOf(session: Session, slot?: Slot, services: readonly string[] = []): Promise<string> {
  const lines: string[] = [];
  for await (const { text } of followServiceLogs(session, services, { slot })) lines.push(text);
  return lines.join("\n");
}

describe("a service that is asked for", () => {
  it("is one of what serves, whatever the checkout calls it by now", async () => {
    const session = await aSession();
    const renamed = {
      ...session,
      known: async () => ({ project: { modelHash: "", services: [{ name: "frontend" }] }, standIn: null }),
    } as unknown as Session;
    expect(await textsOf(renamed, undefined, ["web"])).toContain("says");
  });

  it("is refused where nobody has one of that name", async () => {
    await expect(textsOf(await aSession(), undefined, ["wbe"])).rejects.toMatchObject({
      code: "USAGE",
      hint: expect.stringContaining("web"),
    });
  });
});

describe("what containers write", () => {
  it("shows no secret of the release that serves, whatever is secret in the checkout now", async () => {
    const text = await textsOf(await aSession());
    expect(text).toContain("says canary-of-r1, [redacted] and [redacted]");
  });

  it("shows none of the release in the slot that is asked for, nor of the one that serves beside base", async () => {
    const text = await textsOf(await aSession(), "blue");
    expect(text).toContain("says [redacted], [redacted] and [redacted]");
    expect(text).not.toContain("canary");
  });

  it("is shown although a release is not stored any more", async () => {
    expect(await textsOf(await aSession({ stored: ["r2"] }), "blue")).toContain("canary-of-r1, [redacted]");
  });
});

describe("lines that are followed", () => {
  /** Blue serves r1 until `cutOver`; its log stays open, as that of every container does that runs. */
  async function following() {
    const session = await aSession();
    const clock = createFakeClock();
    const before = aStack({ live: { slot: "blue", release: "r1" } });
    let observed = before;
    const opened: string[][] = [];
    const runtime = {
      inspect: async () => null,
      async *followLogs(containers: readonly string[], { signal }: { readonly signal: AbortSignal }) {
        opened.push(containers.filter((id) => id.includes("web")));
        for (const container of containers) {
          yield { container, stream: "stdout", text: container, at: "2026-05-01T10:00:00.000000001Z" };
        }
        if (!signal.aborted) await once(signal, "abort");
      },
    };
    const ports = { ...(await session.ports()), observer: { observe: async () => observed } };
    return {
      opened,
      cutOver: () => {
        observed = aStack({ live, warm: "r1" });
      },
      session: { ...session, clock, ports: async () => ports, runtime: () => runtime } as unknown as Session,
    };
  }

  it("are those of the slot that serves by then, which is told, and of base no line comes twice", async () => {
    const { session, cutOver } = await following();
    const ending = new AbortController();
    const told: string[] = [];
    const options = {
      follow: true,
      signal: ending.signal,
      onMove: ({ slot, tag }: LiveView) => told.push(`now ${slot} ${tag}`),
    };
    for await (const { service, place } of followServiceLogs(session, [], options)) {
      told.push(`${place} ${service}`);
      if (place === "base") cutOver();
      if (place === "green") ending.abort();
    }
    expect(told).toEqual(["blue web", "base db", "now green r2", "green web"]);
  });

  it("stay with a slot that was named", async () => {
    const { session, cutOver, opened } = await following();
    const ending = new AbortController();
    for await (const { place } of followServiceLogs(session, [], {
      follow: true,
      slot: "blue",
      signal: ending.signal,
    })) {
      if (place !== "base") continue;
      cutOver();
      ending.abort();
    }
    expect(opened).toHaveLength(1);
  });
});
