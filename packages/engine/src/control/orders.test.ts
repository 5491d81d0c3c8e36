import { SluiceError, type Verdict } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, killedAt, reached, type Scenario } from "../../test/support/scenario.ts";

const steps = [
  { share: 10, for: "5s" },
  { share: 100, approval: true },
];
const approval = { timeout: "1m" };
const config = aConfig({ rollout: { steps, bake: "5s", approval }, analysis: { enabled: true } });
const verdict: Verdict = { check: "errors", result: "fail", value: "20 % errors", limit: "<= 1 %", n: 300 };

async function withLive(options: { readonly config?: ReturnType<typeof aConfig> } = {}): Promise<Scenario> {
  const scenario = aScenario({ config: options.config ?? config });
  await scenario.deploy("v1");
  scenario.world.restart();
  scenario.world.events.length = 0;
  return scenario;
}

/** Does something in the moment in which a step begins for the first time. */
function atStep({ world }: Scenario, wanted: string, act: () => void): void {
  const { length } = world.events;
  let isDone = false;
  world.calls.fault = () => {
    const begins = world.events.slice(length).some((event) => event.type === "step-start" && event.step === wanted);
    if (isDone || !begins) return undefined;
    isDone = true;
    return act;
  };
}

/** As soon as a text is told, at most `times`. At once: with nobody else at work, the clock jumps to the end of a wait. */
function onProgress({ world }: Scenario, text: string, act: () => unknown, times = 1): void {
  const push = world.events.push.bind(world.events);
  let left = times;
  world.events.push = (event) => {
    const length = push(event);
    if (left > 0 && event.type === "step-progress" && event.text.includes(text)) {
      left -= 1;
      void act();
    }
    return length;
  };
}

const wantedIn = ({ world }: Scenario) =>
  world.events.flatMap((event) => {
    if (event.type !== "person-wanted") return [];
    const { step, tag, why, waitMs, next } = event;
    return [{ step, tag, why, waitMs, next }];
  });

const orderRecords = ({ world }: Scenario) =>
  world.state.records.flatMap(({ type, order, actor, step }) => (type === "order" ? [{ order, actor, step }] : []));

describe("a share that needs approval", () => {
  it("begins when a person approves it, who is in the record", async () => {
    const scenario = await withLive();
    const seen: unknown[] = [];
    onProgress(scenario, "needs approval", async () => {
      seen.push(reached(scenario));
      seen.push(await scenario.world.order("approve", { actor: "mira" }));
    });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(seen).toEqual([{ web: ["v2", "v1"] }, { accepted: true, message: "approved by mira" }]);
    expect(orderRecords(scenario)).toEqual([{ order: "approve", actor: "mira", step: "approval-1" }]);
    expect(scenario.world.events).toContainEqual(expect.objectContaining({ type: "order", order: "approve" }));
    expect(wantedIn(scenario)).toEqual([
      { step: "approval-1", tag: "v2", why: "100 % needs approval", waitMs: 60_000, next: "sluice traffic approve" },
    ]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is taken back when nobody comes, and may be tried again", async () => {
    const scenario = await withLive();
    const { clock } = scenario.world;
    const begunMs = clock.monotonicMs();
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "rolled-back", reason: "nobody approved 100 % within 1m" });
    expect(clock.monotonicMs() - begunMs).toBeGreaterThanOrEqual(60_000);
    expect([...serves(scenario, "v1"), ...(await problemsOf(scenario))]).toEqual([]);
    const { prepared } = await scenario.deploy("v2").then(
      () => ({ prepared: true }),
      () => ({ prepared: false }),
    );
    expect(prepared).toBe(true);
  });

  it("begins by itself where that is configured, and the record says so", async () => {
    const proceeding = aConfig({
      rollout: { steps, bake: "0s", approval: { ...approval, onTimeout: "proceed" } },
      analysis: { enabled: true },
    });
    const scenario = await withLive({ config: proceeding });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(orderRecords(scenario)).toEqual([{ order: "approve", actor: "sluice", step: "approval-1" }]);
  });

  it("is not waited for any more when the candidate gets worse meanwhile", async () => {
    const scenario = await withLive();
    onProgress(scenario, "needs approval", () => scenario.world.behaviours.set("v2", { verdict }));
    expect(await scenario.deploy("v2")).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringContaining("20 %"),
    });
    expect(serves(scenario, "v1")).toEqual([]);
  });
});

