import { spawn } from "node:child_process";
import type { ComposeModel, ComposeService, ServiceFacts, StartOptions, StoredRelease } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { aService, aShop, aSlotRequest, facts, shopServices } from "./support/project.ts";
import { noteHook, openRuntime, runtime } from "./support/runtime.ts";

const stored = new Map<string, StoredRelease>();
const readRelease = async (id: string) => {
  const release = stored.get(id);
  if (!release) throw new Error("that release is not stored");
  return release;
};
const open = () => openRuntime({ readRelease });
const { base, slots, exec } = open();
const stack = uniqueStack("hooks");
const file = "/tmp/hooks";
const note = (word: string) => ({ command: ["sh", "-c", `echo ${word} >> ${file}`] });
const hooks = {
  post_start: [
    {
      command: ["sh", "-c", `echo "$$WHO $$(id -u) $$(pwd)" >> ${file}; chmod a+rw ${file}`],
      user: "65534",
      working_dir: "/srv/a dir",
      environment: { WHO: "it costs $$5" },
    },
    note("warm"),
  ],
  pre_stop: [note("left")],
};

const idle = "mkdir -p '/srv/a dir'; exec sleep 600";
const model = aShop(stack.name, {
  worker: { command: ["sh", "-c", idle], working_dir: "/srv/a dir", healthcheck: undefined, ...hooks },
  batch: { command: ["sleep", "600"], networks: { back: null }, stop_grace_period: "1s" },
  db: { post_start: [note("ready")] },
} as Readonly<Record<string, Partial<ComposeService>>>);

const container = `${stack.name}-blue-worker-1`;
const written = async (name = container): Promise<readonly string[]> => {
  const { stdout } = await exec.exec(name, ["sh", "-c", `cat ${file} 2> /dev/null`]);
  return Buffer.from(stdout).toString().trim().split("\n");
};
const first = ["it costs $5 65534 /srv/a dir", "warm"];
const start = (options: StartOptions = {}) => slots.start(stack.name, "blue", ["worker"], options);

/** Makes the slot of a release of its own. Resolves with its id. */
async function create(ofRelease: ComposeModel, services: readonly ServiceFacts[] = shopServices): Promise<string> {
  const id = `r${stored.size + 1}`;
  const request = await aSlotRequest(ofRelease, "blue", { release: id, services });
  stored.set(id, request.release);
  await slots.create(request);
  return id;
}

/** A program that starts the worker of a slot of a release, and does not come to the end of it. */
const startAndDie = (id: string) => `
import { openRuntime } from ${JSON.stringify(new URL("./support/runtime.ts", import.meta.url).href)};
const readRelease = async () => (${JSON.stringify({ model: stored.get(id)?.model })});
await openRuntime({ readRelease }).slots.start(${JSON.stringify(stack.name)}, "blue", ["worker"]);
`;

/** As `create`, with other hooks of the worker. */
function remake(others: object): Promise<string> {
  const { worker } = model.services;
  return create({ ...model, services: { ...model.services, worker: { ...worker, ...others } } });
}

function listen() {
  const lines: string[] = [];
  const onOutput: NonNullable<StartOptions["onOutput"]> = ({ source, text }) => void lines.push(`${source}: ${text}`);
  return { lines, onOutput };
}

beforeAll(async () => {
  await base.ensureNetworks(model, "blue", shopServices);
});
afterAll(() => stack.remove());

it("are run in order once a container of a slot has started, as who and where they say, and not where it ran already", async () => {
  await create(model);
  await start();
  expect(await written()).toEqual(first);
  await start();
  expect(await written()).toEqual(first);
});

it("are run before it is stopped, and again when it is started again", async () => {
  await slots.stop(stack.name, "blue", ["worker"]);
  await start();
  expect(await written()).toEqual([...first, "left", ...first]);
});

it("are run from the first one where a start was cut off in them", async () => {
  await remake({
    post_start: [note("one"), { command: ["sh", "-c", `[ -e /tmp/go ] || exec sleep 60`] }, note("two")],
  });
  const cut = new AbortController();
  const cutOff = slots.start(stack.name, "blue", ["worker"], { signal: cut.signal });
  await expect.poll(() => written(), { timeout: 20_000 }).toEqual(["one"]);
  cut.abort(new Error("killed"));
  await expect(cutOff).rejects.toThrow("killed");
  await docker("exec", container, "touch", "/tmp/go");
  await open().slots.start(stack.name, "blue", ["worker"]);
  expect(await written()).toEqual(["one", "one", "two"]);
  // Whoever keeps no notes takes what runs for started.
  await runtime.slots.start(stack.name, "blue", ["worker"]);
  expect(await written()).toEqual(["one", "one", "two"]);
});

