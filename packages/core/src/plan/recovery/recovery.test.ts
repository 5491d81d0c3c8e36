import { describe, expect, it } from "vitest";
import { isSluiceError } from "../../errors/sluice-error.ts";
import type { DoorRouting } from "../../model/door.ts";
import type { ObservedContainer } from "../../model/stack.ts";
import { aConfig, aContainer, aDoor, aService, aSlot, aStack } from "../../testing/index.ts";
import { planDeployment } from "../plan-deployment.ts";
import { planRecovery, recoveryWays } from "./recovery.ts";

const services = [aService("web"), aService("admin"), aService("worker", { role: "worker" })];
const before = aStack({ services, live: { slot: "blue", release: "r-1" } });
const wish = { tag: "v2", services, config: aConfig(), bundleId: null, imagesOf: null, wasLive: false, prunable: [] };
const plan = planDeployment(wish, before);
const ids = plan.steps.map(({ id }) => id);
const upTo = (id: string) => ids.slice(0, ids.indexOf(id) + 1);

const stackWith = (web: DoorRouting | null, admin: DoorRouting | null = web) => ({
  ...before,
  slots: { ...before.slots, green: aSlot("green", "r-2", ["web", "admin", "worker"]) },
  doors: { web: aDoor("web", web), admin: aDoor("admin", admin) },
});
const diedAt = (id: string, done = upTo(id).slice(0, -1)) => ({ deployment: "d1", plan, begun: upTo(id), done });
const blue: DoorRouting = { stable: "blue", share: 0, salt: 0 };
const cutOver: DoorRouting = { stable: "blue", share: 100, salt: 0 };
const promoted: DoorRouting = { stable: "green", share: 0, salt: 0 };

describe("a person may have an attempt that died", () => {
  it.each([
    ["finished or undone, once its release is stored", upTo("build-1"), { finish: true, undo: true }],
    ["only undone before that", [], { finish: false, undo: true }],
    ["only finished once it is promoted", upTo("promote-1"), { finish: true, undo: false }],
  ] as const)("%s", (_title, done, ways) => {
    for (const observed of [stackWith(cutOver), null]) {
      expect(recoveryWays({ ...diedAt("retire-1"), done }, observed)).toEqual(ways);
    }
  });

  it("only finished, or gone on from, where users reach it and what was before does not run", () => {
    const split = stackWith({ ...blue, share: 50 });
    const green = aSlot("green", "r-2", ["web", "admin", "worker"]);
    const own = { ...green, containers: green.containers.map((one) => ({ ...one, deployment: "d1" })) };
    const left = { ...split, slots: { blue: { ...split.slots.blue, containers: [] }, green: own } };
    const hint = expect.stringMatching(/^sluice resume finishes it; .*sluice deploy --accept-not-undone/);
    expect(planRecovery(diedAt("shift-1"), left, "undo")).toMatchObject({ action: "leave", hint });
    expect(recoveryWays(diedAt("shift-1"), left)).toEqual({ finish: true, undo: false, hint });
    expect(recoveryWays(diedAt("promote-1", upTo("promote-1")), left)).toEqual({ finish: true, undo: false });
    const notStored = expect.stringMatching(/^sluice deploy --accept-not-undone, or rollback, goes on from/);
    const unstored = recoveryWays(diedAt("shift-1", []), left);
    expect(unstored).toEqual({ finish: false, undo: false, hint: notStored });
    const withBlue = (over: Partial<ObservedContainer>) => {
      const containers = ["web", "admin"].map((name) => ({ ...aContainer(name), state: "exited" as const, ...over }));
      return { ...left, slots: { ...left.slots, blue: { ...left.slots.blue, containers } } };
    };
    expect(recoveryWays(diedAt("shift-1", []), withBlue({})).hint).toMatch(
      /^docker start \S+ \S+, and then sluice abort/,
    );
    // What came after it has the other slot, and it is over: nothing is to be led out of.
    const later = withBlue({ deployment: "d2" });
    expect(recoveryWays(diedAt("shift-1"), later)).toEqual({ finish: true, undo: true });
  });

  it("only finished where what plain Compose ran is gone already", () => {
    const plain = [aContainer("web"), aContainer("admin")];
    const adopting = planDeployment(wish, aStack({ services, plain }));
    const steps = adopting.steps.map(({ id }) => id);
    const begun = steps.slice(0, steps.indexOf("promote-1") + 1);
    const died = { deployment: "d1", plan: adopting, begun, done: begun.slice(0, -1) };
    expect(recoveryWays(died, aStack({ services, plain }))).toEqual({ finish: true, undo: true });
    expect(recoveryWays(died, aStack({ services, plain: [] }))).toEqual({ finish: true, undo: false });
    // What is checked out has them in base, or not at all.
    const inBase = { web: { service: "web", state: "stopped" as const, reason: "", containers: plain.slice(0, 1) } };
    const elsewhere = { ...aStack({ services, plain: [] }), base: inBase, orphans: plain.slice(1) };
    expect(recoveryWays(died, elsewhere)).toEqual({ finish: true, undo: true });
    expect(recoveryWays(died, null)).toEqual({ finish: true, undo: true });
  });
});

