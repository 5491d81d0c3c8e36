import { labels, stackNames } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { busybox } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aShop, aSlotRequest, aStored, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, slots, observer, rehearsals, throwAway } = runtime;
const stack = uniqueStack("foreign");
const model = aShop(stack.name);
const places = ["blue", "green", "rehearsal"] as const;
const projectOf = (place: (typeof places)[number]) => stackNames.slotProject(stack.name, place);

const webOf = (place: (typeof places)[number]) => `${projectOf(place)}-web-1`;

function run(project: string, service: string, label: readonly string[], ...options: readonly string[]) {
  const marks = [
    `com.docker.compose.project=${project}`,
    `com.docker.compose.service=${service}`,
    "com.docker.compose.oneoff=False",
    ...label,
  ].flatMap((mark) => ["--label", mark]);
  const name = `${project}-${service}-1`;
  return docker("run", "-d", "--init", ...marks, "--name", name, ...options, busybox, "sleep", "600");
}

/** What somebody has by `docker compose -p STACK-PLACE up -d`, of a service that the stack has too. */
async function hand(place: (typeof places)[number]): Promise<void> {
  const project = projectOf(place);
  const marks = [`com.docker.compose.project=${project}`, "com.docker.compose.network=default"];
  const network = `${project}_default`;
  await docker("network", "create", ...marks.flatMap((mark) => ["--label", mark]), network);
  await run(project, "web", [], "--network", network, "-v", "/data");
}

/** A container of the stack's own slot blue. */
const ownWorker = () => run(projectOf("blue"), "worker", [`${labels.stack}=${stack.name}`]);

/** All that is there of others: containers that run, on which networks, with which volumes. */
async function theirs(): Promise<readonly string[]> {
  const format =
    "{{.Id}} {{.State.Status}} {{.State.StartedAt}}{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}{{range .Mounts}} {{.Name}}{{end}}";
  const found = await docker("inspect", "-f", format, ...places.map(webOf));
  const volumes = (await docker("volume", "ls", "-q")).split("\n");
  return found.split("\n").map((line) => `${line} ${volumes.includes(line.split(" ").at(-1) ?? "")}`);
}

beforeAll(() => Promise.all(places.map(hand)));
afterAll(async () => {
  await stack.remove();
  await docker("volume", "rm", "-f", stackNames.homeVolume(projectOf("blue")));
});

const refused = (place: (typeof places)[number]) => ({
  code: "PREFLIGHT_FAILED",
  message: expect.stringContaining(`Compose project ${projectOf(place)}`),
});
const copy = { stack: stack.name, deployment: "d1", database: "db", copy: "none" };

it("what others have under names that the stack needs is seen, and is none of the stack's", async () => {
  const { foreign, slots: seen, leftovers } = await observer.observe(aProject(model));
  expect(foreign).toEqual(
    places.map((place) => ({
      project: projectOf(place),
      place,
      containers: [webOf(place)],
      networks: [`${projectOf(place)}_default`],
      isShared: false,
      owner: null,
    })),
  );
  expect([seen.blue.containers, seen.green.containers, leftovers]).toEqual([[], [], []]);
  expect(await observer.slotContainers(stack.name, "blue")).toEqual([]);
});

it("nothing that clears away, and nothing that would be made beside it, touches it", async () => {
  const before = await theirs();
  for (const slot of ["blue", "green"] as const) {
    const request = await aSlotRequest(model, slot);
    await base.ensureNetworks(model, slot, shopServices);
    await slots.stop(stack.name, slot, ["web"]);
    await slots.clear(stack.name, slot);
    await expect(slots.create(request)).rejects.toMatchObject(refused(slot));
    await expect(slots.create(request, { onlyMissing: true })).rejects.toMatchObject(refused(slot));
    await expect(slots.runJob(request, "migrate")).rejects.toMatchObject(refused(slot));
    await slots.remove(stack.name, slot);
  }
  await slots.sweep(stack.name);
  await throwAway.sweep(stack.name);
  const world = await rehearsals.open(copy);
  await expect(world.start(await aStored(model), ["web"])).rejects.toMatchObject(refused("rehearsal"));
  await world.clear();
  await world[Symbol.asyncDispose]();
  expect(await theirs()).toEqual(before);
});

it("whether it is a stack of its own is told, and what of the stack itself is beside it goes alone", async () => {
  const before = await theirs();
  await ownWorker();
  await base.claim(projectOf("blue"), "another home");
  const { foreign } = await observer.observe(aProject(model));
  expect(foreign[0]).toMatchObject({ isShared: true, owner: projectOf("blue") });
  expect(foreign[1]).toMatchObject({ isShared: false, owner: null });
  await slots.remove(stack.name, "blue");
  expect(await docker("ps", "-aq", "--filter", `label=${labels.stack}=${stack.name}`)).toBe("");
  expect(await theirs()).toEqual(before);
});

it("a stack that is called as a slot of another one leaves that slot alone", async () => {
  const other = aShop(projectOf("blue"));
  const name = `${projectOf("blue")}-worker-1`;
  const id = await ownWorker();
  const { foreign, plain } = await observer.observe(aProject(other));
  expect(foreign).toMatchObject([{ place: "base", containers: [name], owner: stack.name }]);
  expect(plain.map((container) => container.name)).toEqual([webOf("blue")]);
  await base.remove(projectOf("blue"), facts("worker").name);
  expect(await docker("ps", "-q", "--no-trunc", "--filter", `name=${name}`)).toBe(id);
});
