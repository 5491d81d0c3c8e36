import type { ComposeModel, ComposeService } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { doorFacts } from "./door-facts.ts";
import { joinedExternals, linkedNetworks, slotNetworks } from "./networks.ts";

const ports = [{ target: 80, published: "80", protocol: "tcp" }];
const model: ComposeModel = {
  name: "shop",
  services: {
    web: {
      image: "a",
      networks: { back: null, edge: null },
      labels: { "traefik.http.routers.web.rule": "Host(`a$$b`)" },
    },
    api: {
      image: "b",
      ports,
      networks: { edge: { aliases: ["api.shop"] } },
      labels: { "traefik.enable": "true" },
      container_name: "shop-api",
    },
    worker: { image: "c", command: ["worker"], networks: { back: null, warehouse: null } },
    migrate: { image: "c", command: ["migrate"], networks: { jobs: null } },
    db: { image: "postgres", networks: { back: null, private: null } },
  },
  networks: {
    back: { name: "shop_back" },
    jobs: { name: "shop_jobs" },
    private: { name: "shop_private" },
    edge: { name: "traefik-public", external: true },
    warehouse: { name: "warehouse_default", external: true },
  },
};
const services = factsOf(model);

describe("networks of a slot", () => {
  test("are all that its services and jobs declare", () => {
    expect(slotNetworks(model, services)).toEqual(["back", "edge", "jobs", "warehouse"]);
  });

  test("are linked, but for an external one that serves an edge alone, unless a service has no other", () => {
    expect(linkedNetworks(model, services)).toEqual(["back", "edge", "jobs", "warehouse"]);
    expect(
      linkedNetworks(
        model,
        services.filter(({ name }) => name !== "api"),
      ),
    ).toEqual(["back", "jobs", "warehouse"]);
  });

  test("lead to another project where there is something other than an edge", () => {
    expect(joinedExternals(model, services, "worker")).toEqual([{ key: "warehouse", name: "warehouse_default" }]);
    expect(joinedExternals(model, services, "web")).toEqual([]);
  });
});

describe("external networks that more than a proxy is on", () => {
  const external = (name: string) => ({ name, external: true });
  const routed = { "traefik.http.routers.web.rule": "Host(`a`)" };
  const worker = { image: "a", command: ["celery", "worker"], networks: { shared: null } };
  const routedWeb = { image: "a", ports, labels: routed, networks: { proxy: null, shared: null, default: null } };
  const joined = (
    services: ComposeModel["services"],
    name: string,
    networks: ComposeModel["networks"] = { proxy: external("proxy"), shared: external("shared-db"), default: {} },
  ) => {
    const any: ComposeModel = { name: "shop", services, networks };
    return joinedExternals(any, factsOf(any, { worker: { role: "worker" } }), name).map((one) => one.name);
  };

  const one = { proxy: null, default: null };
  const adminer = { image: "adminer", networks: { proxy: null, shared: null } };
  const db = { image: "postgres:17", networks: { proxy: null, shared: null } };
  const onBoth = { ...worker, networks: { proxy: null, shared: null } };
  const migrate = { image: "a", command: ["migrate"], networks: { proxy: null, shared: null } };
  const anchored = { adminer, db, migrate, worker: onBoth };

  test("are joined by a web service that a proxy finds by its labels, but for those that they name, and no others", () => {
    for (const named of [{ "traefik.docker.network": "proxy" }, { caddy: "a", caddy_ingress_network: "proxy" }]) {
      const web = { ...routedWeb, labels: named };
      expect([joined({ web }, "web"), joined({ web, ...anchored }, "web")]).toEqual([["shared-db"], ["shared-db"]]);
      expect(joined({ web: { ...web, networks: one } }, "web")).toEqual([]);
    }
    const elsewhere = { ...routedWeb, labels: { "traefik.docker.network": "shop_default" } };
    expect(joined({ web: elsewhere }, "web")).toEqual(["proxy", "shared-db"]);
    expect(joined({ web: { ...elsewhere, networks: one } }, "web")).toEqual(["proxy"]);
  });

  test("are left out where labels or variables name none and there is one alone, whatever else of the project is on it", () => {
    const traefik = { image: "traefik", ports, networks: { default: null } };
    const variables = { image: "a", ports, environment: { VIRTUAL_HOST: "a" }, networks: one };
    for (const web of [{ ...routedWeb, networks: one }, variables]) {
      const services = { web, traefik, ...anchored };
      expect([joined({ web }, "web"), joined(services, "web")]).toEqual([[], []]);
      expect(joined(services, "worker")).toEqual(["proxy", "shared-db"]);
      expect(joined(services, "migrate")).toEqual(["proxy", "shared-db"]);
    }
  });

  test("are all joined where labels name none of several, with an edge of the project on one, too", () => {
    const traefik = { image: "traefik", ports, networks: { proxy: null } };
    for (const more of [{}, { traefik }, anchored]) {
      expect(joined({ web: routedWeb, ...more }, "web")).toEqual(["proxy", "shared-db"]);
    }
  });

  test("are joined where labels say that no proxy is to lead there", () => {
    const labels = { ...routed, "traefik.enable": "false", "traefik.docker.network": "proxy" };
    expect(joined({ web: { ...routedWeb, labels, networks: one } }, "web")).toEqual(["proxy"]);
  });

  test("are left out without labels where an edge of the project is, but not where a worker or a store is, too", () => {
    const nginx: ComposeService = { image: "nginx", ports, depends_on: { web: { condition: "service_started" } } };
    const web = { image: "a", expose: ["8000"] };
    const onProxy = { nginx: { ...nginx, networks: { proxy: null } }, web: { ...web, networks: routedWeb.networks } };
    expect(joined(onProxy, "web")).toEqual(["shared-db"]);
    expect(joined({ ...onProxy, adminer, migrate }, "web")).toEqual(["shared-db"]);
    expect(joined({ ...onProxy, db }, "web")).toEqual(["proxy", "shared-db"]);
    const shared = { default: external("shared-db") };
    const services = { nginx, web, worker: { image: "a", command: ["celery", "-A", "shop", "worker"] } };
    expect(joined({ nginx, web }, "web", shared)).toEqual([]);
    expect(joined(services, "web", shared)).toEqual(["shared-db"]);
    expect(joined(services, "worker", shared)).toEqual(["shared-db"]);
  });

  test("are joined by workers whatever labels they have", () => {
    const labelled = { ...worker, labels: { ...routed, "traefik.docker.network": "proxy" }, networks: { proxy: null } };
    expect(joined({ worker: labelled }, "worker")).toEqual(["proxy"]);
  });
});

