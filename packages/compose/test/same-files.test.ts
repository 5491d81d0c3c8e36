import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aService } from "@sluice/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { busybox } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const [stack, old] = [uniqueStack("same-new"), uniqueStack("same-old")];
let directory = "";
let file = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-same-"));
  file = join(directory, "compose.yaml");
  await writeFile(file, `services: { web: { image: ${busybox}, command: sleep 600, init: true } }\n`);
  await docker("compose", "-p", old.name, "-f", file, "up", "-d");
});
afterAll(async () => {
  await Promise.all([stack.remove(), old.remove()]);
  await rm(directory, { recursive: true, force: true });
});

const observed = async (name: string, files: readonly string[]) => {
  const model = { name, services: { web: { image: busybox } } };
  return runtime.observer.observe({ ...aProject(model, [aService("web")]), files });
};

it("what Compose runs of the same files is seen under another name, and is the stack's own under its name", async () => {
  const { sameFiles } = await observed(stack.name, [file, join(directory, "compose.production.yaml")]);
  expect(sameFiles).toEqual([{ project: old.name, containers: [`${old.name}-web-1`] }]);
  expect((await observed(stack.name, [join(directory, "other.yaml")])).sameFiles).toEqual([]);
  expect((await observed(old.name, [file])).sameFiles).toEqual([]);
});

it("is no longer looked for once something of the stack is there", async () => {
  await docker("compose", "-p", stack.name, "-f", file, "up", "-d");
  expect((await observed(stack.name, [file])).sameFiles).toEqual([]);
});
