import { type JobOptions, labels, type OutputLine } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aService, aShop, aSlotRequest, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, doors, slots, observer } = runtime;
const stack = uniqueStack("jobs");
const failing = "echo step one >&2; echo no such table >&2; exit 4";
const shop = aShop(stack.name, {
  failing: { command: ["sh", "-c", failing], networks: { back: null } },
  keeping: {
    command: ["sh", "-c", "cat /etc/hostname > /kept/name; grep -o /volumes/[0-9a-f]* /proc/self/mountinfo"],
    volumes: [{ type: "volume", target: "/kept" }],
    networks: { back: null },
  },
  unseen: {
    command: ["sh", "-c", "sleep 1; exit 5"],
    networks: { back: null },
    logging: { driver: "none" },
  },
  flaky: {
    command: ["sh", "-c", "echo x >> /tries/n; test $$(wc -l < /tries/n) -gt 2"],
    volumes: [{ type: "volume", source: "tries", target: "/tries" }],
    networks: { back: null },
    restart: "on-failure",
  },
  hopeless: { command: ["sh", "-c", "exit 6"], networks: { back: null }, restart: "on-failure:1" },
  endless: { command: ["sh", "-c", "echo on it; exec sleep 600"], networks: { back: null }, stop_grace_period: "30s" },
});
const model = { ...shop, volumes: { tries: { name: `${stack.name}_tries` } } };
const services = [
  ...shopServices,
  ...["failing", "endless", "flaky", "hopeless", "keeping", "unseen"].map((name) =>
    aService(name, "job", { networks: ["back"] }),
  ),
];
const ofProject = (service: string) => [
  `--label=com.docker.compose.project=${stack.name}-green`,
  `--label=${labels.stack}=${stack.name}`,
  `--label=com.docker.compose.service=${service}`,
];
const jobs = () => docker("ps", "-aq", "--filter", `name=${stack.name}-green-`);

async function run(name: string, options: Omit<JobOptions, "graceMs" | "onOutput"> = {}) {
  const lines: OutputLine[] = [];
  const request = await aSlotRequest(model, "green", { services: services.filter((one) => one.name === name) });
  const onOutput = (line: OutputLine) => void (line.source === name && lines.push(line));
  await slots.runJob(request, name, { ...options, onOutput, graceMs: 1_000 });
  return lines.map(({ stream, text }) => `${stream}: ${text}`);
}

beforeAll(async () => {
  await base.ensureNetworks(model, "green", services);
  await base.up(model, facts("db"), services);
});
afterAll(() => stack.remove());

describe("runJob", () => {
  it("runs once in the networks of base, gives its output, and leaves nothing", async () => {
    expect(await run("migrate")).toEqual(["stdout: migrating", "stdout: db"]);
    expect(await jobs()).toBe("");
  });

  it("leaves no volume that was its own", async () => {
    const [volume = ""] = (await run("keeping")).map((line) => line.replace("stdout: /volumes/", ""));
    expect(volume).toMatch(/^[0-9a-f]{64}$/);
    expect(await docker("volume", "ls", "-q", "--filter", `name=${volume}`)).toBe("");
  });

  it("fails with the end of the log", async () => {
    await expect(run("failing")).rejects.toMatchObject({
      code: "JOB_FAILED",
      message: "job failing ended with exit code 4",
      detail: "step one\nno such table",
    });
    expect(await jobs()).toBe("");
  });

  it("waits for its end also where its log cannot be read", async () => {
    await expect(run("unseen")).rejects.toMatchObject({
      code: "JOB_FAILED",
      message: "job unseen ended with exit code 5",
    });
    expect(await jobs()).toBe("");
  });

  it("runs again as its restart policy says where that is asked for, each time in a new container", async () => {
    const again = (seconds: number, time: number) =>
      `stderr: job flaky ended with exit code 1: it is run again in ${seconds} s, as its restart policy says (${time} of 7)`;
    expect(await run("flaky", { runsAgain: true })).toEqual([again(1, 1), again(2, 2)]);
    const failed = { code: "JOB_FAILED", message: "job hopeless ended with exit code 6" };
    await expect(run("hopeless", { runsAgain: true })).rejects.toMatchObject(failed);
    await expect(run("hopeless")).rejects.toMatchObject(failed);
    expect(await jobs()).toBe("");
  });

  it("tells where it runs, and is ended by the signal, within the grace that it has", async () => {
    const controller = new AbortController();
    let told: readonly string[] = [];
    const running = run("endless", {
      signal: controller.signal,
      onStarted: (addresses) => (told = addresses),
    });
    await expect
      .poll(() => docker("ps", "-q", "--filter", `name=${stack.name}-green-endless`), { timeout: 20_000 })
      .not.toBe("");
    await expect.poll(() => told.length, { timeout: 20_000 }).toBeGreaterThan(0);
    const format =
      "{{range $name, $_ := .NetworkSettings.Networks}}{{.IPAddress}} {{slice $.Name 1}}.{{$name}} {{end}}";
    const addresses = (await docker("inspect", "-f", format, await jobs())).trim().split(" ");
    expect(told).toEqual(addresses);
    const networks = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}";
    expect((await docker("inspect", "-f", networks, await jobs())).trim()).toBe(`${stack.name}_back`);
    const startedMs = performance.now();
    controller.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(await jobs()).toBe("");
  });
});

