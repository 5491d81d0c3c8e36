import { expect, it } from "vitest";
import { readyState } from "./ready-state.ts";

const unhealthy = {
  State: { Status: "running", Running: true, Health: { Status: "unhealthy", FailingStreak: 3 } },
  RestartCount: 0,
  HostConfig: {},
  Config: { Healthcheck: { Test: ["CMD", "true"] } },
} as unknown as Parameters<typeof readyState>[0];

it("what is unhealthy has failed, unless it ran without something it needs until now", () => {
  expect(readyState(unhealthy, 0)).toMatchObject({ state: "failed", code: "NOT_READY" });
  expect(readyState(unhealthy, 0, true)).toMatchObject({ state: "waiting", running: true });
});

it("what was killed for memory is told with its limit", () => {
  const killed = {
    ...unhealthy,
    State: { ...unhealthy.State, Status: "exited", Running: false, OOMKilled: true, ExitCode: 137 },
    HostConfig: { Memory: 67_108_864 },
  };
  expect(readyState(killed, 0)).toMatchObject({
    code: "START_FAILED",
    why: "was killed for memory (its limit is 64 MiB)",
  });
});