describe("an approval that was given before an abort", () => {
  /** Approved, then aborted at the share it was for, and killed in that moment or as soon as users were back. */
  async function killedInAbort(isBack: boolean): Promise<Scenario> {
    const scenario = await withLive();
    onProgress(scenario, "needs approval", () => scenario.world.order("approve", { actor: "mira" }));
    atStep(scenario, "shift-2", () => {
      scenario.world.calls.fault = ({ name }) =>
        name.startsWith("journal.append undo-intent") || (!isBack && name.startsWith("router.setRouting"))
          ? "crash"
          : undefined;
      void scenario.world.order("abort", { actor: "eve" });
    });
    await scenario.deploy("v2").catch(() => undefined);
    scenario.world.restart();
    expect(reached(scenario)).toEqual({ web: isBack ? ["v1"] : ["v2", "v1"] });
    scenario.world.events.length = 0;
    return scenario;
  }

  it.each([true, false])(
    "is asked for again by who has it finished all the same (users are back: %s)",
    async (isBack) => {
      const scenario = await killedInAbort(isBack);
      onProgress(scenario, "needs approval", () => scenario.world.order("approve", { actor: "ada" }));
      expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
      expect(wantedIn(scenario)).toMatchObject([{ step: "approval-1" }]);
      expect(await problemsOf(scenario)).toEqual([]);
    },
  );
});

