import { labels, type ThrowAwayRequest } from "@sluice/core";
import { afterAll, expect, it } from "vitest";
import { createContainerExec } from "../src/exec/container-exec.ts";
import { sweep, sweepTrials } from "../src/slots/sweep.ts";
import { createThrowAwayContainers } from "../src/throw-away/throw-away-containers.ts";
import { busybox } from "./support/busybox.ts";
import { docker, engine, uniqueStack } from "./support/engine.ts";

const stack = uniqueStack("scratch");
const exec = createContainerExec(engine);
const containers = createThrowAwayContainers(engine);
afterAll(() => stack.remove());

const request = (over: Partial<ThrowAwayRequest> = {}): ThrowAwayRequest => ({
  stack: stack.name,
  image: busybox,
  purpose: "test",
  environment: { ANSWER: "42" },
  command: ["sleep", "600"],
  memoryBytes: 64 * 1024 * 1024,
  ...over,
});
const left = () => docker("ps", "-aq", "--filter", `label=dev.sluice.stack=${stack.name}`);

it("has no network, a limit of memory and what it was given, and is gone afterwards", async () => {
  let id = "";
  {
    await using container = await containers.start(request());
    id = container.id;
    const { stdout } = await exec.exec(id, ["sh", "-c", 'echo "$ANSWER"; ls /sys/class/net']);
    expect(Buffer.from(stdout).toString()).toBe("42\nlo\n");
    expect(await docker("inspect", "-f", "{{.HostConfig.Memory}}", id)).toBe("67108864");
    expect(await container.inspect()).toMatchObject({ state: "running" });
  }
  expect(await left()).toBe("");
});

it("starts as it is told, or as its image says, with another container's volumes, which outlive it", async () => {
  const volume = `${stack.name}-shared`;
  await docker("volume", "create", "--label", `dev.sluice.stack=${stack.name}`, volume);
  try {
    const owner = await docker(
      "run",
      "-d",
      "--label",
      `dev.sluice.stack=${stack.name}`,
      "-v",
      `${volume}:/shared`,
      busybox,
      "sleep",
      "600",
    );
    {
      const told = { entrypoint: ["sleep"], command: ["500"], volumesFrom: owner };
      await using container = await containers.start(request(told));
      expect(await docker("inspect", "-f", "{{.Path}} {{.Args}}", container.id)).toBe("sleep [500]");
      await exec.exec(container.id, ["touch", "/shared/kept"]);
    }
    expect(Buffer.from((await exec.exec(owner, ["ls", "/shared"])).stdout).toString()).toBe("kept\n");
    await docker("rm", "-f", owner);
    await using plain = await containers.start(request({ command: undefined }));
    expect(await docker("inspect", "-f", "{{.Path}}", plain.id)).toBe("sh");
  } finally {
    await docker("volume", "rm", "-f", volume);
  }
});

it("takes its anonymous volumes along", async () => {
  const volumes = () => docker("volume", "ls", "-q");
  const image = `${stack.name}-volume`;
  const seed = await docker("create", busybox, "true");
  await docker("commit", "-c", "VOLUME /data", seed, image);
  await docker("rm", seed);
  try {
    const container = await containers.start(request({ image }));
    const [name = ""] = (await docker("inspect", "-f", "{{range .Mounts}}{{.Name}} {{end}}", container.id)).split(" ");
    expect((await volumes()).split("\n")).toContain(name);
    await container[Symbol.asyncDispose]();
    expect((await volumes()).split("\n")).not.toContain(name);
  } finally {
    await docker("rmi", "-f", image);
  }
});

it("has a volume of its own where it is told to, which goes with it, also when a dead rehearsal still had it", async () => {
  const volumes = async () => (await docker("volume", "ls", "-q")).split("\n");
  const volumeOf = (id: string) => docker("inspect", "-f", "{{range .Mounts}}{{.Name}}{{end}}", id);
  const container = await containers.start(request({ volumeAt: "/srv/data" }));
  const name = await volumeOf(container.id);
  await exec.exec(container.id, ["touch", "/srv/data/there"]);
  expect(await volumes()).toContain(name);
  await container[Symbol.asyncDispose]();
  expect(await volumes()).not.toContain(name);

  const dead = await volumeOf((await containers.start(request({ volumeAt: "/srv/data" }))).id);
  const marks = [`com.docker.compose.project=${stack.name}-rehearsal`, `${labels.stack}=${stack.name}`];
  await docker(
    "run",
    "-d",
    ...marks.flatMap((mark) => ["--label", mark]),
    "-v",
    `${dead}:/db`,
    busybox,
    "sleep",
    "600",
  );
  await sweepTrials(engine, stack.name);
  expect(await left()).toBe("");
  expect(await volumes()).not.toContain(dead);
});

it("says that an image is gone, and that a command cannot be started", async () => {
  await expect(containers.start(request({ image: `sha256:${"0".repeat(64)}` }))).rejects.toMatchObject({
    code: "IMAGE_MISSING",
  });
  await expect(containers.start(request({ command: ["/no/such/program"] }))).rejects.toMatchObject({
    code: "START_FAILED",
  });
  expect(await left()).toBe("");
});

it("is swept when a dead run left it, and one of another stack is not", async () => {
  const other = uniqueStack("scratch");
  await containers.start(request());
  await using foreign = await containers.start(request({ stack: other.name }));
  await containers.sweep(stack.name);
  expect(await left()).toBe("");
  // What a deployment clears away of dead runs includes them.
  await containers.start(request());
  await sweep(engine, stack.name);
  expect(await left()).toBe("");
  expect(await foreign.inspect()).toMatchObject({ state: "running" });
});

it("of a check outlives what sweeps scratches, as no lock guards it, and goes with what a deployment clears away", async () => {
  const check = await containers.start(request({ kind: "check" }));
  await containers.sweep(stack.name);
  expect(await check.inspect()).toMatchObject({ state: "running", name: expect.stringContaining("-check-") });
  await sweep(engine, stack.name);
  expect(await check.inspect()).toBeNull();
});
