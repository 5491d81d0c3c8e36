import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinnedModel } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aService, aShop, aStored, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, claims, observer, slots } = runtime;
const stack = uniqueStack("base");
const model = aShop(stack.name);
let directory = "";

/** `docker compose up -d` of some services, as a user runs it. */
async function plainUp(...services: readonly string[]) {
  const file = join(directory, "compose.json");
  await writeFile(file, JSON.stringify(model));
  await docker("compose", "-p", stack.name, "-f", file, "up", "-d", ...services);
}
const statesOf = async (name: string) =>
  docker("inspect", "-f", "{{.Id}} {{.State.StartedAt}}", `${stack.name}-${name}-1`);
const observe = (project = aProject(model)) => observer.observe(project);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-base-"));
  await mkdir(join(directory, ".git"));
  await plainUp("db", "mail", "edge");
});
afterAll(async () => {
  await stack.remove();
  await rm(directory, { recursive: true, force: true });
});

describe("adopting a project that plain Compose runs", () => {
  it("sees what is unchanged, and what plain Compose runs of the slots' services", async () => {
    const { base: seen, plain, doors, homeId, slots: found } = await observe();
    expect(Object.values(seen).map(({ service, state }) => [service, state])).toEqual([
      ["db", "current"],
      ["mail", "current"],
      ["edge", "current"],
    ]);
    expect(plain.map(({ service, state }) => [service, state])).toEqual([["web", "running"]]);
    expect(plain).toMatchObject([{ byPlainCompose: true, composeFiles: ["compose.json"] }]);
    expect([homeId, found.blue.containers, doors["web"]?.state]).toEqual([null, [], "absent"]);
  });

  it("touches no container when nothing changed, also one that depends on a web service", async () => {
    const before = await Promise.all(["db", "mail", "edge"].map(statesOf));
    await base.ensureNetworks(model, "blue", shopServices);
    for (const name of ["db", "mail", "edge"]) await base.up(model, facts(name), shopServices);
    expect(await Promise.all(["db", "mail", "edge"].map(statesOf))).toEqual(before);
    expect((await observe()).base["edge"]).toMatchObject({ state: "current" });
  });

  it("leaves a project that Compose still takes for its own", async () => {
    const before = await Promise.all(["db", "mail", "edge"].map(statesOf));
    await plainUp("db", "mail", "edge");
    expect(await Promise.all(["db", "mail", "edge"].map(statesOf))).toEqual(before);
  });

  it("sees jobs that plain Compose has run, and when", async () => {
    expect((await observe()).jobs).toEqual([]);
    await plainUp("migrate");
    const { jobs = [], orphans, plain } = await observe();
    expect(jobs).toMatchObject([{ service: "migrate", byPlainCompose: true, startedAt: expect.stringMatching(/^20/) }]);
    expect([...orphans, ...plain].map(({ service }) => service)).not.toContain("migrate");
    await docker("rm", "-f", ...jobs.map(({ id }) => id));
  });

  it("stops and starts what plain Compose runs, and removes it in the end", async () => {
    const { plain } = await observe();
    const ids = plain.map(({ id }) => id);
    await slots.stopPlain(ids, 1_000);
    expect((await observe()).plain.map(({ state }) => state)).toEqual(["exited"]);
    expect(await observer.gone(ids)).toEqual([]);
    await slots.startPlain(ids);
    expect((await observe()).plain.map(({ state }) => state)).toEqual(["running"]);
    await slots.removePlain(ids);
    expect((await observe()).plain).toEqual([]);
    expect(await observer.gone(ids)).toEqual(ids);
  });
});