describe("testers of a candidate", () => {
  const testers = { name: "X-Release", value: "next-1234" };
  const first = [{ share: 10, approval: true }, 100] as const;
  const open = aConfig({ traffic: { testers }, rollout: { steps: [...first], bake: "5s", approval } });
  const routings = ({ world }: Scenario) => [...world.state.doors.values()].map(({ routing }) => routing);

  it("reach it while the first share waits for approval, and until it is promoted", async () => {
    const scenario = await withLive({ config: open });
    const seen: unknown[] = [];
    onProgress(scenario, "needs approval", async () => {
      seen.push(routings(scenario).map(({ share, testers: isOpen }) => [share, isOpen]));
      await scenario.world.order("approve");
    });
    atStep(scenario, "shift-2", () =>
      seen.push(routings(scenario).map(({ share, testers: isOpen }) => [share, isOpen])),
    );
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(seen).toEqual([[[0, true]], [[10, true]]]);
    expect(routings(scenario).filter(({ testers: isOpen }) => isOpen)).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("do not reach one that is taken back", async () => {
    const scenario = await withLive({ config: open });
    expect(await scenario.deploy("v2")).toMatchObject({ reason: "nobody approved 10 % within 1m" });
    expect(routings(scenario)).toEqual([expect.not.objectContaining({ testers: true })]);
    expect([...serves(scenario, "v1"), ...(await problemsOf(scenario))]).toEqual([]);
  });

  it("do not reach what a killed deployment left, once the next one has undone it", async () => {
    const scenario = await withLive({ config: open });
    onProgress(scenario, "needs approval", () => {
      scenario.world.calls.fault = () => "crash";
    });
    await scenario.deploy("v2").catch(() => undefined);
    scenario.world.restart();
    expect(routings(scenario)).toMatchObject([{ share: 0, testers: true }]);
    await scenario.recover("undo");
    expect(routings(scenario)).toEqual([expect.not.objectContaining({ testers: true })]);
  });

  it("are nobody where none are configured", async () => {
    const scenario = await withLive({
      config: aConfig({ rollout: { steps: [...first], bake: "5s", approval } }),
    });
    const seen: unknown[] = [];
    onProgress(scenario, "needs approval", async () => {
      seen.push(...routings(scenario));
      await scenario.world.order("approve");
    });
    await scenario.deploy("v2");
    expect(seen).toEqual([expect.not.objectContaining({ testers: true })]);
  });
});

describe("a pause", () => {
  const free = aConfig({
    rollout: { steps: [{ share: 10, for: "5s" }, 100], bake: "5s", approval },
    analysis: { enabled: true },
  });

  it("leaves users where they are until it is resumed", async () => {
    const scenario = await withLive({ config: free });
    atStep(scenario, "shift-1", () => void scenario.world.order("pause", { actor: "mira", reason: "lunch" }));
    const seen: unknown[] = [];
    onProgress(scenario, "paused by mira: lunch", async () => {
      seen.push(reached(scenario), await scenario.world.order("resume"));
    });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(seen).toEqual([{ web: ["v2", "v1"] }, { accepted: true, message: "goes on" }]);
    expect(orderRecords(scenario).map(({ order }) => order)).toEqual(["pause", "resume"]);
  });

  it("outlives the run: the one that resumes it waits on, and then finishes", async () => {
    const scenario = await withLive({ config: free });
    atStep(scenario, "shift-1", () => void scenario.world.order("pause", { actor: "mira" }));
    onProgress(scenario, "paused by mira", () => {
      scenario.world.calls.fault = () => "crash";
    });
    await scenario.deploy("v2").catch(() => undefined);
    scenario.world.restart();
    expect(reached(scenario)).toEqual({ web: ["v2", "v1"] });
    const { length } = scenario.world.events;
    onProgress(scenario, "paused by mira", () => scenario.world.order("resume", { actor: "ada" }));
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2", share: 100 } });
    const told = scenario.world.events.slice(length);
    expect(told).toContainEqual(expect.objectContaining({ type: "order", order: "resume", actor: "ada" }));
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("ends when nobody comes back: users are taken back", async () => {
    const scenario = await withLive({ config: free });
    atStep(scenario, "shift-1", () => void scenario.world.order("pause"));
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "rolled-back", reason: "paused by ada; nobody resumed it within 1m" });
    expect(serves(scenario, "v1")).toEqual([]);
  });

  it("still takes users back when the candidate gets worse", async () => {
    const scenario = await withLive({ config: free });
    atStep(scenario, "shift-1", () => void scenario.world.order("pause"));
    onProgress(scenario, "paused by", () => scenario.world.behaviours.set("v2", { verdict }));
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", exitCode: 21 });
    expect(serves(scenario, "v1")).toEqual([]);
  });
});

describe("an abort", () => {
  it.each(["build-1", "start-1", "shift-1", "shift-2", "bake-1"])(
    "in %s takes everything back at once",
    async (step) => {
      const scenario = await withLive({
        config: aConfig({ rollout: { steps: [{ share: 10, for: "5s" }, 100], bake: "5s" } }),
      });
      const { clock } = scenario.world;
      let abortedMs = Number.NaN;
      atStep(scenario, step, () => {
        abortedMs = clock.monotonicMs();
        void scenario.world.order("abort", { reason: "wrong branch" });
      });
      const outcome = step.startsWith("shift") || step.startsWith("bake") ? "rolled-back" : "failed";
      expect(await scenario.deploy("v2")).toMatchObject({ outcome, reason: "aborted by ada: wrong branch" });
      expect(clock.monotonicMs() - abortedMs).toBeLessThanOrEqual(1_000);
      expect([...serves(scenario, "v1"), ...(await problemsOf(scenario))]).toEqual([]);
    },
  );

  it("is not undone by trying again unasked: that takes --retry", async () => {
    const scenario = await withLive({ config: aConfig() });
    atStep(scenario, "shift-1", () => void scenario.world.order("abort"));
    await scenario.deploy("v2");
    scenario.world.restart();
    await expect(scenario.deploy("v2")).rejects.toMatchObject({ code: "RELEASE_BROKEN" });
    expect(await scenario.deploy("v2", { retry: true })).toMatchObject({ outcome: "live" });
  });

  it("ends the waiting for a person too", async () => {
    const scenario = await withLive();
    onProgress(scenario, "needs approval", () => scenario.world.order("abort"));
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", reason: "aborted by ada" });
    expect(scenario.world.events.at(-1)).toMatchObject({ type: "deployment-end", exitCode: 21, code: "ABORTED" });
  });

  it("comes too late once the release is promoted", async () => {
    const scenario = await withLive({ config: aConfig() });
    const answers: unknown[] = [];
    atStep(scenario, "promote-1", () => {
      void scenario.world.order("abort").then((answer) => answers.push(answer));
    });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(answers).toEqual([{ accepted: false, message: "its release is promoted: sluice rollback goes back" }]);
  });

  it("comes too late in a run that finishes what was promoted by one that died", async () => {
    const scenario = await withLive({ config: aConfig({ rollout: { keep: "removed" } }) });
    const { world } = scenario;
    world.calls.fault = ({ name }) => (name === "journal.append step-intent retire-1" ? "crash" : undefined);
    await scenario.deploy("v2").catch(() => undefined);
    world.restart();
    const answers: unknown[] = [];
    atStep(scenario, "retire-1", () => {
      void world.order("abort").then((answer) => answers.push(answer));
    });
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(answers).toEqual([{ accepted: false, message: "its release is promoted: sluice rollback goes back" }]);
    expect(await problemsOf(scenario)).toEqual([]);
  });
});

describe("with onFail: pause, a bad verdict", () => {
  const pausing = aConfig({
    rollout: { steps: [{ share: 10, for: "5s" }, 100], bake: "5s", onFail: "pause", approval },
    analysis: { enabled: true },
  });
  const badRelease = async () => {
    const scenario = await withLive({ config: pausing });
    scenario.world.behaviours.set("v2", { verdict });
    return scenario;
  };

  it("leaves users where they are, and the decision to a person", async () => {
    const scenario = await badRelease();
    const seen: unknown[] = [];
    onProgress(scenario, "paused by sluice: errors: 20 %", () => {
      seen.push(reached(scenario));
      void scenario.world.order("abort");
    });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", reason: "aborted by ada" });
    expect(seen).toEqual([{ web: ["v2", "v1"] }]);
  });

  it("goes on when a person says so, and asks again at the next one", async () => {
    const scenario = await badRelease();
    let resumed = 0;
    onProgress(
      scenario,
      "paused by sluice",
      () => {
        resumed += 1;
        return scenario.world.order("resume");
      },
      9,
    );
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(resumed).toBe(2);
  });

  it("is left to a person on a full disk, too: nobody is taken back, and the ending says so", async () => {
    const scenario = await badRelease();
    let isFull = false;
    scenario.world.calls.fault = ({ name }) => {
      isFull ||= name === "journal.append step-outcome shift-1";
      return isFull && name.startsWith("journal.append") ? new SluiceError("DISK_FULL", "no space left") : undefined;
    };
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "needs-person", reason: expect.stringContaining("nobody resumed it") });
    expect(reached(scenario)).toEqual({ web: ["v2", "v1"] });
    expect(wantedIn(scenario)).toMatchObject([{ step: "shift-2", next: "sluice traffic resume" }]);
    const { events } = scenario.world;
    expect(events).toContainEqual(expect.objectContaining({ type: "error", message: "no space left" }));
    expect(events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "needs-person" });
  });

  it("needs a person where none comes: nothing is undone, and both ways stay open", async () => {
    for (const choice of ["undo", "finish"] as const) {
      const scenario = await badRelease();
      expect(await scenario.deploy("v2")).toMatchObject({ outcome: "needs-person", exitCode: 30 });
      expect(reached(scenario)).toEqual({ web: ["v2", "v1"] });
      expect(scenario.world.events).toContainEqual(
        expect.objectContaining({
          type: "error",
          code: "DECISION_MISSING",
          message: expect.stringMatching(
            /20 % errors.*; nobody resumed it within 1m; whether v2 goes on is for a person to say/,
          ),
          hint: expect.stringMatching(
            /^nothing was changed meanwhile: 10 % of the users stay with v2\. sluice resume .* sluice abort takes users back to v1$/,
          ),
        }),
      );
      scenario.world.restart();
      onProgress(scenario, "paused by sluice", () => scenario.world.order("resume"), 9);
      expect((await scenario.recover(choice))?.exitCode).toBe(0);
      expect(scenario.world.events.at(-1)).toMatchObject({ type: "deployment-end", exitCode: 0 });
      expect(serves(scenario, choice === "undo" ? "v1" : "v2")).toEqual([]);
    }
  });
});

it("killed anywhere while orders are given, the next run puts everything right", async () => {
  const broken: string[] = [];
  for (let at = 1; ; at++) {
    const scenario = await withLive();
    onProgress(scenario, "needs approval", () => scenario.world.order("pause"));
    onProgress(scenario, "needs approval", () => scenario.world.order("approve"));
    onProgress(scenario, "paused by", () => scenario.world.order("resume"));
    const killed = await killedAt(scenario, at, () => scenario.deploy("v2"));
    if (!killed) break;
    await scenario.recover().catch((error: unknown) => broken.push(`${at}: ${String(error)}`));
    broken.push(...(await problemsOf(scenario)).map((problem) => `killed before ${at}: ${problem}`));
  }
  expect(broken).toEqual([]);
});
