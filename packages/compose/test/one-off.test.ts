import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { busybox } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aShop, aSlotRequest, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, slots, observer } = runtime;
const stack = uniqueStack("oneoff");
const model = aShop(stack.name);
const shell = (command: string) => ({
  stack: stack.name,
  slot: "green" as const,
  image: busybox,
  command: ["sh", "-c", command],
});
const checks = () => docker("ps", "-aq", "--filter", `name=${stack.name}-green-check`);

beforeAll(async () => {
  await base.ensureNetworks(model, "green", shopServices);
  await base.up(model, facts("db"), shopServices);
  const inSlot = shopServices.filter(({ role }) => role === "web" || role === "worker");
  await slots.create(await aSlotRequest(model, "green", { services: inSlot }));
  await slots.start(stack.name, "green", ["web"]);
  await slots.waitReady({ stack: stack.name, slot: "green", services: [facts("web")] });
});
afterAll(() => stack.remove());

describe("a command in a container of its own", () => {
  it("sees the slot's services and base under their names, and leaves nothing", async () => {
    const run = await runtime.runOneOff(shell("wget -q -O - http://web/ && wget -q -O - http://db/"));
    expect(run).toEqual({ exitCode: 0, output: "web\ndb" });
    expect(await checks()).toBe("");
  });

  it("tells its exit code and what it wrote to both streams", async () => {
    const run = await runtime.runOneOff(shell("echo one; sleep 0.1; echo two >&2; exit 7"));
    expect(run).toEqual({ exitCode: 7, output: "one\ntwo" });
  });

  it("sees what a container sees, from inside it, where that is asked for", async () => {
    const inside = await docker("ps", "-q", "--filter", `name=${stack.name}-green-web`);
    const run = await runtime.runOneOff({ ...shell("wget -q -O - http://127.0.0.1/; hostname"), inside });
    expect(run).toEqual({ exitCode: 0, output: `web\n${inside}` });
  });

  it("is ended by the signal, its container too", async () => {
    const stop = new AbortController();
    const running = runtime.runOneOff(shell("exec sleep 600"), stop.signal);
    running.catch(() => undefined);
    await expect.poll(checks, { timeout: 20_000 }).not.toBe("");
    await delay(200);
    stop.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
    expect(await checks()).toBe("");
  });

  it("that a dead run left is found and swept", async () => {
    const label = (key: string, value: string) => ["--label", `dev.sluice.${key}=${value}`];
    const labelled = [...label("stack", stack.name), ...label("slot", "green"), ...label("kind", "check")];
    await docker("create", "--name", `${stack.name}-green-check-dead`, ...labelled, busybox, "true");
    const { leftovers } = await observer.observe(aProject(model));
    expect(leftovers).toMatchObject([{ code: "leftover-check" }]);
    await slots.sweep(stack.name);
    expect(await checks()).toBe("");
  });

  it("is refused where the slot has no networks, and where the image is nowhere", async () => {
    await expect(runtime.runOneOff({ ...shell("true"), slot: "blue" })).rejects.toMatchObject({
      code: "ENGINE_FAILED",
    });
    const nowhere = `sluice-test/nowhere-${stack.name}`;
    await expect(runtime.runOneOff({ ...shell("true"), image: nowhere })).rejects.toMatchObject({
      code: "ENGINE_FAILED",
    });
    await expect(runtime.provideImage(stack.name, nowhere)).rejects.toMatchObject({ code: "IMAGE_MISSING" });
    await runtime.provideImage(stack.name, busybox);
  });
});
