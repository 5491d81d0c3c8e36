import type { ComposeService } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { aService, aSlotRequest, aStored } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { slots, base } = runtime;
const stack = uniqueStack("wait");
const budget = { timeoutMs: 4_000, derivation: "4 s for the test" };

const checked = `sluice/${stack.name}-checked:v1`;

/** Services that come up well or badly, each in its own way. */
const commands: Readonly<Record<string, Partial<ComposeService>>> = {
  healthy: {
    command: ["sh", "-c", "sleep 1; touch /bin/up; exec sleep 60"],
    healthcheck: { test: ["CMD", "test", "-e", "/bin/up"], interval: "30s", retries: 3 },
  },
  unchecked: { command: ["sleep", "60"] },
  never: {
    command: ["sh", "-c", "echo still warming up; exec sleep 60"],
    healthcheck: { test: ["CMD-SHELL", "echo not yet; exit 1"], interval: "30s", retries: 3 },
  },
  unhealthy: { command: ["sleep", "60"], healthcheck: { test: ["CMD", "false"], interval: "1s", retries: 1 } },
  // As a worker that runs in the image of the web service.
  inherited: { command: ["sleep", "60"], image: checked },
  exits: { command: ["sh", "-c", "echo cannot find the database >&2; exit 3"] },
  crashing: { command: ["sh", "-c", "sleep 0.3; exit 1"], restart: "always" },
  second: {
    command: ["sh", "-c", "exec sleep 60"],
    depends_on: { healthy: { condition: "service_healthy", required: true } },
  },
};
const model = {
  name: stack.name,
  services: Object.fromEntries(
    Object.entries(commands).map(([name, service]) => [
      name,
      {
        image: "sluice-test/busybox",
        entrypoint: null,
        init: true,
        stop_grace_period: "1s",
        networks: { default: null },
        ...service,
      },
    ]),
  ),
  networks: { default: { name: `${stack.name}_default` } },
};
const services = Object.keys(commands).map((name) => aService(name, "worker", { startBudget: budget }));
const slot = "blue";

async function startAndWait(name: string) {
  await slots.start(stack.name, slot, [name]);
  const begin = performance.now();
  const ready = await slots.waitReady({
    stack: stack.name,
    slot,
    services: services.filter((one) => one.name === name),
  });
  return { ready, took: performance.now() - begin };
}

beforeAll(async () => {
  await docker("create", "--name", stack.name, "sluice-test/busybox");
  await docker("commit", "--change", "HEALTHCHECK --interval=1s --retries=1 CMD false", stack.name, checked);
  await base.ensureNetworks(model, slot, services);
  const request = await aSlotRequest(model, slot, { services });
  const { bundle } = request.release;
  const images = { ...bundle.images, inherited: await docker("image", "inspect", "-f", "{{.Id}}", checked) };
  await slots.create({ ...request, release: { ...request.release, bundle: { ...bundle, images } } });
});
afterAll(() => stack.remove());

describe("waitReady", () => {
  it("accepts a container as soon as its own health check passes, not when the engine asks next", async () => {
    const { took, ready } = await startAndWait("healthy");
    expect(took).toBeLessThan(4_000);
    expect(ready).toMatchObject([{ service: "healthy", health: "healthy" }]);
  });

  it("lets a container without a health check run on for a moment first", async () => {
    const { took, ready } = await startAndWait("unchecked");
    expect(took).toBeGreaterThan(2_900);
    expect(ready).toMatchObject([{ state: "running", health: "none" }]);
  });

  it("gives up at the budget, says how that came about, and shows health log and log", async () => {
    await expect(startAndWait("never")).rejects.toMatchObject({
      code: "NOT_READY",
      message: expect.stringMatching(/never .*not ready after 4 s \(4 s for the test\)/),
      detail: expect.stringMatching(/still warming up/),
    });
  });

  it("fails at once when the health check has decided against it", async () => {
    await expect(startAndWait("unhealthy")).rejects.toMatchObject({
      code: "NOT_READY",
      message: expect.stringContaining("is unhealthy"),
      detail: expect.stringMatching(/^health check \(exit code 1\)/),
      hint: `docker logs ${stack.name}-${slot}-unhealthy-1`,
    });
  });

  it("says so where the health check that fails is that of the image", async () => {
    await expect(startAndWait("inherited")).rejects.toMatchObject({
      code: "NOT_READY",
      hint: expect.stringContaining("healthcheck: { disable: true }"),
    });
  });

  it("fails at once when the container stops, with what it wrote", async () => {
    await expect(startAndWait("exits")).rejects.toMatchObject({
      code: "START_FAILED",
      message: expect.stringContaining("stopped with exit code 3"),
      detail: "cannot find the database",
    });
  });

  it("is not deceived by a container that runs now and then", async () => {
    await expect(startAndWait("crashing")).rejects.toMatchObject({ code: "START_FAILED" });
    await docker("rm", "-f", `${stack.name}-${slot}-crashing-1`);
  });

  it("waits likewise for containers that are named by their ids", async () => {
    const { ready } = await startAndWait("healthy");
    const ids = ready.map(({ id }) => id);
    await expect(slots.waitPlain(ids)).resolves.toBeUndefined();
    await docker("stop", "--time", "0", ...ids);
    await expect(slots.waitPlain(ids)).rejects.toMatchObject({ code: "START_FAILED" });
  });

  it("can be given up", async () => {
    const signal = AbortSignal.timeout(300);
    const never = services.filter(({ name }) => name === "never");
    await expect(slots.waitReady({ stack: stack.name, slot, services: never }, { signal })).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });
});

describe("start", () => {
  it("starts what depends on the health of another service after it", async () => {
    await slots.create(await aSlotRequest(model, slot, { services }));
    await slots.start(stack.name, slot, ["second", "healthy"]);
    const at = async (name: string) =>
      Date.parse(await docker("inspect", "-f", "{{.State.StartedAt}}", `${stack.name}-${slot}-${name}-1`));
    expect((await at("second")) - (await at("healthy"))).toBeGreaterThan(900);
  });
});

describe("a release without the image", () => {
  it("creates nothing", async () => {
    const release = await aStored(model, services);
    const gone = {
      ...release,
      bundle: {
        ...release.bundle,
        images: Object.fromEntries(services.map(({ name }) => [name, `sha256:${"0".repeat(64)}`])),
      },
    };
    const request = { ...(await aSlotRequest(model, slot, { services })), release: gone };
    await expect(slots.create(request)).rejects.toMatchObject({ code: "COMPOSE_FAILED" });
  });
});
