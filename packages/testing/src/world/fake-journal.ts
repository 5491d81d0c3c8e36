import type { Journal, JournalEntry, JournalRecord } from "@sluice/core";
import type { FakeContext } from "./context.ts";

export function fakeJournal({ act, state, clock }: FakeContext): Journal {
  return {
    append: (entry) =>
      act(nameOf(entry), undefined, () => {
        const seq = state.records.length + 1;
        // What the journal keeps is text: nothing of the run that wrote it lives on.
        const record = JSON.parse(
          JSON.stringify({
            ...entry,
            v: 1,
            seq,
            at: clock.now().toISOString(),
            previous: `${seq - 1}`,
            hash: `${seq}`,
          }),
        ) as JournalRecord;
        state.records.push(record);
        return record;
      }),
    async *read({ types = every } = {}) {
      yield* await act("journal.read", undefined, () => state.records.filter(({ type }) => types(type)));
    },
    async *backwards({ types = every } = {}) {
      yield* await act("journal.read", undefined, () => state.records.filter(({ type }) => types(type)).toReversed());
    },
  };
}

const every = () => true;

function nameOf({ type, step }: JournalEntry): string {
  return typeof step === "string" ? `journal.append ${type} ${step}` : `journal.append ${type}`;
}
