import type { OutboxEntry } from "../outbox/entry.ts";
import type { Outbox } from "../outbox/outbox.ts";

/** An outbox in memory, so that a clock that jumps does not overtake a disk. */
export function aMemoryOutbox(): Outbox {
  const entries = new Map<string, OutboxEntry>();
  const key = (id: string, channel: string) => `${channel} ${id}`;
  return {
    read: async (id, channel) => entries.get(key(id, channel)) ?? null,
    async write(entry) {
      entries.set(key(entry.id, entry.channel), structuredClone(entry));
    },
    async remove({ id, channel }) {
      entries.delete(key(id, channel));
    },
    list: async () => [...entries.values()].toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)),
    sweep: async () => undefined,
  };
}
