import { type DoorTraffic, type JudgeWindow, type RequestSample, SluiceError, type Verdict } from "@sluice/core";
import { aConfig, aProject, aRequest, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, shopServices } from "../../test/support/scenario.ts";
import { deploy } from "../index.ts";

const config = aConfig({
  rollout: { steps: [{ share: 10, for: "4s" }, 100], bake: "4s" },
  analysis: { enabled: true },
});

type Settings = NonNullable<Parameters<typeof aConfig>[0]>["analysis"];

const sample = (bucket: number, status: number): RequestSample => ({
  at: 0,
  slot: "green",
  status,
  totalMs: 10,
  method: "GET",
  path: "/",
  bucket,
  probe: false,
  termination: "----",
});

/** What the judge was shown while `v2` replaced `v1`: users make 100 requests between two looks, and the previous errs. */
async function judgedWindows({
  samples = [],
  change = (traffic) => traffic,
  outcome = "live",
}: {
  readonly samples?: readonly RequestSample[];
  readonly change?: (traffic: DoorTraffic, look: number) => DoorTraffic;
  readonly outcome?: string;
} = {}): Promise<readonly JudgeWindow[]> {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  const ports = scenario.world.ports();
  const seen: JudgeWindow[] = [];
  let looks = 0;
  const router = {
    ...ports.router,
    async traffic(door: string, signal?: AbortSignal): Promise<DoorTraffic> {
      const { epoch, slots } = await ports.router.traffic(door, signal);
      const { share } = await ports.router.routing(door, signal);
      looks += 1;
      const blue = {
        ...slots.blue,
        requests: share === 100 ? 1_000 : looks * 90,
        http5xx: share === 100 ? 500 : looks * 45,
      };
      return change({ epoch, slots: { blue, green: { ...slots.green, requests: looks * 10 } } }, looks);
    },
    async *samples() {
      yield* samples;
    },
  };
  const judge = (window: JudgeWindow) => {
    seen.push(window);
    return [];
  };
  const facts = { stack: "shop", homeId: "home", previewSecret: "secret", config, actor: "tester", reason: "a test" };
  const request = { ...facts, project: aProject({ services: shopServices }), release: aRequest("v2") };
  const result = await deploy(request, { ...ports, router, judge }, new AbortController().signal);
  expect(result).toMatchObject({ outcome });
  return seen;
}

describe("what is judged", () => {
  it("is the candidate next to the previous in the same span, and after the cutover next to it as it was last seen", async () => {
    const windows = await judgedWindows();
    const [first, last] = [windows[0], windows.at(-1)];
    expect(first?.previous).toMatchObject({ requests: 90, errors: 45 });
    const beside = windows.filter(
      ({ previous }) => (previous?.requests ?? 0) > 0 && previous?.latenciesMs.length === 0,
    );
    expect(last?.previous).toMatchObject({ requests: 360, errors: 180, latenciesMs: [] });
    expect(beside).toHaveLength(windows.length);
  });

  it("goes on where a door is another process in the middle of it: nothing twice, and nothing forgotten", async () => {
    const plain = await judgedWindows();
    const change = (traffic: DoorTraffic, look: number): DoorTraffic => {
      if (look < 4) return traffic;
      // It began anew just after the third look. With all users at the candidate nothing counts at the previous.
      const { blue, green } = traffic.slots;
      const [requests, http5xx] = blue.requests < 1_000 ? [blue.requests - 270, blue.http5xx - 135] : [1_000, 500];
      const slots = { blue: { ...blue, requests, http5xx }, green: { ...green, requests: green.requests - 30 } };
      return { epoch: "another process", slots };
    };
    const restarted = await judgedWindows({ change });
    const counts = (windows: readonly JudgeWindow[]) =>
      windows.map(({ candidate, previous }) => [candidate.requests, previous?.requests, previous?.errors]);
    expect(counts(restarted)).toEqual(counts(plain));
  });

  it("is what was seen last while a door starts again, and a door that stays away ends the step", async () => {
    const awayAt = (first: number, last: number) => (traffic: DoorTraffic, look: number) => {
      if (look < first || look > last) return traffic;
      throw new SluiceError("DOOR_FAILED", "the door cannot be talked to", { retryable: true });
    };
    const windows = await judgedWindows({ change: awayAt(3, 4) });
    expect(windows.slice(0, 4).map(({ candidate }) => candidate.requests)).toEqual([10, 10, 10, 40]);
    expect(await judgedWindows({ change: awayAt(3, 99), outcome: "rolled-back" })).toHaveLength(4);
  });

  it("knows the client that met most errors", async () => {
    const samples = [sample(7, 500), sample(7, 502), sample(7, 200), sample(8, 500), sample(9, 200)];
    const [window] = await judgedWindows({ samples });
    expect(window?.candidate).toMatchObject({
      clients: 3,
      clientsWithErrors: 2,
      worstClient: { requests: 3, errors: 2 },
    });
  });

  it("knows of how much it may still become known whose it was: of what was counted in the last seconds and not sampled", async () => {
    const samples = [sample(7, 500), sample(7, 502), sample(-1, 200)];
    const change = ({ epoch, slots: { blue, green } }: DoorTraffic, look: number) => ({
      epoch,
      slots: { blue, green: { ...green, http5xx: look > 1 ? 5 : 0 } },
    });
    const windows = await judgedWindows({ samples, change });
    expect(windows.slice(0, 4).map(({ candidate }) => candidate.unattributed)).toEqual([
      { requests: 7, errors: 3 },
      { requests: 17, errors: 3 },
      { requests: 27, errors: 3 },
      // What was counted at the first look is 3 seconds old.
      { requests: 30, errors: 0 },
    ]);
  });
});

