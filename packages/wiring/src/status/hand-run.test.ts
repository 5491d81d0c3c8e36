import { deploy } from "@sluice/engine";
import { aConfig, aContainer, aProject, aRequest, createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { findHandRun } from "./hand-run.ts";

it("a job that ran by hand is told by the record: before any version was live all of them ran so", async () => {
  const world = createFakeWorld();
  const ports = world.ports();
  const startedAt = new Date(world.clock.now().getTime() + 60_000).toISOString();
  const jobs = [aContainer("migrate", { state: "exited", startedAt })];
  expect(await findHandRun({ jobs }, ports.journal)).toEqual([]);
  const request = {
    stack: "shop",
    homeId: "home",
    previewSecret: "secret",
    config: aConfig(),
    actor: "a",
    reason: "b",
  };
  const wanted = { ...request, project: aProject(), release: aRequest("v1") };
  expect(await deploy(wanted, ports, new AbortController().signal)).toMatchObject({ outcome: "live" });
  expect(await findHandRun({ jobs }, ports.journal)).toMatchObject([{ code: "job-by-hand", service: "migrate" }]);
  expect(await findHandRun({}, ports.journal)).toEqual([]);
});