describe("create, while a job runs", () => {
  it("makes the rest of the slot, and leaves the job alone", async () => {
    const inSlot = services.filter(({ name, role }) => role === "web" || role === "worker" || name === "endless");
    const addresses = { web: (await doors.addresses(model, facts("web"), "blue")).green };
    const request = await aSlotRequest(model, "green", { services: inSlot, addresses });
    await docker("run", "-d", ...ofProject("old"), "sluice-test/busybox", "sleep", "600");
    const controller = new AbortController();
    const running = slots.runJob(request, "endless", { signal: controller.signal, graceMs: 1_000 });
    await slots.create(request, { running: "endless" });
    await expect
      .poll(() => docker("ps", "-q", "--filter", `name=${stack.name}-green-endless`), { timeout: 20_000 })
      .not.toBe("");
    const names = (await docker("ps", "-a", "--format", "{{.Names}}", "--filter", `name=${stack.name}-green-`)).split(
      "\n",
    );
    expect(names.toSorted()).toEqual(["endless", "web", "worker"].map((name) => `${stack.name}-green-${name}-1`));
    controller.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
    await slots.remove(stack.name, "green");
    expect(await jobs()).toBe("");
  });
});

it("a job that a dead attempt left at work is ended, and tells where it was; one that is only made stays", async () => {
  const label = ["--label", `dev.sluice.stack=${stack.name}`, "--label", "dev.sluice.kind=job"];
  const [dead, made] = [`${stack.name}-green-dead-1`, `${stack.name}-green-made-1`];
  await docker("run", "-d", "--name", dead, ...label, "sluice-test/busybox", "sleep", "60");
  await docker("create", "--name", made, ...label, "sluice-test/busybox");
  const address = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const ended = [await docker("inspect", "-f", address, dead), `${dead}.bridge`];
  expect(await runtime.endJobs(stack.name)).toEqual(ended);
  expect(await docker("ps", "-a", "--format", "{{.Names}}", "--filter", `label=${label[1]}`)).toContain(made);
  expect(await runtime.endJobs(stack.name)).toEqual([]);
  await docker("rm", made);
});

describe("sweep", () => {
  it("finds and removes what a dead attempt left", async () => {
    const label = (pair: string) => ["--label", `dev.sluice.${pair}`];
    const labelled = [...label(`stack=${stack.name}`), ...label("kind=job"), ...label("service=migrate")];
    await docker(
      "run",
      "-d",
      "--name",
      `${stack.name}-green-migrate-1`,
      ...labelled,
      "sluice-test/busybox",
      "sleep",
      "60",
    );
    const { leftovers } = await observer.observe(aProject(model, services));
    expect(leftovers).toMatchObject([{ code: "leftover-job", service: "migrate" }]);
    await slots.sweep(stack.name);
    expect((await observer.observe(aProject(model, services))).leftovers).toEqual([]);
  });
});
