import type { JudgeWindow, RequestSample } from "@sluice/core";
import { aConfig, aProject, aRequest } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, shopServices } from "../../test/support/scenario.ts";
import { deploy } from "../index.ts";
import { keptLatencies } from "./watch-rules.ts";

const config = aConfig({
  rollout: { steps: [{ share: 10, for: "4s" }, 100], bake: "0s" },
  analysis: { enabled: true, warmup: "0s" },
});

/** The candidate's windows while its users made these requests. */
async function windowsOf(samples: readonly Partial<RequestSample>[]): Promise<readonly JudgeWindow["candidate"][]> {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  const ports = scenario.world.ports();
  const seen: JudgeWindow[] = [];
  const router = {
    ...ports.router,
    async *samples() {
      for (const sample of samples) {
        yield {
          at: 0,
          slot: "green" as const,
          status: 200,
          totalMs: 10,
          method: "GET",
          path: "/",
          bucket: 1,
          probe: false,
          termination: "----",
          ...sample,
        };
      }
    },
  };
  const judge = (window: JudgeWindow) => {
    seen.push(window);
    return [];
  };
  const facts = { stack: "shop", homeId: "home", previewSecret: "secret", config, actor: "tester", reason: "a test" };
  const request = { ...facts, project: aProject({ services: shopServices }), release: aRequest("v2") };
  await deploy(request, { ...ports, router, judge }, new AbortController().signal);
  return seen.map(({ candidate }) => candidate);
}

it("of each latency it is known whose it is, as far as anybody knows", async () => {
  const windows = await windowsOf([
    { bucket: 7, totalMs: 30 },
    { bucket: -1, totalMs: 40 },
    { bucket: 8, totalMs: 50, probe: true },
    { bucket: 9, totalMs: 60 },
  ]);
  expect(windows.at(-1)).toMatchObject({ latenciesMs: [30, 40, 60], latencyClients: [7, -1, 9] });
});

it("the newest latencies are kept, each with its client", async () => {
  const many = Array.from({ length: keptLatencies + 3 }, (_, index) => ({ bucket: index, totalMs: index }));
  const { latenciesMs = [], latencyClients } = (await windowsOf(many)).at(-1) ?? {};
  expect(latenciesMs).toHaveLength(keptLatencies);
  expect([latenciesMs[0], latenciesMs.at(-1)]).toEqual([3, keptLatencies + 2]);
  expect(latencyClients).toEqual(latenciesMs);
});

it("a connection that was passed on unread has none: it lives as long as its client wants", async () => {
  const talk = { totalMs: 60_000, method: "TCP", status: 0, bucket: 7 };
  const windows = await windowsOf([talk, { totalMs: 30, bucket: 9 }]);
  expect(windows.at(-1)).toMatchObject({ latenciesMs: [30], clients: 2 });
});