describe("doorFacts", () => {
  test("takes over names, ports and proxy labels, unescaped", () => {
    const facts = (name: string) => doorFacts(model, name);
    expect(facts("api")).toEqual({
      networks: [{ key: "edge", name: "traefik-public", aliases: ["api", "api.shop", "shop-api"] }],
      ports: [{ published: 80, target: 80, protocol: "tcp" }],
      labels: { "traefik.enable": "true", "traefik.docker.network": "traefik-public" },
      environment: {},
    });
    expect(facts("web").labels).toEqual({ "traefik.http.routers.web.rule": "Host(`a$b`)" });
    expect(facts("web").networks.map(({ name }) => name)).toEqual(["shop_back", "traefik-public"]);
  });

  test("name the network for Traefik where a service is on one alone and says nothing, since a door is on links, too", () => {
    const labelled = (service: ComposeService) => {
      const networks = { front: { name: "front", external: true }, back: {} };
      return doorFacts({ name: "shop", networks, services: { web: { image: "a", ...service } } }, "web").labels;
    };
    const rule = { "traefik.http.routers.web.rule": "Host(`a`)" };
    const network = "traefik.docker.network";
    expect(labelled({ labels: rule })).toEqual({ ...rule, [network]: "shop_default" });
    expect(labelled({ labels: rule, networks: { front: null } })).toEqual({ ...rule, [network]: "front" });
    expect(labelled({ labels: rule, networks: { front: null, back: null } })).toEqual(rule);
    const chosen = { ...rule, [network]: "elsewhere" };
    expect(labelled({ labels: chosen, networks: { front: null } })).toEqual(chosen);
    expect(labelled({ labels: { caddy: "a" } })).toEqual({ caddy: "a" });
    expect(labelled({})).toEqual({});
  });

  test("takes over a fixed address and what nginx-proxy reads", () => {
    const fixed: ComposeModel = {
      name: "shop",
      services: {
        web: {
          image: "a",
          networks: { back: { ipv4_address: "172.30.0.9" } },
          environment: { VIRTUAL_HOST: "a.b", VIRTUAL_PORT: "3000", OTHER: "x" },
        },
      },
    };
    const [service] = factsOf(fixed, { web: { role: "web", strategy: "recreate" } });
    expect(doorFacts(fixed, "web")).toMatchObject({
      networks: [{ key: "back", name: "shop_back", ipv4Address: "172.30.0.9" }],
      environment: { VIRTUAL_HOST: "a.b", VIRTUAL_PORT: "3000" },
    });
    expect(service?.port).toBe(3000);
  });

  test("takes over whom nginx-proxy lets in, and how, where it is led to the service", () => {
    const prefix = "com.github.nginx-proxy.nginx-proxy";
    const environment = { NETWORK_ACCESS: "internal", HTTPS_METHOD: "nohttp", ACME_HOST: "a.b", HSTS: "off" };
    const labels = { [`${prefix}.ssl_verify_client`]: "on", [`${prefix}.nginx`]: "" };
    const factsWith = (host: Readonly<Record<string, string>>) => {
      const web = { image: "a", environment: { ...host, ...environment, OTHER: "x" }, labels };
      return doorFacts({ name: "shop", services: { web } }, "web");
    };
    for (const host of [{ VIRTUAL_HOST: "a.b" }, { VIRTUAL_HOST_MULTIPORTS: "a.b: {}" }]) {
      expect(factsWith(host)).toMatchObject({ environment: { ...host, ...environment } });
      expect(factsWith(host).environment).not.toHaveProperty("OTHER");
      expect(factsWith(host).labels).toEqual({ [`${prefix}.ssl_verify_client`]: "on" });
    }
    expect(factsWith({ VIRTUAL_HOST: "" })).toMatchObject({ environment: { VIRTUAL_HOST: "" }, labels: {} });
    expect(factsWith({}).environment).toEqual({});
  });
});