describe("an attempt that died is", () => {
  it.each([
    ["undone before any share was moved", "verify-1", stackWith(blue), "undo"],
    ["undone while shares move", "shift-1", stackWith({ ...blue, share: 50 }), "undo"],
    ["undone when only one of two doors moved", "shift-2", stackWith(cutOver, { ...blue, share: 50 }), "undo"],
    ["undone when a door does not say where it leads", "shift-2", stackWith(cutOver, null), "undo"],
    ["finished when every door gives the candidate everything", "shift-2", stackWith(cutOver), "finish"],
    ["finished when one door is promoted and the other not yet", "promote-1", stackWith(promoted, cutOver), "finish"],
  ] as const)("%s", (_title, step, observed, action) => {
    expect(planRecovery(diedAt(step), observed).action).toBe(action);
  });

  it("finished by what the doors of its own services say, whatever other doors do", () => {
    const observed = { ...stackWith(cutOver), doors: { ...stackWith(cutOver).doors, old: aDoor("old", blue) } };
    expect(planRecovery(diedAt("workers-1"), observed).action).toBe("finish");
  });

  it("finished once it is promoted, whatever the doors say now", () => {
    expect(planRecovery({ ...diedAt("promote-1"), done: ids }, stackWith(null)).action).toBe("finish");
  });

  it("undone where a verdict or a person had condemned it, wherever its users are, until it is promoted", () => {
    const condemned = "drain-1 failed: errors: 20 %";
    expect(planRecovery({ ...diedAt("drain-1"), condemned }, stackWith(cutOver))).toMatchObject({
      action: "undo",
      reason: condemned,
    });
    expect(planRecovery({ ...diedAt("drain-1"), condemned }, stackWith(cutOver), "finish").action).toBe("finish");
    expect(planRecovery({ ...diedAt("promote-1"), done: ids, condemned }, stackWith(promoted)).action).toBe("finish");
  });

  it("left as it is where a verdict was left to a person after the cutover: nobody is asked again", () => {
    const undecided = "paused by sluice: errors: 20 %";
    const left = { ...diedAt("workers-1"), undecided };
    expect(planRecovery(left, stackWith(cutOver))).toMatchObject({ action: "leave", reason: undecided });
    expect(planRecovery(left, stackWith({ ...blue, share: 50 })).action).toBe("undo");
    expect(planRecovery({ ...left, condemned: "aborted by ada" }, stackWith(cutOver)).action).toBe("undo");
    expect(planRecovery({ ...diedAt("promote-1"), done: ids, undecided }, stackWith(promoted)).action).toBe("finish");
    for (const choice of ["finish", "undo"] as const) {
      expect(planRecovery(left, stackWith(cutOver), choice).action).toBe(choice);
    }
  });

  it("undone where the door that was to take over did not yet: what plain Compose ran has the port", () => {
    const plain = [aContainer("web")];
    const adoption = planDeployment({ ...wish, services: [aService("web")] }, aStack({ plain }));
    const steps = adoption.steps.map(({ id }) => id);
    const begun = steps.slice(0, steps.indexOf("adopt-1") + 1);
    const died = { deployment: "d1", plan: adoption, begun, done: begun.slice(0, -1) };
    const led = { stable: "green", share: 100, salt: 0 } as const;
    const seen = (overrides: Parameters<typeof aDoor>[2]) =>
      aStack({ plain, live: { slot: "blue", release: "r-2" }, doors: { web: aDoor("web", led, overrides) } });
    const dark = seen({ state: "outdated", isUnreached: true });
    expect(planRecovery(died, dark)).toMatchObject({ action: "undo", reason: "cutover was not complete" });
    expect(planRecovery(died, seen({})).action).toBe("finish");
    // It had the port: somebody has cut it off since.
    expect(planRecovery({ ...died, done: begun }, dark).action).toBe("finish");
  });

  it("finished by the journal where there is no door at all", () => {
    const only = [aService("worker", { role: "worker" })];
    const workersPlan = planDeployment({ ...wish, services: only }, aStack({ services: only }));
    const steps = workersPlan.steps.map(({ id }) => id);
    const died = (id: string) => ({
      deployment: "d1",
      plan: workersPlan,
      begun: steps.slice(0, steps.indexOf(id) + 1),
      done: [],
    });
    expect(planRecovery(died("create-1"), aStack()).action).toBe("undo");
    expect(planRecovery(died("workers-1"), aStack()).action).toBe("finish");
  });
});

