import type { ComposeModel, ComposeService } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { addressFindings } from "./address-elsewhere.ts";
import { classifyServices, type RoleOverrides } from "./classify-services.ts";

const ports = [{ target: 80, published: "80", protocol: "tcp" }];
const networks: ComposeModel["networks"] = {
  default: { name: "shop_default" },
  back: { name: "shop_back", ipam: { config: [{ subnet: "172.30.0.0/24" }] } },
  vpn: { name: "vpn", external: true },
};

function find(
  web: ComposeService,
  { overrides = {}, pool = "10.213.0.0/16" }: { overrides?: RoleOverrides; pool?: string } = {},
) {
  const services = {
    web: { image: "shop", ports, networks: { back: null, vpn: null }, ...web },
    db: { image: "postgres:17", networks: { back: { ipv4_address: "172.30.0.5" }, vpn: { ipv4_address: "10.8.0.5" } } },
    worker: { image: "shop", command: ["worker"], environment: { SEEN: "172.30.0.9" }, networks: { back: null } },
  };
  const model = { name: "shop", networks, services };
  const active = new Set(["web", "db"]);
  return addressFindings(model, classifyServices(model, overrides), { active, pool });
}
const paths = (...args: Parameters<typeof find>) => find(...args).map(({ path }) => path.slice(2).join("."));

describe("an address that no slot reaches", () => {
  it("is told of where a service in slots is given it, with whose it is", () => {
    expect(find({ environment: { URL: "postgres://app@172.30.0.5:5432/shop" } })).toEqual([
      {
        service: "web",
        severity: "warn",
        code: "address-elsewhere",
        message:
          "web cannot reach 172.30.0.5 (db on network back) from a slot, which has networks of its own; its environment URL has that",
        hint: "have it call db by name, which holds in a slot, too; or set services.web.strategy: recreate in sluice.yaml (a gap at each deployment)",
        path: ["services", "web", "environment", "URL"],
      },
    ]);
    expect(paths({ extra_hosts: ["a=1.2.3.4", "search=172.30.0.6"] })).toEqual(["extra_hosts.1"]);
    expect(paths({ dns: ["172.30.0.53"] })).toEqual(["dns.0"]);
    expect(paths({ command: ["serve", "--db", "http://172.30.0.5/"] })).toEqual(["command.2"]);
  });

  it("is none on a network that is joined itself, elsewhere, or of the host there", () => {
    const environment = {
      A: "10.8.0.5",
      B: "172.31.0.5",
      C: "172.30.0.1",
      D: "v1.172.30.0.5.6",
      E: "172.30.0.0/24",
      F: null,
    };
    expect(paths({ environment, extra_hosts: ["host=172.30.0.1"] })).toEqual([]);
  });

  it("is told of for a proxy that is called, too", () => {
    const environment = { UPSTREAM_PROXY: "http://172.30.0.5:3128" };
    expect(find({ environment }).map(({ message }) => message)).toEqual([
      "web cannot reach 172.30.0.5 (db on network back) from a slot, which has networks of its own; its environment UPSTREAM_PROXY has that",
    ]);
  });

  it("is reached by what is in base, on the networks themselves", () => {
    const overrides = { web: { strategy: "recreate" as const } };
    expect(paths({ environment: { DB: "172.30.0.5" } }, { overrides })).toEqual([]);
  });
});

describe("proxies that are believed by their address", () => {
  it.each(["172.16.0.0/12", "127.0.0.1,172.30.0.0/24", "172.30.0.5", "192.168.0.0/16"])(
    "lack the door: %s",
    (value) => {
      expect(find({ environment: { FORWARDED_ALLOW_IPS: value } })).toEqual([
        expect.objectContaining({
          code: "address-elsewhere",
          message: expect.stringContaining("comes from 10.213.0.0/16") as string,
          path: ["services", "web", "environment", "FORWARDED_ALLOW_IPS"],
        }),
      ]);
    },
  );

  it.each(["*", "private_ranges", "127.0.0.1", "172.16.0.0/12 10.0.0.0/8", "203.0.113.7"])("have it: %s", (value) => {
    expect(paths({ environment: { TRUSTED_PROXIES: value } })).toEqual([]);
  });

  it("have it where the pool is among them; and no other variable says so", () => {
    expect(paths({ environment: { TRUSTED_PROXIES: "172.16.0.0/12" } }, { pool: "172.28.0.0/16" })).toEqual([]);
    expect(paths({ environment: { NO_PROXY: "172.16.0.0/12,172.30.0.5", RANGE: "172.16.0.0/12" } })).toEqual([]);
  });

  it.each([
    "FORWARDED_ALLOW_IPS",
    "TRUST_PROXY",
    "ForwardedHeaders__KnownProxies__0",
    "GF_AUTH_PROXY_WHITELIST",
    "NGINX_SET_REAL_IP_FROM",
    "REVERSE_PROXY_NETWORKS",
  ])("are named by %s", (name) => {
    expect(paths({ environment: { [name]: "192.168.1.0/24" } })).toEqual([`environment.${name}`]);
  });

  it.each([
    ["PROXY_HOST", "192.168.1.10"],
    ["GLOBAL_AGENT_HTTP_PROXY", "http://192.168.1.1:3128"],
    ["npm_config_https_proxy", "http://192.168.1.1:3128"],
    ["PROXMOX_HOST", "192.168.1.2"],
    ["MAIL_FORWARD_TO", "172.16.0.9"],
    ["HTTP_PROXIES", "http://ada@192.168.1.1:3128 192.168.1.2:3128"],
  ])("are not what is called itself: %s=%s", (name, value) => {
    expect(paths({ environment: { [name]: value } })).toEqual([]);
  });
});
