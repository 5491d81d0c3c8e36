import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../../model/service.ts";
import type { BaseChange } from "../../model/stack.ts";
import { aContainer, aService, aStack } from "../../testing/index.ts";
import { collectSteps } from "../steps/collect-steps.ts";
import { addBase } from "../steps/plan-base.ts";
import { changedBaseFindings } from "./changed-base.ts";

const move: BaseChange = { leaves: ["shop_a"], takes: ["shop_b"], makes: ["shop_b"], keepsOthers: false };
const image = { runs: "postgres:17", wanted: "postgres:16" };
const stackWith = (change?: BaseChange) =>
  aStack({
    base: {
      db: {
        service: "db",
        state: "changed",
        reason: "its configuration changed",
        containers: [aContainer("db")],
        change,
      },
      cache: { service: "cache", state: "current", reason: "", containers: [aContainer("cache")] },
    },
  });

describe("a base service that is not as the release that serves has it is told", () => {
  const told = (change?: BaseChange) =>
    changedBaseFindings(stackWith(change), "v1").map(({ message, hint }) => `${message} -> ${hint}`);
  const begins = "base service db is not as v1, which serves, has it:";
  const way = "check out v1, then: sluice deploy --release v1";

  it.each([
    ["another setting", undefined, `${begins} its configuration changed -> ${way}`],
    [
      "volume",
      move,
      `${begins} it has volume shop_a, not shop_b -> ${way}, which goes back to what is in shop_b; what is in shop_a stays there`,
    ],
    [
      "a volume that was none",
      { ...move, leaves: [], keepsOthers: true },
      `${begins} it lacks volume shop_b -> ${way}, which goes back to what is in shop_b`,
    ],
    [
      "a volume more",
      { ...move, takes: [], makes: [] },
      `${begins} it has volume shop_a as well -> ${way}; what is in shop_a stays there`,
    ],
    [
      "image, which has written to the same data",
      { leaves: [], takes: [], makes: [], keepsOthers: true, image },
      `${begins} image postgres:17 runs, not postgres:16 -> postgres:16 may not read what postgres:17 has written: take a backup (sluice db backup) before you go back to it (${way}), or deploy a release with postgres:17`,
    ],
    [
      "image and volume",
      { ...move, image },
      `${begins} image postgres:17 runs, not postgres:16, and it has volume shop_a, not shop_b -> ${way}, which goes back to what is in shop_b; what is in shop_a stays there`,
    ],
  ])("%s", (_what, change, expected) => expect(told(change)).toEqual([expected]));
});

describe("a step that leaves a volume is put back", () => {
  const data = aService("db", { role: "data" });
  const moves = (change: BaseChange, service = data, asServing = ["db"], replaced: readonly ServiceFacts[] = []) => {
    const { steps, add } = collectSteps();
    addBase(add, [service], stackWith(change), { asServing, replaced });
    return steps.map((step) => (step.kind === "base" ? step.moves?.isPutBack : null));
  };

  it("where the new one is made for it, and no other image writes to what stays", () => {
    expect(moves(move)).toEqual([true]);
    expect(moves({ ...move, takes: [], makes: [] })).toEqual([true]);
    expect(moves({ ...move, image })).toEqual([true]);
    expect(moves({ ...move, keepsOthers: true })).toEqual([true]);
  });

  it("not where the new one may hold something, where the image differs beside what stays, or where it was otherwise before", () => {
    expect(moves({ ...move, makes: [] })).toEqual([false]);
    expect(moves({ ...move, image, keepsOthers: true })).toEqual([false]);
    const built = aService("db", { role: "data", builds: true });
    expect(moves({ ...move, keepsOthers: true }, built)).toEqual([false]);
    expect(moves(move, undefined, [])).toEqual([false]);
  });

  it("whatever the new one holds where users come to it, or through it, in the release that serves, as that has it", () => {
    const full: BaseChange = { ...move, makes: [], image, keepsOthers: true };
    for (const role of ["worker", "edge"] as const)
      expect(moves(full, data, ["db"], [aService("db", { role, strategy: "recreate" })])).toEqual([true]);
    const worker = aService("db", { role: "worker", strategy: "recreate" });
    expect(moves(full, data, [], [worker])).toEqual([false]);
    expect(moves(full, data, ["db"], [{ ...worker, active: false }])).toEqual([false]);
  });

  it("which is not asked of what leaves none, nor of an edge, which goes back whatever it changes", () => {
    expect(moves({ ...move, leaves: [] })).toEqual([undefined]);
    expect(moves(move, aService("db", { role: "edge" }))).toEqual([undefined]);
  });

  it("an image that does not run: no backup can be taken of it", () => {
    const change = { leaves: [], takes: [], makes: [], keepsOthers: true, image };
    const stack = stackWith(change);
    const down = { ...stack.base["db"], containers: [{ ...aContainer("db"), name: "shop-db-1", state: "exited" }] };
    const base = { db: down } as typeof stack.base;
    expect(changedBaseFindings({ base }, "v1").map(({ hint }) => hint)).toEqual([
      `docker logs shop-db-1 says what postgres:17 did. Where it changed nothing: check out v1, then: sluice deploy --release v1; else a release with a postgres:17 that comes up, or a backup of before (sluice db list) once postgres:16 runs`,
    ]);
  });
});
