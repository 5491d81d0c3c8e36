import { labels, type Slot, stackNames } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { idleContainer } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { aService, aShop, aSlotRequest, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, slots, doors, exec } = runtime;
const stack = uniqueStack("slots");
const model = aShop(stack.name, {
  batch: {
    command: ["sleep", "600"],
    networks: { back: null },
    volumes: [
      { type: "volume", target: "/app/node_modules" },
      { type: "volume", target: "/found" },
    ],
  },
});
const web = facts("web");
const slotFacts = [web, facts("worker")];

async function deploySlot(slot: Slot) {
  await base.ensureNetworks(model, slot, shopServices);
  const addresses = { web: (await doors.addresses(model, web, slot))[slot] };
  const request = await aSlotRequest(model, slot, { addresses });
  await slots.create(request);
  return request;
}

/** What answers under a name, seen from a container. */
async function page(container: string, host: string): Promise<string> {
  const { stdout, exitCode } = await exec.exec(container, ["timeout", "2", "wget", "-q", "-O", "-", `http://${host}/`]);
  return exitCode === 0 ? Buffer.from(stdout).toString().trim() : "";
}
const containerOf = (slot: Slot, service: string) => `${stack.name}-${slot}-${service}-1`;
const ids = (project: string) =>
  docker("ps", "-aq", "--no-trunc", "--filter", `label=com.docker.compose.project=${project}`);

beforeAll(async () => {
  await base.ensureNetworks(model, "blue", shopServices);
  for (const name of ["db", "mail", "edge"]) await base.up(model, facts(name), shopServices);
  await deploySlot("blue");
  await slots.start(stack.name, "blue", ["web", "worker"]);
  await slots.waitReady({ stack: stack.name, slot: "blue", services: slotFacts });
});
afterAll(() => stack.remove());

describe("a slot", () => {
  it("reaches base services under their names and aliases, and its own services", async () => {
    const name = containerOf("blue", "web");
    expect(await Promise.all(["db", "database", "mail", "worker", "web"].map((host) => page(name, host)))).toEqual([
      "db",
      "db",
      "mail",
      "worker",
      "web",
    ]);
  });

  it("keeps the segmentation of the networks: what could not reach a service before cannot now", async () => {
    expect(await page(containerOf("blue", "worker"), "db")).toBe("db");
    expect(await page(containerOf("blue", "worker"), "mail")).toBe("");
    expect(await page(`${stack.name}-mail-1`, "db")).toBe("");
  });

  it("gives its web service no name in base but the one of the slot, and workers their own", async () => {
    expect(await page(`${stack.name}-db-1`, "web")).toBe("");
    expect(await page(`${stack.name}-db-1`, `web.blue.${stack.name}`)).toBe("web");
    expect(await page(`${stack.name}-db-1`, "worker")).toBe("worker");
  });

  it("has its web replicas on the addresses that the door leads to", async () => {
    const [address] = (await doors.addresses(model, web, "blue")).blue;
    expect(await page(`${stack.name}-db-1`, address ?? "")).toBe("web");
  });

  it("is a world of its own: the other slot meets its own services", async () => {
    const before = await ids(stack.name);
    await deploySlot("green");
    await slots.start(stack.name, "green", ["worker"]);
    await exec.putFiles(containerOf("green", "worker"), [{ path: "/w/index.html", content: "green worker\n" }]);
    await slots.start(stack.name, "green", ["web"]);
    await slots.waitReady({ stack: stack.name, slot: "green", services: slotFacts });
    expect(await page(containerOf("green", "web"), "worker")).toBe("green worker");
    expect(await page(containerOf("blue", "web"), "worker")).toBe("worker");
    expect(await ids(stack.name)).toBe(before);
    await slots.remove(stack.name, "green");
    expect(await ids(`${stack.name}-green`)).toBe("");
  });
});

it("a slot takes its anonymous volumes of caches with it, and no other ones", async () => {
  const batch = aService("batch", "worker", { networks: ["back"] });
  await slots.create(await aSlotRequest(model, "green", { services: [batch] }));
  const mounts = await docker("inspect", "--format", "{{json .Mounts}}", containerOf("green", "batch"));
  const named = (JSON.parse(mounts) as { Name: string; Destination: string }[]).map(
    ({ Name, Destination }) => [Destination, Name] as const,
  );
  const { "/app/node_modules": cache = "", "/found": found = "" } = Object.fromEntries(named);
  await slots.remove(stack.name, "green");
  const left = (await docker("volume", "ls", "-q")).split("\n");
  await docker("volume", "rm", found);
  expect(left).not.toContain(cache);
  expect(left).toContain(found);
});

it("a slot that is made anew leaves no link of a network that there is no more, unless something is on it", async () => {
  const link = async (slot: Slot, key: string) => {
    const marks = [`${labels.stack}=${stack.name}`, `${labels.slot}=${slot}`, `${labels.kind}=link`];
    const name = stackNames.link(stack.name, slot, key);
    await docker("network", "create", "--internal", ...marks.flatMap((mark) => ["--label", mark]), name);
    return name;
  };
  const [used, other] = [await link("green", "used"), await link("blue", "renamed")];
  await link("green", "renamed");
  await docker("stop", "-t", "0", await idleContainer(`${stack.name}-stopped`, "--network", used));
  const listed = async () => (await docker("network", "ls", "--format", "{{.Name}}")).split("\n").toSorted();
  const kept = [used, other, ...["back", "default"].map((key) => stackNames.link(stack.name, "blue", key))];
  await slots.create(await aSlotRequest(model, "green", { services: [facts("worker")] }));
  const after = await listed();
  expect(after).not.toContain(stackNames.link(stack.name, "green", "renamed"));
  expect(after).toEqual(expect.arrayContaining(kept));
  await slots.remove(stack.name, "green");
});

describe("waitReady", () => {
  it("knows that a container is healthy long before the engine's own check", async () => {
    const begin = performance.now();
    const ready = await slots.waitReady({ stack: stack.name, slot: "blue", services: [web] });
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(ready.map(({ service, state, health }) => ({ service, state, health }))).toEqual([
      { service: "web", state: "running", health: "healthy" },
    ]);
  });
});

describe("stop", () => {
  it("stops what it is told, and the engine does not bring it back", async () => {
    await slots.stop(stack.name, "blue", ["worker"]);
    expect(await docker("inspect", "-f", "{{.State.Running}}", containerOf("blue", "worker"))).toBe("false");
    expect(await docker("inspect", "-f", "{{.State.Running}}", containerOf("blue", "web"))).toBe("true");
    await slots.start(stack.name, "blue", ["worker"]);
  });
});
