import { describe, expect, it } from "vitest";
import { aContainer } from "../../testing/index.ts";
import { selfCompared } from "./self-compared.ts";

const at = (time: string) => new Date(`2026-01-01T${time}Z`);
const seen = (started: readonly string[], from = "12:00:00") =>
  selfCompared(
    {
      stack: "shop",
      slot: "green",
      release: "v2",
      containers: started.map((time, n) =>
        aContainer("worker", { id: `c${n}`, startedAt: time && at(time).toISOString() }),
      ),
    },
    at(from),
    at("12:10:00"),
  );

describe("what nothing runs beside", () => {
  it("is compared with what it did itself before", () => {
    expect(seen(["10:00:00", "11:58:00"])).toMatchObject({
      containers: { worker: ["c0", "c1"] },
      share: 100,
      since: at("12:00:00"),
      previous: { containers: { worker: ["c0", "c1"] }, share: 0, servedUntil: at("12:00:00") },
    });
  });

  it.each([
    ["started since", ["12:05:00"], "12:05:00"],
    ["started just before, one of them", ["10:00:00", "11:59:30"], "12:00:00"],
    ["started by a clock that is ahead", ["12:30:00"], "12:10:00"],
  ])("and with nothing where it %s", (_what, started, since) => {
    expect(seen(started)).toMatchObject({ since: at(since), previous: null });
  });

  it("is looked at from now on where the start was taken by a clock that was ahead", () => {
    const since = at("12:10:00");
    expect(seen(["10:00:00"], "12:30:00")).toMatchObject({ since, previous: { servedUntil: since } });
    expect(seen(["12:20:00"], "12:30:00")).toMatchObject({ since, previous: null });
  });
});
