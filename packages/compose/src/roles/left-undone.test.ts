import type { ComposeService } from "@sluice/core";
import { expect, it } from "vitest";
import { jobNotRetried } from "./left-undone.ts";

const healthcheck = { test: ["CMD", "pg_isready"] };

function told(migrate: ComposeService, db: ComposeService = {}) {
  const model = { name: "shop", services: { migrate, db: { image: "postgres:17", ...db } } };
  const decision = { service: "migrate", role: "job", strategy: "recreate", confidence: "sure", reason: "" } as const;
  return jobNotRetried(model, decision, {}, [decision]);
}
const onFailure: ComposeService = { restart: "on-failure", depends_on: { db: { condition: "service_started" } } };

it("a job that Compose would start again is told of, as what it needs may not be ready yet", () => {
  expect(told(onFailure)).toEqual({
    severity: "warn",
    code: "job-not-retried",
    message:
      "job migrate is not started again (on-failure) when it fails: its first failure ends a deployment, also where db is not ready yet",
    hint: "give db a health check and wait for that with condition: service_healthy, or let migrate itself try again",
    path: ["restart"],
  });
  expect(told({ restart: "on-failure" })).toMatchObject({ hint: expect.stringContaining("give what it needs a") });
  expect(told({ ...onFailure, restart: "no" })).toBe(false);
});

it("none is where that has a health check: a deployment waits for it, whatever the condition", () => {
  expect(told(onFailure, { healthcheck })).toBe(false);
  expect(told({ restart: "on-failure", depends_on: { db: { condition: "service_healthy" } } })).toBe(false);
  expect(told(onFailure, { healthcheck: { disable: true } })).not.toBe(false);
});

it("where the file says it twice, what counts is shown", () => {
  const deploy = { restart_policy: { condition: "on-failure" } };
  expect(told({ deploy })).toMatchObject({ path: ["deploy"] });
  expect(told({ ...onFailure, restart: "always", deploy })).toMatchObject({ path: ["deploy"] });
});
