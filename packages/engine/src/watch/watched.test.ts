import type { Verdict, WatchTarget } from "@sluice/core";
import { aConfig, aService, type Behaviour } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

type Shown = ReturnType<NonNullable<Behaviour["watched"]>>;

const config = aConfig({
  checks: [{ name: "log", logs: {}, interval: "5s" }],
  rollout: { steps: [{ share: 25, for: "20s" }, 100], bake: "1m" },
});

/** A second deployment over a first, with what the check shows of it. */
async function deployed(watched: (target: WatchTarget, look: number) => Partial<Verdict>, onNoData?: "warn") {
  const checks = [{ name: "log", logs: {}, interval: "5s", ...(onNoData ? { onNoData } : {}) }];
  const scenario = aScenario({ config: onNoData ? { ...config, checks: aConfig({ checks }).checks } : config });
  await scenario.deploy("v1");
  const { world } = scenario;
  const targets: WatchTarget[] = [];
  world.behaviours.set("v2", {
    watched(_check, target) {
      targets.push(target);
      return watched(target, targets.length);
    },
  });
  const result = await scenario.deploy("v2");
  return { scenario, result, targets };
}

describe("checks that watch", () => {
  it("see shares, the version before and until when it had all users", async () => {
    const { result, targets, scenario } = await deployed(() => ({}));
    expect(result.outcome).toBe("live");
    const shares = [...new Set(targets.map(({ share, previous }) => `${share} beside ${previous?.share}`))];
    expect(shares).toEqual(["25 beside 75", "100 beside 0"]);
    const [first, last] = [targets[0], targets.at(-1)];
    expect(first).toMatchObject({ slot: "green", release: "v2", previous: { release: "v1" } });
    expect(Object.keys(last?.containers ?? {}).toSorted()).toEqual(["web", "worker"]);
    expect(last?.previous?.servedUntil).toEqual(first?.previous?.servedUntil);
    // Every 5 s of 20 s and of a minute, and once at the end of each.
    expect(targets.length).toBe(4 + 1 + 12 + 1);
    const told = scenario.world.events.flatMap((event) =>
      event.type === "verdict" && event.verdict.check === "log" ? [event.step] : [],
    );
    expect(told.slice(-2)).toEqual(["shift-1", "bake-1"]);
  });

  it.each([
    ["never served: all that it is known for counts", false],
    ["served before: what it is known for from then is told apart", true],
  ])("are told of a release that %s", async (_what, served) => {
    const access = { organization: "acme", projects: ["web"], token: "${env:SENTRY_TOKEN}" };
    const rollout = { steps: [{ share: 25, for: "20s" }, 100], bake: "20s" };
    const scenario = aScenario({
      config: aConfig({ checks: [{ name: "issues", sentry: {} }], sentry: access, rollout }),
    });
    await scenario.deploy("v1");
    if (served) {
      await scenario.deploy("v2");
      await scenario.deploy("v3");
    }
    const targets: WatchTarget[] = [];
    scenario.world.behaviours.set("v2", {
      watched(_check, target) {
        targets.push(target);
        return {};
      },
    });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.every(({ startedAt }) => (startedAt !== undefined) === served)).toBe(true);
  });

  it("end a bake that turns bad at once, and users are back with the version before", async () => {
    const { result, scenario, targets } = await deployed(({ share }) =>
      share === 100 ? { result: "fail", value: "80 a minute", limit: "2 a minute", n: 40 } : {},
    );
    expect(result).toMatchObject({ outcome: "rolled-back", exitCode: 21, serving: { tag: "v1", share: 100 } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(targets.filter(({ share }) => share === 100)).toHaveLength(1);
    const error = scenario.world.events.find(({ type }) => type === "error");
    expect(error).toMatchObject({ message: "log: 80 a minute, limit 2 a minute (n=40)" });
  });

  it.each([
    { at: 25, ms: 0 },
    { at: 25, ms: 2_300 },
    { at: 25, ms: 19_900 },
    { at: 60, ms: 2_300 },
    { at: 60, ms: 19_900 },
    { at: 100, ms: 0 },
    { at: 100, ms: 2_300 },
    { at: 100, ms: 59_900 },
  ])(
    "are asked again as soon as something happens, $ms ms after a share of $at % too, and what they find ends the step then",
    async ({ at, ms }) => {
      const steps = [{ share: 25, for: "20s" }, { share: 60, for: "20s" }, 100];
      const scenario = aScenario({
        config: { ...config, rollout: aConfig({ rollout: { steps, bake: "1m" } }).rollout },
      });
      await scenario.deploy("v1");
      const { world } = scenario;
      const { clock } = world;
      const share = () => [...world.state.doors.values()].find(({ service }) => service === "web")?.routing.share;
      let [hasFallen, fellAt] = [false, Number.NaN];
      let dueMs: number | undefined;
      world.behaviours.set("v3", {
        stirred: async (_check, signal) => {
          if (hasFallen || share() !== at) return new Promise(() => {});
          dueMs ??= clock.monotonicMs() + ms;
          await clock.sleep(dueMs - clock.monotonicMs(), signal).catch(() => undefined);
          if (signal.aborted) return;
          [hasFallen, fellAt] = [true, clock.now().getTime()];
          // From here on an engine in need answers nobody.
          world.calls.fault = ({ name }) => (name.startsWith("prober.") ? "hang" : undefined);
        },
        watched: () => (hasFallen ? { result: "fail", value: "killed for memory 1 times", limit: "never" } : {}),
      });
      expect(await scenario.deploy("v3")).toMatchObject({ outcome: "rolled-back" });
      const back = world.events.findLast((event) => event.type === "share-change" && event.share === 0);
      expect(Date.parse(back?.at ?? "")).toBe(fellAt);
    },
  );

  it("that have no data stop at the end of a step, unless the check says otherwise; one look without is nothing", async () => {
    const none = { result: "no-data", value: "no answer" } as const;
    expect((await deployed(() => none)).result).toMatchObject({ outcome: "rolled-back" });
    expect((await deployed(() => none, "warn")).result).toMatchObject({ outcome: "live" });
    expect((await deployed((_, look) => (look === 1 ? none : {}))).result).toMatchObject({ outcome: "live" });
  });

  describe("and forgive a bad look", () => {
    const bad = { result: "fail", value: "0.4", limit: ">= 0.99" } as const;
    const forgiven = { result: "no-data", onNoData: "warn", value: "0.4: forgiven", isForgiven: true } as const;
    // A check that looks less often than its step is long: it gets one look, at the end.
    const rare = aConfig({
      checks: [{ name: "log", logs: {}, interval: "15s", retries: 1 }],
      rollout: { steps: [{ share: 25, for: "10s" }, 100], bake: "10s" },
      analysis: { enabled: true, interval: "1s" },
    });

    async function shown(each: (look: number) => Shown, verdict?: (look: number) => Verdict | undefined) {
      const scenario = aScenario({ config: rare });
      await scenario.deploy("v1");
      const { world } = scenario;
      let looks = 0;
      const watched = (): Shown => {
        looks += 1;
        show();
        return each(looks);
      };
      const show = () => void world.behaviours.set("v2", { watched, verdict: verdict?.(looks) });
      show();
      const before = world.clock.monotonicMs();
      const result = await scenario.deploy("v2");
      const shares = world.events.flatMap((event) => (event.type === "share-change" ? [event.share] : []));
      return { result, looks, shares, tookMs: world.clock.monotonicMs() - before };
    }

    it("look again before their step ends, and a second bad one takes users back", async () => {
      const { result, looks, shares } = await shown((look) => (look === 1 ? forgiven : bad));
      expect(result).toMatchObject({ outcome: "rolled-back", reason: expect.stringContaining("log: 0.4") });
      expect(looks).toBe(2);
      expect(shares.slice(-2)).toEqual([25, 0]);
    });

    it("go on with a good one, after no more than their interval", async () => {
      const [plain, hiccup] = [await shown(() => ({})), await shown((look) => (look === 1 ? forgiven : {}))];
      expect(hiccup.result).toMatchObject({ outcome: "live" });
      expect([plain.looks, hiccup.looks]).toEqual([2, 3]);
      expect(hiccup.tookMs - plain.tookMs).toBe(15_000);
    });

    it("keep nobody from watching the traffic meanwhile", async () => {
      const errors: Verdict = { check: "errors", result: "fail", value: "20 %", limit: "<= 1 %", n: 300 };
      const { result, looks } = await shown(
        () => forgiven,
        (look) => (look >= 1 ? errors : undefined),
      );
      expect(result).toMatchObject({ outcome: "rolled-back", reason: expect.stringContaining("errors: 20 %") });
      expect(looks).toBe(1);
    });
  });

  describe("of services in base", () => {
    const services = [
      aService("web"),
      aService("worker", { role: "worker", strategy: "recreate" }),
      aService("db", { role: "data" }),
      aService("mailer", { role: "worker" }),
      aService("debug", { role: "worker", active: false }),
    ];
    const checks = ["worker", "db", "mailer", "debug"].flatMap((service) => [
      { service, logs: {} },
      { service, resources: {} },
    ]);

    /** What each check was shown, as the share, the ids of its containers, and of those it is compared with. */
    async function shown() {
      const scenario = aScenario({ services, config: { ...config, checks: aConfig({ checks }).checks } });
      await scenario.deploy("v1");
      const { world } = scenario;
      await world.clock.sleep(600_000);
      const seen: { readonly check: string; readonly target: WatchTarget }[] = [];
      world.behaviours.set("v2", { watched: (check, target) => (seen.push({ check, target }), {}) });
      const before = ids(scenario);
      expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
      const sharesOf = (check: string) => [
        ...new Set(seen.flatMap((one) => (one.check === check ? [one.target.share] : []))),
      ];
      const lastOf = (check: string) => seen.findLast((one) => one.check === check)?.target;
      return { before, after: ids(scenario), sharesOf, lastOf, seen };
    }

    const ids = ({ world }: Scenario) =>
      Object.fromEntries([...world.state.containers.values()].map(({ service, id }) => [service, id]));

    it("see what is replaced stop-first once it is replaced, with nothing left to compare it with", async () => {
      const { before, after, sharesOf, lastOf } = await shown();
      expect(after["worker"]).not.toBe(before["worker"]);
      for (const check of ["logs of worker", "resources of worker"]) {
        expect(sharesOf(check)).toEqual([100]);
        expect(lastOf(check)).toMatchObject({ containers: { worker: [after["worker"]] }, previous: null });
        expect(lastOf(check)?.since).toBeInstanceOf(Date);
      }
    });

    it("see what stays all the time, next to what it did before users moved", async () => {
      const { after, lastOf, seen } = await shown();
      const ofDb = seen.filter(({ check }) => check === "logs of db");
      expect(ofDb.length).toBeGreaterThan(10);
      const { containers, previous, since } = lastOf("logs of db") ?? {};
      expect([containers, previous?.containers]).toEqual([{ db: [after["db"]] }, { db: [after["db"]] }]);
      expect(previous?.share).toBe(0);
      expect(previous?.servedUntil).toEqual(since);
    });

    it("and of workers in slots see nothing before those start, and of inactive services nothing at all", async () => {
      const { sharesOf } = await shown();
      expect(sharesOf("resources of mailer")).toEqual([100]);
      expect(sharesOf("logs of debug")).toEqual([]);
    });
  });

  it("know of the version before also when a dead run is finished by the next", async () => {
    const scenario = aScenario({ config });
    await scenario.deploy("v1");
    const { world } = scenario;
    const targets: WatchTarget[] = [];
    const before = world.clock.now();
    world.behaviours.set("v2", { watched: (_check, target) => (targets.push(target), {}) });
    await killedBefore(scenario, "watcher.begin", 2, () => scenario.deploy("v2"));
    targets.length = 0;
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live" });
    expect(targets[0]).toMatchObject({ share: 100, previous: { release: "v1", share: 0 } });
    expect(targets[0]?.previous?.servedUntil?.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  it("that hang at a look hold up nobody who watches the traffic", async () => {
    const { scenario } = await deployed(() => ({}));
    const { world } = scenario;
    const begin = world.clock.monotonicMs();
    world.calls.fault = ({ name }) => {
      if (!name.startsWith("watcher.look")) return undefined;
      world.behaviours.set("v3", { failingChecks: ["web runs"] });
      return "hang";
    };
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "rolled-back" });
    expect(world.clock.monotonicMs() - begin).toBeLessThan(10_000);
  });
});

/** Runs until the deployer is killed before the effect of that name, the `nth` of them. */
async function killedBefore(scenario: Scenario, name: string, nth: number, run: () => Promise<unknown>): Promise<void> {
  let count = 0;
  scenario.world.calls.fault = (call) => (call.name.startsWith(name) && ++count === nth ? "crash" : undefined);
  await run().catch(() => undefined);
  scenario.world.restart();
}
