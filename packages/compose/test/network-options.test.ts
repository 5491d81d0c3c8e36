import { doorIpv6Variable } from "@sluice/core";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { idleContainer } from "./support/busybox.ts";
import { aDoorRequest } from "./support/door.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aShop, aSlotRequest, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, slots, doors, exec, observer } = runtime;
const stack = uniqueStack("netopts");
afterAll(() => stack.remove());

const mtu = "com.docker.network.driver.mtu";

const written = aShop(stack.name);
const options = { driver_opts: { [mtu]: "1400" } };
// Engines before 27 choose no IPv6 addresses by themselves.
const ipv6 = { enable_ipv6: true, ipam: { config: [{ subnet: "fd00:5:1:cafe::/64" }] } };
const { default: usual, back } = written.networks ?? {};
const networks = { default: { ...usual, ...options, ...ipv6 }, back: { ...back, ...options } };
const model = { ...written, networks };

it("packets are as small in a slot, and on the way to base, as the project's own network wants them", async () => {
  await base.ensureNetworks(model, "blue", shopServices);
  const addresses = { web: (await doors.addresses(model, facts("web"), "blue")).blue };
  await slots.create(await aSlotRequest(model, "blue", { addresses }));
  await slots.start(stack.name, "blue", ["web"]);

  const { stdout } = await exec.exec(`${stack.name}-blue-web-1`, ["sh", "-c", "cat /sys/class/net/eth*/mtu"]);
  expect(new Set(Buffer.from(stdout).toString().trim().split("\n"))).toEqual(new Set(["1400"]));
  const own = await docker("inspect", "-f", "{{.EnableIPv6}} {{json .IPAM.Config}}", `${stack.name}-blue_default`);
  expect(own).toMatch(/^true .*"fd[0-9a-f:]+\/64"/);
});

it("what is defined otherwise than it is on the engine is seen, and what is as it was written is not", async () => {
  const redefined = async (other: typeof model) => (await observer.observe(aProject(other))).redefined;
  const volumes = {
    data: { name: `${stack.name}_data`, driver_opts: { type: "tmpfs", device: "tmpfs", o: "size=1m" } },
  };
  const db = { ...model.services["db"], volumes: [{ type: "volume", source: "data", target: "/data" }] };
  const services = { ...model.services, db };
  await base.ensureNetworks({ ...model, services, volumes }, "blue", shopServices);
  expect(await redefined({ ...model, volumes })).toEqual([]);
  const changed = { ...networks, back: { ...networks.back, internal: true, driver_opts: { [mtu]: "1300" } } };
  expect(await redefined({ ...model, networks: changed, volumes: { data: { name: volumes.data.name } } })).toEqual([
    { kind: "network", key: "back", name: `${stack.name}_back`, differing: ["driver_opts", "internal"] },
    { kind: "volume", key: "data", name: `${stack.name}_data`, differing: ["driver_opts"] },
  ]);
});

it("a door knows whether one of its networks has IPv6", async () => {
  // Its own networks alone count: `mail` is on the one with IPv6, the worker is not.
  const variables = async (service: string) => {
    await doors.ensure(aDoorRequest(model, service, service));
    return docker("inspect", "-f", "{{json .Config.Env}}", `${stack.name}-door-${service}`);
  };
  expect(await variables("mail")).toContain(`"${doorIpv6Variable}=1"`);
  expect(await variables("worker")).not.toContain(doorIpv6Variable);
});

it("a slot reaches what others have on an external network, and is not on that of the proxy which labels name", async () => {
  const outer = uniqueStack("external");
  onTestFinished(() => outer.remove());
  const names = { proxy: `${outer.name}-proxy`, shared: `${outer.name}-shared` };
  for (const name of Object.values(names)) await docker("network", "create", name);
  const database = `${outer.name}-theirs`;
  await idleContainer(database, "--network", names.shared, "--network-alias", "their-db");
  const labels = { "traefik.http.routers.web.rule": "Host(`a`)", "traefik.docker.network": names.proxy };
  const shop = aShop(outer.name, {
    web: { labels, networks: { proxy: null, shared: null, default: null } },
    worker: { networks: { shared: null } },
  });
  const external = Object.entries(names).map(([key, name]) => [key, { name, external: true }] as const);
  const joining = { ...shop, networks: { ...shop.networks, ...Object.fromEntries(external) } };

  await base.ensureNetworks(joining, "blue", shopServices);
  const addresses = { web: (await doors.addresses(joining, facts("web"), "blue")).blue };
  await slots.create(await aSlotRequest(joining, "blue", { addresses }));
  await slots.start(outer.name, "blue", ["web", "worker"]);

  const reached = (container: string, host: string) =>
    exec.exec(container, ["ping", "-c", "1", "-W", "2", host]).then(({ exitCode }) => exitCode === 0);
  const containers = ["web", "worker"].map((service) => `${outer.name}-blue-${service}-1`);
  expect(await Promise.all(containers.map((one) => reached(one, "their-db")))).toEqual([true, true]);
  const onProxy = await docker("network", "inspect", "-f", "{{len .Containers}}", names.proxy);
  expect(onProxy).toBe("0");
  // There it has the slot's name alone, and no label that a proxy would find it by.
  expect(await Promise.all([`web.blue.${outer.name}`, "web"].map((host) => reached(database, host)))).toEqual([
    true,
    false,
  ]);
  expect(await docker("inspect", "-f", "{{json .Config.Labels}}", containers[0] ?? "")).not.toContain("traefik");
});

it("what a slot calls is in the slot, also where a door or somebody else has the name on an external network that comes first", async () => {
  const outer = uniqueStack("called");
  onTestFinished(() => outer.remove());
  const network = `0-${outer.name}`;
  await docker("network", "create", network);
  await idleContainer(`${outer.name}-door`, "--network", network, "--network-alias", "web");
  const shop = aShop(outer.name, {
    web: { networks: { shared: null, default: null } },
    worker: { networks: { shared: null, default: null } },
  });
  const joining = { ...shop, networks: { ...shop.networks, shared: { name: network, external: true } } };
  await base.ensureNetworks(joining, "blue", shopServices);
  const addresses = { web: (await doors.addresses(joining, facts("web"), "blue")).blue };
  await slots.create(await aSlotRequest(joining, "blue", { addresses }));
  await slots.start(outer.name, "blue", ["web", "worker"]);

  const { stdout } = await exec.exec(`${outer.name}-blue-worker-1`, ["nslookup", "web"]);
  expect(Buffer.from(stdout).toString()).toContain(addresses.web?.[0]);
});

it("an nginx of others on an external network is found by its processes, and has addresses asked for again by what is told", async () => {
  const outer = uniqueStack("outside");
  onTestFinished(() => outer.remove());
  const network = `${outer.name}-shared`;
  await docker("network", "create", network);
  const front = `${outer.name}-front`;
  await docker("run", "-d", "--name", front, "--network", network, "sluice-test/nginx");
  await idleContainer(`${outer.name}-idle`, "--network", network);
  const shop = aShop("shop", { web: { networks: { shared: null } } });
  const shared = { ...shop, networks: { ...shop.networks, shared: { name: network, external: true } } };
  const found = await observer.outsideProxies({ stack: "shop", model: shared, names: ["web", "mail"] });
  expect(found).toEqual([
    { container: front, network, program: "nginx", renew: expect.stringMatching(/^docker exec /) },
  ]);
  const [proxy] = found;
  await docker(...(proxy?.renew.split(" ").slice(1) ?? []));
});