describe("a choice", () => {
  const refusal = (run: () => unknown) => {
    try {
      run();
      return "none";
    } catch (error) {
      return isSluiceError(error) ? error.code : String(error);
    }
  };

  it("goes before what the doors say", () => {
    expect(planRecovery(diedAt("verify-1"), stackWith(blue), "finish")).toMatchObject({ reason: "asked for" });
    expect(planRecovery(diedAt("drain-1"), stackWith(cutOver), "undo").action).toBe("undo");
  });

  it("to undo is refused when the release is promoted, to finish when it was never stored", () => {
    const final = { ...diedAt("promote-1"), done: ids };
    expect(refusal(() => planRecovery(final, stackWith(promoted), "undo"))).toBe("RECOVERY_REFUSED");
    expect(refusal(() => planRecovery(diedAt("build-1"), stackWith(blue), "finish"))).toBe("RECOVERY_REFUSED");
    expect(refusal(() => planRecovery(diedAt("networks-1"), stackWith(blue), "finish"))).toBe("none");
  });

  it("to go back undoes it wherever its users are, and finishes it once it is promoted", () => {
    expect(planRecovery(diedAt("verify-1"), stackWith(blue), "go-back").action).toBe("undo");
    expect(planRecovery(diedAt("drain-1"), stackWith(cutOver), "go-back")).toMatchObject({
      action: "undo",
      reason: "asked for",
    });
    expect(planRecovery({ ...diedAt("promote-1"), done: ids }, stackWith(promoted), "go-back").action).toBe("finish");
  });

  it("is wanted before users are led to a release that is known to fail, and a consent to go back to it", () => {
    const previousFails = { previous: "v1", since: "v2", why: "status 500" };
    const some = stackWith({ ...blue, share: 50 });
    const died = { ...diedAt("shift-1"), previousFails };
    expect(refusal(() => planRecovery(died, some))).toBe("RECOVERY_REFUSED");
    expect(refusal(() => planRecovery(died, stackWith(blue, { ...blue, share: 50 })))).toBe("RECOVERY_REFUSED");
    expect(refusal(() => planRecovery(died, some, "go-back"))).toBe("DATA_INCOMPATIBLE");
    expect(planRecovery(died, some, "undo").action).toBe("undo");
    // Nobody is led anywhere, or it was decided before.
    expect(planRecovery(died, stackWith(blue)).action).toBe("undo");
    expect(planRecovery({ ...died, condemned: "aborted by ada" }, some).action).toBe("undo");
    expect(planRecovery({ ...diedAt("drain-1"), previousFails }, stackWith(cutOver)).action).toBe("finish");
  });

  it("to undo or finish it undoes it wherever its users are, and finishes what is promoted", () => {
    expect(planRecovery(diedAt("verify-1"), stackWith(blue), "undo-or-finish").action).toBe("undo");
    expect(planRecovery(diedAt("drain-1"), stackWith(cutOver), "undo-or-finish").action).toBe("undo");
    const undecided = { ...diedAt("drain-1"), undecided: "paused by sluice: errors: 20 %" };
    expect(planRecovery(undecided, stackWith(cutOver), "undo-or-finish").action).toBe("undo");
    const final = { ...diedAt("promote-1"), done: ids };
    expect(planRecovery(final, stackWith(promoted), "undo-or-finish").action).toBe("finish");
  });

  it("to undo or finish it takes nobody to the release that is being left", () => {
    const goesBack = true;
    const part = { ...diedAt("shift-1"), goesBack };
    expect(planRecovery(part, stackWith({ ...blue, share: 50 }), "undo-or-finish").action).toBe("undo");
    expect(planRecovery({ ...diedAt("drain-1"), goesBack }, stackWith(cutOver), "undo-or-finish").action).toBe(
      "finish",
    );
    const condemned = { ...diedAt("drain-1"), goesBack, condemned: "drain-1 failed: errors: 20 %" };
    expect(planRecovery(condemned, stackWith(cutOver), "undo-or-finish").action).toBe("undo");
  });

  it("to undo or finish it takes nobody to a release that is known to fail: in between a person says which", () => {
    const previousFails = { previous: "v1", since: "v2", why: "status 500" };
    const died = { ...diedAt("shift-1"), previousFails };
    expect(planRecovery(died, stackWith(blue), "undo-or-finish").action).toBe("undo");
    expect(planRecovery(died, stackWith({ ...blue, share: 50 }), "undo-or-finish")).toMatchObject({
      action: "leave",
      reason: "v1 does not run on the schema that v2 left: status 500",
      hint: expect.stringMatching(/sluice resume .*sluice abort/),
    });
    const over = { ...diedAt("drain-1"), previousFails };
    expect(planRecovery(over, stackWith(cutOver), "undo-or-finish").action).toBe("finish");
    const condemned = { ...over, condemned: "aborted by ada" };
    expect(planRecovery(condemned, stackWith(cutOver), "undo-or-finish").action).toBe("undo");
  });

  it("to undo is refused as soon as what plain Compose ran is being removed", () => {
    const plain = [aContainer("web", { id: "p1" })];
    const adoption = planDeployment({ ...wish, services: [aService("web")] }, aStack({ plain }));
    const steps = adoption.steps.map(({ id }) => id);
    const died = (id: string) => ({
      deployment: "d1",
      plan: adoption,
      begun: steps.slice(0, steps.indexOf(id) + 1),
      done: [],
    });
    expect(refusal(() => planRecovery(died("shift-1"), aStack(), "undo"))).toBe("none");
    expect(refusal(() => planRecovery(died("promote-1"), aStack(), "undo"))).toBe("RECOVERY_REFUSED");
    const still = aStack({ plain });
    expect(refusal(() => planRecovery(died("promote-1"), still, "undo"))).toBe("none");
    expect(planRecovery({ ...died("promote-1"), condemned: "promote-1 failed: not ready" }, still).action).toBe("undo");
  });

  it("to finish makes a slot again that an undo had removed before it could write a word", () => {
    const jobs = [...services, aService("migrate", { role: "job" })];
    for (const wished of [wish, { ...wish, services: jobs }]) {
      const creating = planDeployment(wished, before);
      const all = creating.steps.map(({ id }) => id);
      const begun = all.slice(0, all.indexOf("shift-1"));
      const died = { deployment: "d1", plan: creating, begun, done: begun };
      const recovery = planRecovery(died, before, "finish");
      expect(recovery.action === "finish" && recovery.remaining.map(({ id }) => id)).toEqual(
        all.filter((id) => id !== "build-1"),
      );
      const created = planRecovery(died, stackWith(blue), "finish");
      expect(created.action === "finish" && created.remaining.map(({ id }) => id)).toEqual(
        all.slice(all.indexOf("shift-1")),
      );
    }
  });

  it("to finish backs up and rehearses once more what may have been written since, until it may have been migrated", () => {
    const db = aService("db", { role: "data" });
    const webs = [aService("web"), db];
    const config = aConfig({ database: { service: "db", rehearsal: "block" } });
    const observed = aStack({ services: webs, live: { slot: "blue", release: "r-1" } });
    for (const job of [[aService("migrate", { role: "job" })], []]) {
      const careful = planDeployment({ ...wish, config, services: [...webs, ...job] }, observed);
      const all = careful.steps.map(({ id }) => id);
      const migrating = job.length > 0 ? "job-1" : "start-1";
      const filled = { ...observed, slots: { ...observed.slots, green: aSlot("green", "r-2", ["web"]) } };
      const remaining = (begun: readonly string[], done = begun, isImported = false, seen = filled) => {
        const died = { deployment: "d1", plan: careful, begun, done, isImported };
        const recovery = planRecovery(died, seen, "finish");
        return recovery.action === "finish" ? recovery.remaining.map(({ id }) => id).slice(0, 2) : [];
      };
      const care = ["backup-1", "rehearse-1"];
      const until = all.slice(0, all.indexOf(migrating));
      expect(remaining(until)).toEqual(care);
      expect(remaining(until.slice(0, until.indexOf("rehearse-1")))).toEqual(care);
      expect(remaining([...until, migrating], until)).not.toEqual(expect.arrayContaining(["backup-1"]));
      expect(remaining([...until, migrating], until)).not.toEqual(expect.arrayContaining(["rehearse-1"]));
      // An undo has removed the slot: users have written to the release before since.
      expect(remaining([...until, migrating], [...until, migrating], false, observed)).toEqual(care);
      expect(remaining([...until, migrating], [...until, migrating], true, observed)[0]).not.toBe("backup-1");
      // Where it was exported from it may have migrated since: the backup in its record is the one of before.
      expect(remaining(until, until, true).filter((id) => care.includes(id))).toEqual([]);
      const backedUp = until.slice(0, until.indexOf("rehearse-1"));
      expect(remaining(backedUp, backedUp, true)[0]).toBe("rehearse-1");
    }
  });

  it("to finish gives users the shares again that an undo had taken back before it wrote a word", () => {
    const gradual = planDeployment(
      {
        ...wish,
        config: aConfig({
          rollout: {
            steps: [
              { share: 10, for: "5s" },
              { share: 100, approval: true },
            ],
            bake: "5s",
          },
        }),
      },
      before,
    );
    const steps = gradual.steps.map(({ id }) => id);
    const done = steps.slice(0, steps.indexOf("bake-1") + 1);
    const remaining = (web: DoorRouting, admin: DoorRouting) => {
      const died = { deployment: "d1", plan: gradual, begun: done, done };
      const recovery = planRecovery(died, stackWith(web, admin), "finish");
      return recovery.action === "finish" && recovery.remaining.map(({ id }) => id);
    };
    const ending = ["workers-1", "drain-1", "bake-1", "promote-1", "retire-1"];
    expect(remaining(cutOver, cutOver)).toEqual(["workers-1", "promote-1", "retire-1"]);
    expect(remaining(cutOver, { ...blue, share: 10 })).toEqual(["shift-2", ...ending]);
    expect(remaining(cutOver, blue)).toEqual(["shift-1", "approval-1", "shift-2", ...ending]);
  });

  it("to finish an adoption makes the preview again, which lived only with the run that died", () => {
    const plain = [aContainer("web", { id: "p1" })];
    const adoption = planDeployment({ ...wish, services: [aService("web")] }, aStack({ plain }));
    const steps = adoption.steps.map(({ id }) => id);
    const begun = steps.slice(0, steps.indexOf("verify-1") + 1);
    const recovery = planRecovery(
      { deployment: "d1", plan: adoption, begun, done: begun.slice(0, -1) },
      { ...aStack(), slots: { ...aStack().slots, blue: aSlot("blue", "r-2") } },
      "finish",
    );
    expect(recovery.action === "finish" && recovery.remaining.map(({ id }) => id)).toEqual([
      "preview-door-1",
      "verify-1",
      "adopt-1",
      "shift-1",
      "promote-1",
    ]);
  });
});
