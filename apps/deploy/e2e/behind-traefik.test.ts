import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { docker, removeNetwork } from "./engine.ts";
import { type Layout, traefikApart, traefikInside } from "./fastapi.ts";
import { openProject, type Project, patience } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

const run = promisify(execFile);

const config = `traffic: { drain: { timeout: 2s } }
rollout: { steps: [{ share: 50, for: 1s }, 100], bake: 0s }
`;

it("the FastAPI template with Traefik in the project goes through three releases as it is", patience, async () => {
  await using project = await openProject(config, { DOMAIN: "example.com" });
  await using _ = await standInImages(project);
  await goesThroughReleases(project, await traefikInside());
});

it("one with Traefik as a project of its own goes through three releases as it is", patience, async () => {
  await using project = await openProject(config);
  await using _ = await standInImages(project);
  const layout = traefikApart(project.stack);
  await project.release("v0", layout.files("v0"));
  await using _traefik = await traefikBeside(project);
  await goesThroughReleases(project, layout);
});

async function goesThroughReleases(project: Project, layout: Layout): Promise<void> {
  const { stack, checkout, port } = project;
  const url = `http://127.0.0.1:${port}/`;
  const base = () => inspect(...layout.base.map((service) => `${stack}-${service}-1`));
  const untouched = async () => (await base()).map(({ Id, State }) => `${Id} ${State.StartedAt}`);
  const first = new Map<string, string>();
  let before: readonly string[] | undefined;
  let serving: string | undefined;
  for (const tag of ["v1", "v2", "v3"]) {
    await project.release(tag, layout.files(tag));
    const loads = serving === undefined ? [] : Object.values(layout.hosts).map((host) => startLoad(url, host));
    await project.sluice(0, "deploy", "--release", tag, ...layout.flags);
    for (const load of loads) {
      const { failures, versions } = await load.stop();
      expect(failures).toEqual([]);
      expect(Object.keys(versions).toSorted()).toEqual([serving, tag]);
    }
    serving = tag;
    for (const host of Object.values(layout.hosts)) expect(await versionsSeen(url, 20, host)).toEqual([tag]);
    expect(await versionsSeen(url, 4, "adminer.example.com")).toEqual(["adminer"]);
    before ??= await untouched();
    expect(await untouched()).toEqual(before);

    const model = await modelOf(project, layout);
    for (const service of Object.keys(layout.hosts)) {
      const [door] = await inspect(`${stack}-door-${service}`);
      if (!door) throw new Error(`${service} has no door`);
      if (!first.has(service)) first.set(service, door.Id);
      expect(door.Id).toBe(first.get(service));
      await standsForService(door, model, service);
    }
    for (const { Config } of await inspect(...(await idsOfSlots(stack))))
      expect(traefikLabels(Config.Labels)).toEqual({});
  }
  for (const [name, content] of Object.entries(layout.fixed))
    expect(await readFile(join(checkout, name), "utf8")).toBe(content);
}

/** What Traefik finds at a door is what it would find at the service; beside that a door is on links alone. */
async function standsForService(door: Container, { services, networks }: Model, name: string): Promise<void> {
  const service = services[name];
  const keys = Object.keys(service?.networks ?? {});
  const names = keys.map((key) => networks[key]?.name ?? "");
  const labels = traefikLabels(service?.labels ?? {});
  // Without the label Traefik takes any network of the container: a service that is on one alone needs none.
  const alone = names.length === 1 ? { "traefik.docker.network": names[0] } : {};
  expect(traefikLabels(door.Config.Labels)).toEqual({ ...alone, ...labels });
  expect(Object.keys(labels).length).toBeGreaterThan(2);
  for (const network of names) expect(door.NetworkSettings.Networks[network]?.Aliases).toContain(name);
  const others = Object.keys(door.NetworkSettings.Networks).filter((network) => !names.includes(network));
  expect(others.length).toBeGreaterThan(0);
  expect(new Set(await Promise.all(others.map(isInternal)))).toEqual(new Set(["true"]));
  expect([service?.ports, door.HostConfig.PortBindings]).toEqual([undefined, {}]);
  const port = Object.entries(labels).find(([label]) => label.endsWith(".server.port"))?.[1] ?? service?.expose?.[0];
  expect(Object.keys(door.Config.ExposedPorts ?? {})).toEqual([`${port}/tcp`]);
}

const isInternal = (network: string) => docker("network", "inspect", "--format", "{{.Internal}}", network);

function traefikLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name.startsWith("traefik.")));
}

async function idsOfSlots(stack: string): Promise<readonly string[]> {
  const of = async (slot: string) =>
    docker("ps", "-aq", "--filter", `label=com.docker.compose.project=${stack}-${slot}`);
  const ids = (await Promise.all(["blue", "green"].map(of))).join("\n").split("\n").filter(Boolean);
  expect(ids.length).toBeGreaterThan(0);
  return ids;
}

interface Model {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly labels?: Readonly<Record<string, string>>;
        readonly networks?: Readonly<Record<string, unknown>>;
        readonly ports?: readonly unknown[];
        readonly expose?: readonly string[];
      }
    >
  >;
  readonly networks: Readonly<Record<string, { readonly name: string }>>;
}

async function modelOf({ stack, checkout, env }: Project, { flags }: Layout): Promise<Model> {
  const args = ["compose", "-p", stack, ...flags, "config", "--format", "json"];
  return JSON.parse((await run("docker", args, { cwd: checkout, env })).stdout) as Model;
}

/** Of `docker inspect`. */
interface Container {
  readonly Id: string;
  readonly State: { readonly StartedAt: string };
  readonly Config: { readonly Labels: Readonly<Record<string, string>>; readonly ExposedPorts?: object };
  readonly HostConfig: { readonly PortBindings: object };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly Aliases: readonly string[] }>> };
}

async function inspect(...names: readonly string[]): Promise<readonly Container[]> {
  return JSON.parse(await docker("inspect", ...names)) as readonly Container[];
}

/** Images whose names say of what they are: roles are inferred from that. */
async function standInImages({ stack }: Project): Promise<AsyncDisposable> {
  const names = { postgres: "sluice-test/postgres:15", adminer: "sluice-test/node:24", traefik: "sluice-test/node:24" };
  for (const [name, image] of Object.entries(names)) await docker("tag", image, `${stack}/${name}`);
  return {
    async [Symbol.asyncDispose]() {
      await docker("image", "rm", "-f", ...Object.keys(names).map((name) => `${stack}/${name}`));
    },
  };
}

/** The project in front, which plain Compose runs, and the network that it shares with others. */
async function traefikBeside({ stack, checkout, env }: Project): Promise<AsyncDisposable> {
  const network = `${stack}-public`;
  await docker("network", "create", network);
  const compose = ["compose", "-p", `traefik-of-${stack}`, "-f", "docker-compose.traefik.yml"];
  await run("docker", [...compose, "up", "-d", "--wait"], { cwd: checkout, env });
  return {
    async [Symbol.asyncDispose]() {
      await run("docker", [...compose, "down", "-t", "1"], { cwd: checkout, env });
      await removeNetwork(network);
    },
  };
}
