import type { DoorTraffic, JudgeWindow, RequestSample } from "@sluice/core";
import { aConfig, aProject, aRequest } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../test/support/enumerate.ts";
import { aScenario, shopServices } from "../test/support/scenario.ts";
import { deploy } from "./index.ts";

const config = aConfig({
  rollout: { steps: [{ share: 10, for: "4s" }, 100], bake: "4s" },
  analysis: { enabled: true },
});

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
async function judgedWindows(samples: readonly RequestSample[] = []): Promise<readonly JudgeWindow[]> {
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
      return { epoch, slots: { blue, green: { ...slots.green, requests: looks * 10 } } };
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
  expect(result).toMatchObject({ outcome: "live" });
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

  it("knows the client that met most errors", async () => {
    const samples = [sample(7, 500), sample(7, 502), sample(7, 200), sample(8, 500), sample(9, 200)];
    const [window] = await judgedWindows(samples);
    expect(window?.candidate).toMatchObject({
      clients: 3,
      clientsWithErrors: 2,
      worstClient: { requests: 3, errors: 2 },
    });
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