describe("a changed base service", () => {
  it("is seen, replaced alone, and on its links before it starts", async () => {
    const changed = aShop(stack.name, { db: { environment: { NAME: "db", TUNING: "more" } } });
    const project = aProject(changed);
    expect((await observe(project)).base["db"]).toMatchObject({
      state: "changed",
      reason: expect.stringMatching(/^its configuration changed/),
    });
    const others = await Promise.all(["mail", "edge"].map(statesOf));
    const before = await statesOf("db");
    await base.up(changed, facts("db"), shopServices);
    expect(await statesOf("db")).not.toBe(before);
    expect(await Promise.all(["mail", "edge"].map(statesOf))).toEqual(others);
    const networks = JSON.parse(
      await docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", `${stack.name}-db-1`),
    ) as Record<string, { Aliases: string[] }>;
    expect(networks[`${stack.name}-blue_link_back`]?.Aliases).toEqual(expect.arrayContaining(["db", "database"]));
    expect((await observe(project)).base["db"]?.state).toBe("current");
  });

  it("has as many containers as are wanted: one more leaves the others be, none leaves its volumes", async () => {
    const volumes = [
      { type: "volume", source: "counted", target: "/named" },
      { type: "volume", target: "/anonymous" },
    ];
    const up = async (scale: number) => {
      const counted = aShop(stack.name, { counted: { scale, volumes } });
      const written = { ...counted, volumes: { counted: { name: `${stack.name}_counted` } } };
      const services = [...shopServices, aService("counted", "data", { replicas: scale })];
      await base.up(written, aService("counted", "data", { replicas: scale }), services);
      const { state, containers } = (await observe(aProject(written, services))).base["counted"] ?? {};
      return { state, ids: containers?.map(({ id }) => id) ?? [] };
    };
    const one = await up(1);
    const two = await up(2);
    expect(two).toEqual({ state: "current", ids: expect.arrayContaining(one.ids) });
    expect(two.ids).toHaveLength(2);
    // Each has one of its own, and they share one.
    const names = await docker("inspect", "-f", "{{range .Mounts}}{{println .Name}}{{end}}", ...two.ids);
    const mounted = [...new Set(names.split("\n").filter((name) => name !== ""))];
    expect(mounted).toHaveLength(3);
    expect(await up(0)).toEqual({ state: "current", ids: [] });
    const left = (await docker("volume", "ls", "-q")).split("\n");
    expect(left).toEqual(expect.arrayContaining(mounted));
    await docker("volume", "rm", ...mounted);
  });

  it("is made where the engine cannot make what only an inactive service has, also if it would wait for that", async () => {
    const written = aShop(stack.name, {
      waiting: { depends_on: { lan: { condition: "service_started", required: false } } },
      lan: { profiles: ["lan"], networks: { far: null }, volumes: [{ type: "volume", source: "far", target: "/far" }] },
    });
    const far = { far: { name: `${stack.name}_far`, driver: "not-installed" } };
    const lan = { ...written, networks: { ...written.networks, ...far }, volumes: far };
    const waiting = aService("waiting", "support");
    const services = [...shopServices, waiting, aService("lan", "support", { active: false, networks: ["far"] })];
    await base.ensureNetworks(lan, "blue", services);
    await base.up(lan, waiting, services);
    expect((await observe(aProject(lan, services))).base["waiting"]?.state).toBe("current");
    await base.remove(stack.name, "waiting");
  });

  it("is only started when it was stopped", async () => {
    const id = await docker("inspect", "-f", "{{.Id}}", `${stack.name}-mail-1`);
    await docker("stop", "-t", "1", id);
    expect((await observe()).base["mail"]).toMatchObject({ state: "stopped" });
    await base.up(model, facts("mail"), shopServices);
    expect(await docker("inspect", "-f", "{{.Id}} {{.State.Running}}", `${stack.name}-mail-1`)).toBe(`${id} true`);
  });
});

describe("a service that the project has no more", () => {
  it("is an orphan whether it runs or not, and is removed without its volumes", async () => {
    const volume = `${stack.name}_kept`;
    const written = aShop(stack.name, {
      old: { volumes: [{ type: "volume", source: "kept", target: "/kept" }], networks: { default: null } },
    });
    const withOld = { ...written, volumes: { kept: { name: volume } } };
    const services = [...shopServices, aService("old", "support")];
    await base.up(withOld, aService("old", "support"), services);
    expect((await observe(aProject(withOld, services))).orphans).toEqual([]);
    const moved = aShop(stack.name, {
      old: { volumes: [{ type: "volume", source: "new", target: "/kept" }], networks: { default: null } },
    });
    const movedTo = async (name: string) =>
      (await observe(aProject({ ...moved, volumes: { new: { name } } }, services))).base["old"]?.change;
    const change = { leaves: [volume], takes: [`${volume}2`], makes: [`${volume}2`], keepsOthers: false };
    expect(await movedTo(`${volume}2`)).toEqual(change);
    await docker("volume", "create", `${volume}2`);
    expect(await movedTo(`${volume}2`)).toEqual({ ...change, makes: [] });
    await docker("volume", "rm", `${volume}2`);
    // What is active under no profile that is asked for is one, too, unless it is no part of what deployments start.
    const inactive = async (role: "support" | "tool") =>
      (await observe(aProject(withOld, [...shopServices, aService("old", role, { active: false })]))).orphans;
    expect(await inactive("tool")).toEqual([]);
    const [left] = await inactive("support");
    expect(left).toMatchObject({ service: "old" });
    expect(left).not.toHaveProperty("byPlainCompose");
    const orphans = async () => (await observe()).orphans.map(({ service, state }) => `${service} ${state}`);
    expect(await orphans()).toEqual(["old running"]);
    await docker("stop", "-t", "1", `${stack.name}-old-1`);
    expect(await orphans()).toEqual(["old exited"]);
    await base.remove(stack.name, "old");
    await base.remove(stack.name, "old");
    expect(await orphans()).toEqual([]);
    expect(await docker("volume", "ls", "-q", "--filter", `name=^${volume}$`)).toBe(volume);
  });
});