it("end what a killed run has left of them before they run again", async () => {
  const slow = `echo begin >> ${file}; [ -e /tmp/again ] || exec sleep 30; echo end >> ${file}`;
  const id = await remake({ post_start: [{ command: ["sh", "-c", slow] }] });
  const killed = spawn(process.execPath, ["--conditions=sluice-source", "-e", startAndDie(id)], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  await expect.poll(() => written(), { timeout: 20_000 }).toEqual(["begin"]);
  killed.kill("SIGKILL");
  await docker("exec", container, "touch", "/tmp/again");
  // The note is another process's.
  await noteHook((await docker("inspect", "-f", "{{.Id}}", container)).trim());
  await open().slots.start(stack.name, "blue", ["worker"]);
  expect(await written()).toEqual(["begin", "begin", "end"]);
  expect(await docker("top", container, "-eo", "pid,args")).not.toContain("sleep 30");
});

it("run in a container that the engine has only paused no more", async () => {
  await remake({});
  await start();
  await docker("pause", container);
  await start();
  expect(await written()).toEqual(first);
});

it("end the start where they fail, with what they wrote", async () => {
  await remake({ post_start: [{ command: ["sh", "-c", "echo no price list; exit 3"] }, note("never")] });
  await expect(start()).rejects.toMatchObject({
    code: "START_FAILED",
    message: expect.stringContaining(`post_start of ${container} ended with exit code 3`) as string,
    detail: "no price list",
  });
  expect(await written()).toEqual([""]);
  await remake({ post_start: [{ command: ["no-such-program"] }] });
  await expect(start()).rejects.toMatchObject({ message: expect.stringContaining("no-such-program") as string });
  await remake({ post_start: [{ command: ["true"], user: "no-such-user" }] });
  await expect(start()).rejects.toMatchObject({
    code: "START_FAILED",
    message: expect.stringContaining(`post_start of ${container}`) as string,
    detail: expect.stringContaining("no-such-user") as string,
  });
});

it("keep nothing else down where they fail on the way back, and are told then", async () => {
  const { web, worker } = model.services;
  const failing = { ...worker, post_start: [{ command: ["sh", "-c", "echo no price list; exit 3"] }] };
  const after = { ...web, depends_on: { worker: { condition: "service_started", required: true } } };
  await create({ ...model, services: { ...model.services, worker: failing, web: after } as ComposeModel["services"] });
  const isUp = async () =>
    (await docker("inspect", "-f", "{{.State.Running}}", `${stack.name}-blue-web-1`)).trim() === "true";
  const startAll = (options: StartOptions) => slots.start(stack.name, "blue", ["web", "worker"], options);
  const why = { code: "START_FAILED", detail: "no price list" };
  await expect(startAll({})).rejects.toMatchObject(why);
  expect(await isUp()).toBe(false);
  await expect(startAll({ goesOn: true })).rejects.toMatchObject(why);
  expect(await isUp()).toBe(true);
});

it("keep waiting only what needs them where they hang on the way back", async () => {
  const { web, worker, batch } = model.services;
  const hanging = { ...worker, post_start: [{ command: ["sleep", "600"] }] };
  const after = (name: string) => ({ depends_on: { [name]: { condition: "service_started", required: true } } });
  const services = { ...model.services, worker: hanging, web: { ...web, ...after("batch") }, batch };
  await create({ ...model, services } as ComposeModel, [
    ...shopServices,
    aService("batch", "worker", { networks: ["back"] }),
  ]);
  const isUp = async () =>
    (await docker("inspect", "-f", "{{.State.Running}}", `${stack.name}-blue-web-1`)).trim() === "true";
  const deadline = new AbortController();
  const { signal } = deadline;
  const started = slots.start(stack.name, "blue", ["web", "worker", "batch"], { signal, goesOn: true });
  started.catch(() => undefined);
  await expect.poll(isUp, { timeout: 20_000 }).toBe(true);
  deadline.abort(new Error("no longer"));
  await expect(started).rejects.toThrow("no longer");
});

it("are named where the time for the start is over in them", async () => {
  await remake({ post_start: [note("one"), { command: ["sleep", "61"] }] });
  const deadline = new AbortController();
  const { lines, onOutput } = listen();
  const started = start({ signal: deadline.signal, onOutput });
  await expect.poll(() => lines, { timeout: 20_000 }).toContain(`${container}: post_start: sleep 61`);
  deadline.abort(new DOMException("longer than 60000 ms", "TimeoutError"));
  await expect(started).rejects.toMatchObject({
    code: "START_FAILED",
    message: `post_start of ${container} was not through when the time for the start was over: sleep 61`,
  });
});

it("are told where the release that says them is not stored, and keep nothing from starting and stopping", async () => {
  stored.delete(await remake({}));
  const { lines, onOutput } = listen();
  await start({ onOutput });
  await slots.stop(stack.name, "blue", ["worker"], { onOutput });
  expect(lines).toEqual([
    `${container}: post_start is not run: that release is not stored`,
    `${container}: pre_stop is not run: that release is not stored`,
  ]);
});

it("leave nothing of what they say on the container", async () => {
  await remake({ post_start: [{ command: ["true"], environment: { API_TOKEN: "canary" } }] });
  expect(await docker("inspect", container)).not.toContain("canary");
});

it.each(["", "sleep 1; "])("say nothing where the container ends meanwhile (%s): its log tells why", async (first) => {
  const command = ["sh", "-c", `${first}echo it cannot be; exit 1`];
  await remake({ command, post_start: [{ command: ["sleep", "30"] }] });
  await start();
  await expect(slots.waitReady({ stack: stack.name, slot: "blue", services: [facts("worker")] })).rejects.toMatchObject(
    { code: "START_FAILED", detail: expect.stringContaining("it cannot be") as string },
  );
});

it("are no start of a container that the engine had to restart meanwhile", async () => {
  const post_start = [{ command: ["sh", "-c", "exec sleep 3"] }];
  await remake({ command: ["sh", "-c", "sleep 1; exit 1"], restart: "unless-stopped", post_start });
  await expect(start()).rejects.toMatchObject({
    code: "START_FAILED",
    message: `${container} ended and was restarted while its post_start ran`,
  });
});

it("leave a container to be started anew where the stop behind them never came", async () => {
  await remake({ pre_stop: [note("left"), { command: ["sh", "-c", "exec sleep 60"] }], stop_grace_period: "20s" });
  await start();
  const cut = new AbortController();
  const cutOff = slots.stop(stack.name, "blue", ["worker"], { signal: cut.signal });
  await expect.poll(() => written(), { timeout: 20_000 }).toEqual([...first, "left"]);
  cut.abort(new Error("the users wait"));
  await expect(cutOff).rejects.toThrow("the users wait");
  const before = await docker("inspect", "-f", "{{.State.StartedAt}}", container);
  await start();
  expect(await docker("inspect", "-f", "{{.State.StartedAt}}", container)).not.toBe(before);
  expect(await written()).toEqual([...first, "left", ...first]);
});

it("prevent no stop where they fail or take longer than its grace, and that is told", async () => {
  await remake({ post_start: [], pre_stop: [{ command: ["sh", "-c", "echo stuck; exit 4"] }] });
  await start();
  const { lines, onOutput } = listen();
  await slots.stop(stack.name, "blue", ["worker"], { onOutput });
  expect(await docker("inspect", "-f", "{{.State.Running}}", container)).toBe("false");
  expect(lines).toEqual([
    `${container}: pre_stop of ${container} ended with exit code 4: sh -c echo stuck; exit 4; the container is stopped all the same`,
    `${container}: stuck`,
  ]);
  lines.length = 0;
  await remake({ post_start: [], pre_stop: [{ command: ["sleep", "60"] }] });
  await start();
  await slots.clear(stack.name, "blue", { onOutput });
  expect(lines).toEqual([`${container}: pre_stop: longer than 1000 ms; the container is stopped all the same`]);
  expect(await docker("ps", "-aq", "--filter", `name=${container}`)).toBe("");
});

it("are run in base after a start, and not where nothing is started", async () => {
  await base.up(model, facts("db"), shopServices);
  await base.up(model, facts("db"), shopServices);
  expect(await written(`${stack.name}-db-1`)).toEqual(["ready"]);
});
