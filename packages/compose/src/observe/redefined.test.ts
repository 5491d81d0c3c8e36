import type { ComposeModel, ComposeNetwork, ComposeVolume } from "@sluice/core";
import { describe, expect, it } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { findResources, redefinedResources } from "./redefined.ts";

const mtu = "com.docker.network.driver.mtu";
const network = {
  Name: "shop_back",
  Driver: "bridge",
  Internal: false,
  Attachable: false,
  EnableIPv6: true,
  // The last option and the second network are the engine's own.
  Options: { [mtu]: "1400", "com.docker.network.enable_ipv4": "true" },
  IPAM: {
    Driver: "default",
    Config: [
      { Subnet: "10.9.0.0/24", Gateway: "10.9.0.1", IPRange: "10.9.0.128/25" },
      { Subnet: "fd00:5:1:cafe::/64", Gateway: "fd00:5:1:cafe::1" },
    ],
  },
};
const volume = { Name: "shop_data", Driver: "local", Options: { type: "nfs", o: "addr=10.0.0.1,password=a$b" } };
const found = { networks: [network], volumes: [volume] };

const differing = (networks: ComposeModel["networks"], volumes: ComposeModel["volumes"]) =>
  redefinedResources({ name: "shop", services: {}, networks, volumes }, found);
const ofNetwork = (back: ComposeNetwork | null) => differing({ back }, {}).flatMap((one) => one.differing);
const ofVolume = (data: ComposeVolume | null) => differing({}, { data }).flatMap((one) => one.differing);

describe("a network", () => {
  it.each<[ComposeNetwork | null]>([
    [null],
    [{ name: "shop_back", driver: "bridge", ipam: {}, internal: false }],
    [{ driver_opts: { [mtu]: 1400 }, enable_ipv6: true }],
    [{ ipam: { driver: "default", config: [{ subnet: "10.9.0.7/24" }, { subnet: "FD00:5:1:CAFE:0::/64" }] } }],
    [{ ipam: { config: [{ gateway: "10.9.0.1", ip_range: "10.9.0.128/25" }] } }],
    [{ external: true, internal: true }],
    [{ name: "another", internal: true }],
  ])("is as it is written: %j", (written) => {
    expect(ofNetwork(written)).toEqual([]);
  });

  it.each<[string, ComposeNetwork]>([
    ["driver", { driver: "macvlan" }],
    ["driver_opts", { driver_opts: { [mtu]: "1500" } }],
    ["internal", { internal: true }],
    ["attachable", { attachable: true }],
    ["enable_ipv6", { enable_ipv6: false }],
    ["ipam", { ipam: { config: [{ subnet: "10.10.0.0/24" }] } }],
    ["ipam", { ipam: { config: [{ subnet: "10.9.0.0/24", gateway: "10.9.0.2" }] } }],
    ["ipam", { ipam: { driver: "infoblox" } }],
  ])("has other %s than is written: %j", (part, written) => {
    expect(ofNetwork(written)).toEqual([part]);
  });
});

describe("a volume", () => {
  it("of a managed plugin has the driver that is written without its tag", () => {
    const ofPlugin = { networks: [], volumes: [{ ...volume, Driver: "vieux/sshfs:latest", Options: {} }] };
    const written = (driver: string) => ({ name: "shop", services: {}, volumes: { data: { driver } } });
    expect(redefinedResources(written("vieux/sshfs"), ofPlugin)).toEqual([]);
    expect(redefinedResources(written("vieux/other"), ofPlugin)).toMatchObject([{ differing: ["driver"] }]);
  });

  it("is as it is written, or not ours", () => {
    expect(ofVolume({ driver: "local", driver_opts: { type: "nfs", o: "addr=10.0.0.1,password=a$$b" } })).toEqual([]);
    expect(ofVolume({ external: true })).toEqual([]);
    expect(ofVolume({ name: "another" })).toEqual([]);
  });

  it("is named with what of it is another, and no value of it", () => {
    expect(differing({}, { data: { driver: "rexray" } })).toEqual([
      { kind: "volume", key: "data", name: "shop_data", differing: ["driver", "driver_opts"] },
    ]);
    expect(ofVolume(null)).toEqual(["driver_opts"]);
    expect(ofVolume({ driver_opts: { type: "nfs", o: "addr=10.0.0.1,password=other" } })).toEqual(["driver_opts"]);
  });
});

describe("looking for them", () => {
  const Labels = { "com.docker.compose.project": "shop" };
  const never = new Promise(() => {});
  const engineOf = (inspect: (name: string) => Promise<unknown>) => {
    const get = (name: string) => ({ inspect: () => inspect(name) });
    return { docker: async () => ({ getNetwork: get, getVolume: get }) } as unknown as Engine;
  };
  const model: ComposeModel = {
    name: "shop",
    services: {},
    networks: { back: {}, theirs: { external: true, name: "theirs" } },
    volumes: { data: {}, ill: {}, gone: {} },
  };

  it("asks for none of others, and one that fails hides no other", async () => {
    const asked: string[] = [];
    const engine = engineOf((name) => {
      asked.push(name);
      if (name === "shop_gone") return Promise.reject(Object.assign(new Error("no such volume"), { statusCode: 404 }));
      return name === "shop_ill" ? Promise.reject(new Error("plugin")) : Promise.resolve({ Name: name, Labels });
    });
    const { networks, volumes, missingVolumes } = await findResources(engine, model);
    expect(missingVolumes).toEqual(["shop_gone"]);
    expect([...networks, ...volumes].map(({ Name }) => Name)).toEqual(["shop_back", "shop_data"]);
    expect(asked).not.toContain("theirs");
  });

  it("ends by the signal, also where the engine says nothing", async () => {
    const stop = new AbortController();
    const looking = findResources(
      engineOf(() => never),
      model,
      stop.signal,
    );
    setImmediate(() => stop.abort(new Error("enough")));
    await expect(looking).rejects.toThrow("enough");
  });
});