describe.each([
  ["that is built", "app", { image: "acme/app", build: { context: "/src" } }],
  ["that names what another one builds", "cron", { image: "acme/app" }],
  ["that names an image of a registry", "api", { image: "acme/api", pull_policy: "always" }],
])("an application in base %s", (_, name, service) => {
  const app = aService(name, "worker", { strategy: "recreate", builds: "build" in service });
  const services = [...shopServices, app];
  const written = aShop(stack.name, { [name]: service });

  it("runs the image of its release, and is replaced only by another one", async () => {
    const release = await aStored(written, services);
    const observed = async () => (await observe(aProject(written, services))).base[name];
    await base.up(pinnedModel(release), app, services);
    const before = await statesOf(name);
    expect(await observed()).toMatchObject({
      state: "current",
      containers: [{ imageId: release.bundle.images[name] }],
    });
    await base.up(pinnedModel(release), app, services);
    expect(await statesOf(name)).toBe(before);

    const other = await docker("image", "inspect", "-f", "{{.Id}}", "sluice-test/nginx");
    const next = { ...release, bundle: { ...release.bundle, images: { ...release.bundle.images, [name]: other } } };
    await base.up(pinnedModel(next), app, services).catch(() => undefined);
    expect(await docker("inspect", "-f", "{{.Image}}", `${stack.name}-${name}-1`)).toBe(other);
  });
});

describe("observe", () => {
  it("is quick enough to be asked at every step", async () => {
    await observe();
    const times: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const begin = performance.now();
      await observe();
      times.push(performance.now() - begin);
    }
    // 250 ms on a quiet machine; the rest is for machines that are not.
    expect(Math.min(...times)).toBeLessThan(1_000);
  });

  it("knows the engine", async () => {
    const { engineVersion, composeVersion, freeDiskBytes } = await observer.engine();
    expect([engineVersion, composeVersion]).toEqual([expect.stringMatching(/^\d+\./), expect.stringMatching(/^\d+\./)]);
    expect(freeDiskBytes).toBeGreaterThan(0);
  });
});

describe("claim", () => {
  it("ties the stack to the first home that asks, for good", async () => {
    await Promise.all([base.claim(stack.name, "home-a"), base.claim(stack.name, "home-a")]);
    await expect(base.claim(stack.name, "home-b")).rejects.toMatchObject({ code: "HOME_MISMATCH" });
    expect((await observe()).homeId).toBe("home-a");
  });

  it("is moved to another home by who knows whose it is, and the one before is told what to type", async () => {
    await expect(claims.move(stack.name, "home-x", "home-b")).rejects.toMatchObject({ code: "HOME_MISMATCH" });
    await expect(claims.move(stack.name, null, "home-b")).rejects.toMatchObject({ code: "HOME_MISMATCH" });
    expect(await claims.read(stack.name)).toBe("home-a");
    await claims.move(stack.name, "home-a", "home-b");
    await claims.move(stack.name, "home-a", "home-b");
    expect(await claims.read(stack.name)).toBe("home-b");
    await base.claim(stack.name, "home-b");
    await expect(base.claim(stack.name, "home-a")).rejects.toMatchObject({
      code: "HOME_MISMATCH",
      hint: expect.stringContaining("here `sluice state import"),
    });
  });
});
