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
