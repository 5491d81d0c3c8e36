import { describe, expect, it } from "vitest";
import { doorConfig, stackFile } from "./stack-file.ts";

const healthcheck = { test: ["CMD", "true"], interval: "2s" };
const model = {
  services: {
    web: {
      build: { context: "." },
      command: null,
      environment: { DATABASE_URL: "postgres://db" },
      depends_on: { db: { condition: "service_healthy" } },
      healthcheck,
      mem_limit: "314572800",
      ports: [{ mode: "ingress", host_ip: "127.0.0.1", target: 8080, published: "4321", protocol: "tcp" }],
      restart: "unless-stopped",
      stop_grace_period: "15s",
      networks: { default: null },
    },
    migrate: { build: { context: "." }, command: ["migrate"], restart: "no" },
    db: {
      image: "postgres:17",
      restart: "unless-stopped",
      volumes: [{ type: "volume", source: "data", target: "/d" }],
    },
  },
  networks: { default: { name: "shop_default" } },
  volumes: { data: { name: "shop_data" } },
};
const { services, networks, volumes, configs } = stackFile(model, {
  web: "web",
  port: 4321,
  door: { image: "haproxy", config: "door.cfg" },
});

describe("the shop as a stack of Swarm", () => {
  it("keeps what Swarm knows of a service, and nothing else", () => {
    expect(services["web"]).toEqual({
      image: "${IMAGE}",
      environment: { DATABASE_URL: "postgres://db" },
      healthcheck,
      stop_grace_period: "15s",
      deploy: {
        replicas: 1,
        endpoint_mode: "dnsrr",
        resources: { limits: { memory: "314572800" } },
        update_config: { order: "start-first", monitor: "30s", failure_action: "rollback" },
        rollback_config: { order: "start-first" },
      },
    });
  });

  it("has no service that runs once", () => {
    expect(Object.keys(services)).toEqual(["web", "db", "door"]);
  });

  it("has its data, and an image that is not built, as they were", () => {
    expect(services["db"]).toEqual({
      image: "postgres:17",
      volumes: [{ type: "volume", source: "data", target: "/d" }],
      deploy: { replicas: 1, endpoint_mode: "dnsrr" },
    });
    expect(volumes).toEqual({ data: {} });
  });

  it("is reached through a proxy, and a migration by hand reaches it", () => {
    const ports = [{ target: 8080, published: 4321, protocol: "tcp", mode: "host" }];
    expect(services["door"]).toMatchObject({ image: "haproxy", ports });
    expect(configs).toEqual({ door: { file: "door.cfg" } });
    expect(networks).toEqual({ default: { attachable: true } });
    expect(doorConfig("web", 8080)).toMatch(/ tasks\.web:8080 /);
  });
});