describe("a small service beside a busy one", () => {
  const api = aService("api", { ports: [{ published: 9090, target: 3000, protocol: "tcp" }] });
  const services = [...shopServices, api];

  /** `web` gets 1,000 requests between two looks, `api` 10; what the judge says of each is the caller's to say. */
  async function deployed(verdicts: (window: JudgeWindow) => readonly Partial<Verdict>[], changes: Settings = {}) {
    const twoDoors = aConfig({
      rollout: { steps: [{ share: 10, for: "4s" }, 100], bake: "4s" },
      analysis: { enabled: true, interval: "1s", ...changes },
    });
    const scenario = aScenario({ config: twoDoors, services });
    await scenario.deploy("v1");
    scenario.world.restart();
    const ports = scenario.world.ports();
    const isApi = (door: string) => scenario.world.state.doors.get(door)?.service === "api";
    let looks = 0;
    const router = {
      ...ports.router,
      async traffic(door: string, signal?: AbortSignal): Promise<DoorTraffic> {
        const { epoch, slots } = await ports.router.traffic(door, signal);
        looks += 1;
        const made = looks * (isApi(door) ? 10 : 1_000);
        const green = { ...slots.green, requests: made, http5xx: isApi(door) ? made : 0 };
        return { epoch, slots: { blue: { ...slots.blue, requests: made }, green } };
      },
    };
    const judge = (window: JudgeWindow) =>
      verdicts(window).map((verdict) => ({
        check: "errors",
        result: "pass" as const,
        value: "",
        limit: "",
        n: 0,
        ...verdict,
      }));
    const facts = { stack: "shop", homeId: "home", previewSecret: "secret", config: twoDoors, actor: "a", reason: "" };
    const request = { ...facts, project: aProject({ services }), release: aRequest("v2") };
    const result = await deploy(request, { ...ports, router, judge }, new AbortController().signal);
    const texts = scenario.world.events.flatMap((event) => (event.type === "step-progress" ? [event.text] : []));
    const shown = scenario.world.events.flatMap((event) => (event.type === "verdict" ? [event.verdict.check] : []));
    return { result, texts, shown };
  }

  it("is judged by its own users, and named", async () => {
    const seen: JudgeWindow[] = [];
    const { result } = await deployed((window) => {
      seen.push(window);
      const { requests, errors } = window.candidate;
      return [{ result: errors > requests / 100 ? "fail" : "pass", n: requests, value: "100 % errors" }];
    });
    expect(result).toMatchObject({ outcome: "rolled-back", reason: expect.stringMatching(/^errors of api: 100 %/) });
    expect(seen.map(({ services: many }) => many)).toEqual([2, 2]);
  });

  it("must be slow twice in a row itself", async () => {
    let looks = 0;
    const latency = { check: "latency", result: "fail" as const };
    // Each is slow at every other look, and never both.
    const { result, shown } = await deployed(() => [(looks += 1) % 4 === 1 || looks % 4 === 0 ? latency : {}]);
    expect(result).toMatchObject({ outcome: "live" });
    expect(shown).toEqual(expect.arrayContaining(["errors of web", "latency of api"]));
  });

  it("that hardly anybody uses keeps nothing waiting, unless it errs", async () => {
    const quiet = (percent: number) => (window: JudgeWindow) => {
      const n = window.candidate.requests;
      const measured = { unit: "%" as const, candidate: percent, previous: 0 };
      return [n < 500 ? { result: "no-data" as const, n: 10, measured } : { n }];
    };
    expect((await deployed(quiet(0), { onNoData: "extend" })).texts).toContain("watched for 4s at 10 %");
    expect((await deployed(quiet(20), { onNoData: "extend" })).texts).toContain("watched for 8s at 10 %");
    expect((await deployed(quiet(0), { onNoData: "pause" })).result).toMatchObject({ outcome: "live" });
    expect((await deployed(quiet(20), { onNoData: "pause" })).result).toMatchObject({ outcome: "needs-person" });
  });
});

it("a previous that is broken keeps no fix from going out", async () => {
  const scenario = aScenario({ config: aConfig() });
  await scenario.deploy("v1");
  for (const container of scenario.world.state.containers.values()) {
    if (container.service === "web") Object.assign(container, { state: "exited", health: "none", exitCode: 1 });
  }
  scenario.world.restart();
  // Nobody is reached before the fix is there: that is no fault of the deployment.
  scenario.world.violations.length = 0;
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", share: 100 } });
  scenario.world.violations.length = 0;
  expect([...serves(scenario, "v2"), ...(await problemsOf(scenario))]).toEqual([]);
});
