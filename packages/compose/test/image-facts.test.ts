import type { ComposeService } from "@sluice/core";
import { afterAll, expect, it } from "vitest";
import { busybox } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aService } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const stack = uniqueStack("facts");
const image = `sluice/${stack.name}-checked:v1`;
afterAll(() => stack.remove());

it("an image's own health check says how long a start may take", async () => {
  await docker("create", "--name", stack.name, busybox);
  await docker(
    "commit",
    "--change",
    "HEALTHCHECK --start-period=10m --interval=5s --timeout=5s CMD true",
    stack.name,
    image,
  );
  const unchecked = aService("db", "data", { startBudget: { timeoutMs: 60_000, derivation: "default" } });
  const services = [unchecked, { ...unchecked, name: "gone" }, { ...unchecked, name: "plain" }];
  const project = aProject({ name: stack.name, services: { db: {}, gone: {}, plain: {} } }, services);
  const facts = await runtime.images.facts(project, { db: image, gone: `${image}-gone`, plain: busybox });
  expect(facts.map(({ startBudget }) => startBudget.timeoutMs)).toEqual([630_000, 60_000, 60_000]);
});

it("an image that keeps data in a volume is refused for a service in slots", async () => {
  const keeping = `sluice/${stack.name}-keeping:v1`;
  await docker("create", "--name", `${stack.name}-keeping`, busybox);
  await docker("commit", "--change", "VOLUME /data", `${stack.name}-keeping`, keeping);
  const web = aService("web", "web");
  const mounted = { volumes: [{ type: "volume", source: "kept", target: "/data" }] };
  const factsOf = (service: ComposeService) =>
    runtime.images.facts(aProject({ name: stack.name, services: { web: service } }, [web]), { web: keeping });
  await expect(factsOf({})).rejects.toMatchObject({
    code: "RELEASE_REFUSED",
    message: expect.stringContaining("/data"),
  });
  await expect(factsOf(mounted)).resolves.toHaveLength(1);
});
