import { describe, expect, it } from "vitest";
import { aContainer, aService } from "../../testing/index.ts";
import { shortServices, shortText } from "./short-services.ts";

const services = [
  aService("web", { replicas: 2 }),
  aService("worker", { role: "worker" }),
  aService("migrate", { role: "job" }),
  aService("db", { role: "data" }),
  aService("seldom", { role: "worker", active: false }),
  aService("none", { role: "worker", replicas: 0 }),
];
const all = [aContainer("web", { id: "1" }), aContainer("web", { id: "2" }), aContainer("worker")];
const texts = (containers: typeof all) => shortServices(services, { containers }).map(shortText);

describe("services of which something is gone", () => {
  it("are none where all that is wanted runs; jobs, base, and what no profile or no replica asks for are not looked for", () => {
    expect(texts(all)).toEqual([]);
  });

  it("are those with a container too few", () => {
    expect(texts([aContainer("web")])).toEqual(["web runs in 1 of 2 containers", "worker runs in 0 of 1 containers"]);
  });

  it.each(["exited", "created", "dead", "paused"] as const)("are those with a container that is %s", (state) => {
    const down = aContainer("worker", { state, exitCode: 137 });
    expect(shortServices(services, { containers: [...all.slice(0, 2), down] })).toEqual([
      { service: "worker", wanted: 1, up: 0, down: [down], cutOff: [] },
    ]);
  });

  it("are those with a container that runs and was taken from a network; one that is down is told once", () => {
    const down = aContainer("worker", { name: "shop-blue-worker-1", state: "exited" });
    const containers = [aContainer("web", { id: "1", name: "shop-blue-web-1" }), aContainer("web", { id: "2" }), down];
    const lost = (service: string) => ({
      slot: "blue" as const,
      service,
      container: `shop-blue-${service}-1`,
      networks: ["shop-blue_default"],
    });
    expect(shortServices(services, { containers, cutOff: [lost("web"), lost("worker")] })).toEqual([
      { service: "web", wanted: 2, up: 1, down: [], cutOff: [lost("web")] },
      { service: "worker", wanted: 1, up: 0, down: [down], cutOff: [] },
    ]);
  });

  it.each(["restarting", "running"] as const)("are not those whose container is %s", (state) => {
    expect(texts([...all.slice(0, 2), aContainer("worker", { state, health: "unhealthy" })])).toEqual([]);
  });

  it("are not those that are to run once and ended well, or were tidied away since", () => {
    const once = [aService("warm-up", { role: "worker", runsOnce: true })];
    const ended = (exitCode: number) => [aContainer("warm-up", { state: "exited", exitCode })];
    expect(shortServices(once, { containers: ended(0) })).toEqual([]);
    expect(shortServices(once, { containers: [] })).toEqual([]);
    expect(shortServices(once, { containers: ended(1) })).toHaveLength(1);
  });
});
