import { createFakeClock } from "@sluice/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Attempt } from "./channels/answer.ts";
import { createNotifier } from "./notifier.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { aChannel } from "./testing/a-channel.ts";
import { aMemoryOutbox } from "./testing/a-memory-outbox.ts";
import { aNotification } from "./testing/a-notification.ts";

/** What one attempt comes to: what the sender sees, and whether the message arrived. */
const fates = {
  delivered: { arrives: true, attempt: { result: "delivered" } },
  busy: { arrives: false, attempt: { result: "retry", reason: "answers 503" } },
  refused: { arrives: false, attempt: { result: "refused", reason: "answers 404" } },
  lost: { arrives: false, attempt: { result: "uncertain", reason: "cuts the connection" } },
  unseen: { arrives: true, attempt: { result: "uncertain", reason: "no answer in time" } },
} as const satisfies Record<string, { arrives: boolean; attempt: Attempt }>;
type Fate = keyof typeof fates;

interface Run {
  readonly fates: readonly Fate[];
  /** The process is killed at this effect: a write to the outbox, or a message that leaves. */
  readonly killedAt: number;
}

const fate = fc.constantFrom<Fate>("delivered", "busy", "refused", "lost", "unseen");
const run = fc.record({ fates: fc.array(fate, { maxLength: 4 }), killedAt: fc.integer({ min: 1, max: 20 }) });

/** One process: it tells what ended, and what waits, until it is killed. Resolves with how many messages arrived. */
async function process({ fates: coming, killedAt }: Run, disk: Outbox): Promise<number> {
  let effects = 0;
  let arrived = 0;
  const isAlive = () => ++effects < killedAt;
  const outbox: Outbox = {
    ...disk,
    async write(entry) {
      if (isAlive()) await disk.write(entry);
    },
  };
  let next = 0;
  const channel = aChannel([], {
    send: async () => {
      const { arrives, attempt } = fates[coming[next++] ?? "delivered"];
      if (isAlive() && arrives) arrived++;
      return attempt;
    },
  });
  const clock = createFakeClock();
  const notifier = createNotifier({ channels: [channel], outbox, clock, redact: (text) => text });
  await notifier.catchUp([aNotification()], { withinMs: 60_000 });
  return arrived;
}

it("whatever fails, and whenever the process is killed, nobody is told twice, and in the end all that can be told is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(run, { maxLength: 5 }), async (runs) => {
      const disk = aMemoryOutbox();
      let arrived = 0;
      for (const one of runs) arrived += await process(one, disk);
      arrived += await process({ fates: [], killedAt: Number.POSITIVE_INFINITY }, disk);
      const [entry] = await disk.list();
      expect(arrived).toBeLessThanOrEqual(1);
      // Where nobody knows, nobody is told again; everywhere else it arrived.
      const isKnown = entry?.state === "delivered";
      expect(isKnown ? arrived : 1).toBe(1);
      expect(["delivered", "uncertain", "sending"]).toContain(entry?.state);
    }),
    { numRuns: 300 },
  );
});
