import { type Config, liveSlot } from "@sluice/core";
import { deploy } from "@sluice/engine";
import { aConfig, aProject, aRequest, aService, createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { idleFindings, leftInSlots } from "./left-in-slots.ts";

const services = [aService("web"), aService("worker", { role: "worker" })];
const project = aProject({ services });
const stopped = aConfig({ rollout: { keep: "stopped" } });

/** v2 serves, and of v1 the web service runs, and nothing else is there any more. */
async function toldOf(config: Config) {
  const world = createFakeWorld();
  const facts = { stack: world.state.stack, homeId: "home", previewSecret: "secret of the preview", project };
  const asked = { ...facts, config: aConfig(), actor: "tester", reason: "a test" };
  for (const tag of ["v1", "v2"])
    await deploy({ ...asked, release: aRequest(tag) }, world.ports(), new AbortController().signal);
  for (const [id, { place, service }] of world.state.containers)
    if (place === "blue" && service === "worker") world.state.containers.delete(id);
  const ports = world.ports();
  const [observed, bundles] = await Promise.all([ports.observer.observe(project), ports.bundles.list()]);
  const live = liveSlot(observed);
  const stored = live?.release ? await ports.bundles.load(live.release) : null;
  const seen = { observed, live, stored, services };
  return idleFindings(seen, leftInSlots(seen, config), { config, ports, project, bundles });
}

it("a slot that is kept warm is told of where it is no warm way back", async () => {
  expect((await toldOf(aConfig())).map(({ code }) => code)).toEqual(["way-back-cold"]);
});

it("of one that is not only that it runs on: nobody takes it for a warm way back", async () => {
  expect((await toldOf(stopped)).map(({ code }) => code)).toEqual(["slot-left-running"]);
});
