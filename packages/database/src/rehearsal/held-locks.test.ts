import { describe, expect, it } from "vitest";
import { aCatalog, anEvent } from "../testing/a-catalog.ts";
import { heldLocks } from "./held-locks.ts";

const lock = (table: number, mode: string) => ({ table, mode });
const ends = { committed: new Map([["7", 3_000]]), over: 9_000 };
const exclusive = [lock(1, "AccessExclusiveLock")];

describe("a lock", () => {
  it("is held from the start of the statement that took it to the commit", () => {
    const events = [
      anEvent({ event: "start", at: 1_000 }),
      anEvent({ at: 1_500, locks: exclusive }),
      anEvent({ event: "start", at: 1_600, locks: exclusive }),
      anEvent({ at: 2_900, locks: exclusive }),
    ];
    expect(heldLocks(events, aCatalog(), ends)).toEqual([
      {
        table: "public.orders",
        mode: "AccessExclusiveLock",
        blocks: "reads and writes",
        heldMs: 2_000,
        by: "ALTER TABLE",
      },
    ]);
  });

  it("that a statement found held already is as old as its transaction may be", () => {
    const events = [anEvent({ event: "start", at: 2_000, began: 400, locks: [lock(1, "ShareLock")] })];
    expect(heldLocks(events, aCatalog(), ends)).toMatchObject([
      { blocks: "writes", heldMs: 2_600, by: "an earlier statement" },
    ]);
  });

  it("of a transaction that was rolled back ends with the migration at the latest", () => {
    const events = [anEvent({ event: "start", xid: "8", at: 1_000 }), anEvent({ xid: "8", locks: exclusive })];
    expect(heldLocks(events, aCatalog(), ends)).toMatchObject([{ heldMs: 8_000 }]);
  });

  it("is told of each transaction, the longest first, and not of new tables nor where nobody waits", () => {
    const events = [
      anEvent({ event: "start", at: 2_900 }),
      anEvent({ at: 2_950, locks: [...exclusive, lock(99, "AccessExclusiveLock"), lock(1, "RowExclusiveLock")] }),
      anEvent({ event: "start", xid: "8", at: 5_000 }),
      anEvent({ xid: "8", at: 5_000, locks: exclusive }),
    ];
    const committed = new Map([...ends.committed, ["8", 8_000]]);
    expect(heldLocks(events, aCatalog(), { committed, over: 9_000 }).map(({ heldMs }) => heldMs)).toEqual([3_000, 100]);
  });
});
