import type { JournalRecord } from "@sluice/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";
import { findAttempt, lastAttempt, lastLiveAt, lastServing, readAttemptEnds, readAttempts } from "./read-attempts.ts";

async function lived() {
  const scenario = aScenario();
  for (const tag of ["v1", "v2", "v3"]) await scenario.deploy(tag);
  return scenario.world.ports().journal;
}

describe("attempts", () => {
  it("are whole, in order, and the newest ones alone where few are asked for", async () => {
    const journal = await lived();
    const attempts = await readAttempts(journal);
    expect(attempts.map(({ start }) => start.tag)).toEqual(["v1", "v2", "v3"]);
    for (const { start, begun, outcomes, end } of attempts) {
      expect(begun).toEqual(start.plan.steps.map(({ id }) => id));
      expect(outcomes.map(({ step }) => step)).toEqual(begun);
      expect(end?.outcome).toBe("live");
    }
    for (const count of [0, 1, 2, 3, 9]) {
      expect(await readAttempts(journal, count)).toEqual(count === 0 ? [] : attempts.slice(-count));
    }
    expect(await lastAttempt(journal)).toEqual(attempts.at(-1));
    const [, second] = attempts;
    expect(await findAttempt(journal, second?.start.deployment ?? "")).toEqual(second);
    expect(await findAttempt(journal, "d0")).toBeNull();
  });

  it("are known by their ends alone", async () => {
    const journal = await lived();
    const ends = (await readAttempts(journal)).map(({ start, end }) => ({ start, end }));
    expect(await readAttemptEnds(journal)).toEqual(ends);
    const [first] = ends;
    expect(await lastLiveAt(journal, first?.end?.release ?? "")).toBe(first?.end?.at);
    expect(await lastLiveAt(journal, "r-unknown")).toBeNull();
    expect(await lastServing(journal)).toMatchObject({ tag: "v3" });
  });

  it("are the same for a record that was cut anywhere, which only the last of them shows", async () => {
    const records: JournalRecord[] = [];
    for await (const record of (await lived()).read()) records.push(record);
    const journalOf = (kept: readonly JournalRecord[]) => {
      const some = (types?: (type: string) => boolean) => kept.filter(({ type }) => types?.(type) ?? true);
      return {
        append: () => Promise.reject(new Error("is not expected")),
        read: async function* ({ types }: { types?: ((type: string) => boolean) | undefined } = {}) {
          yield* some(types);
        },
        backwards: async function* ({ types }: { types?: ((type: string) => boolean) | undefined } = {}) {
          yield* some(types).toReversed();
        },
      };
    };
    const whole = await readAttempts(journalOf(records));
    await fc.assert(
      fc.asyncProperty(fc.nat(records.length), async (length) => {
        const attempts = await readAttempts(journalOf(records.slice(0, length)));
        expect(attempts.slice(0, -1)).toEqual(whole.slice(0, Math.max(0, attempts.length - 1)));
        const counted = attempts.flatMap(({ begun, outcomes, end }) => [1, ...begun, ...outcomes, ...(end ? [1] : [])]);
        expect(counted).toHaveLength(length);
        const begun = attempts.at(-1)?.begun ?? [];
        expect(begun).toEqual((whole[attempts.length - 1]?.begun ?? []).slice(0, begun.length));
      }),
    );
  });

  it("are none where there is none", async () => {
    const journal = aScenario().world.ports().journal;
    expect([await readAttempts(journal), await lastAttempt(journal), await lastServing(journal)]).toEqual([
      [],
      null,
      null,
    ]);
  });
});
