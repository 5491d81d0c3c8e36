import { systemClock } from "@sluice/core/node";
import { expect, it } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { listOutsideProxies } from "./outside-proxies.ts";

const model = {
  name: "shop",
  services: { web: { image: "a", networks: { shared: null, back: null } }, api: { image: "a" } },
  networks: { shared: { name: "shared", external: true }, back: {}, other: { name: "other", external: true } },
};
const nginx = ["nginx: master process nginx -c /etc/n.conf -g daemon off;", "nginx: worker process"];

const hangs = "hangs";

interface Found {
  readonly commands: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly networks?: readonly string[];
}

/** What is found among these containers, by name. */
async function found(
  containers: Readonly<Record<string, Found>>,
  names: readonly string[] = ["web"],
  clock = systemClock,
) {
  const docker = {
    listContainers: async ({ filters }: { readonly filters: { readonly network: readonly string[] } }) =>
      Object.entries(containers)
        .map(([name, { labels = {}, networks = ["shared"] }]) => ({
          Id: name,
          Names: [`/${name}`],
          Labels: labels,
          NetworkSettings: { Networks: Object.fromEntries(networks.map((network) => [network, {}])) },
        }))
        .filter(({ NetworkSettings }) => filters.network.some((network) => network in NetworkSettings.Networks)),
    getContainer: (name: string) => ({
      async top({ abortSignal }: { readonly abortSignal?: AbortSignal } = {}) {
        const { commands = [] } = containers[name] ?? {};
        if (commands[0] === hangs) await new Promise((_, reject) => abortSignal?.addEventListener("abort", reject));
        if (commands.length === 0) throw new Error("no ps");
        return { Titles: ["PID", "CMD"], Processes: commands.map((command, index) => [`${index}`, command]) };
      },
    }),
  };
  const call = (_what: string, ask: (one: typeof docker) => unknown) => ask(docker);
  const engine = { call, docker: async () => docker, clock } as unknown as Engine;
  return listOutsideProxies(engine, { stack: "shop", model, names });
}

it("a proxy of others that asks for addresses once is found on external networks, with what has it ask again", async () => {
  const containers = {
    front: { commands: nginx, labels: { "com.docker.compose.project": "front" } },
    lb: { commands: ["haproxy -W -db"] },
    apache: { commands: ["httpd -DFOREGROUND"] },
    elsewhere: { commands: nginx, networks: ["other"] },
  };
  expect(await found(containers)).toEqual([
    {
      container: "front",
      network: "shared",
      program: "nginx",
      renew: "docker exec front nginx -s reload -c /etc/n.conf",
    },
    { container: "lb", network: "shared", program: "haproxy", renew: "docker restart lb" },
    { container: "apache", network: "shared", program: "httpd", renew: "docker restart apache" },
  ]);
  expect(await found(containers, ["api"])).toEqual([]);
});

it("what is of the stack, a door, told of changes, or no such proxy, is none", async () => {
  const routed = { "traefik.http.routers.blog.rule": "Host(`a`)" };
  expect(
    await found({
      own: { commands: nginx, labels: { "com.docker.compose.project": "shop" } },
      slot: { commands: nginx, labels: { "com.docker.compose.project": "shop-blue", "dev.sluice.stack": "shop" } },
      door: { commands: ["haproxy -W"], labels: { "dev.sluice.stack": "other", "dev.sluice.kind": "door" } },
      proxy: { commands: [...nginx, "/app/docker-gen -watch"] },
      blog: { commands: ["apache2 -DFOREGROUND"], labels: routed },
      pages: { commands: nginx, labels: routed },
      theirs: { commands: nginx, labels: { "dev.sluice.stack": "other", "dev.sluice.slot": "blue" } },
      traefik: { commands: ["traefik"] },
      silent: { commands: [] },
    }),
  ).toEqual([]);
});

it("nothing is told where containers cannot be listed, but for who gave up asking", async () => {
  const call = async () => {
    throw new Error("the engine does not answer");
  };
  const list = (signal?: AbortSignal) =>
    listOutsideProxies(
      { call, clock: systemClock } as unknown as Engine,
      { stack: "shop", model, names: ["web"] },
      signal,
    );
  expect(await list()).toEqual([]);
  await expect(list(AbortSignal.abort(new Error("given up")))).rejects.toThrow("given up");
});

it("a container whose processes nobody tells in time is none, and keeps no plan waiting", {
  timeout: 2_000,
}, async () => {
  const late = { ...systemClock, sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 10)) };
  expect(await found({ stuck: { commands: [hangs] } }, ["web"], late)).toEqual([]);
});
