import type { ComposeModel, ComposeService } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { classifyServices, type RoleOverrides } from "./classify-services.ts";

const port = (target: number) => ({ ports: [{ target, published: String(target), protocol: "tcp" }] });

function decide(services: Readonly<Record<string, ComposeService>>, overrides: RoleOverrides = {}) {
  const model: ComposeModel = { name: "shop", services };
  return Object.fromEntries(classifyServices(model, overrides).map(({ service, ...decision }) => [service, decision]));
}

/** `role strategy confidence` of a service that is alone in its project. */
function alone(name: string, service: ComposeService, override?: RoleOverrides[string]): string {
  const { role, strategy, confidence } = decide({ [name]: service }, { [name]: override })[name] ?? {};
  return `${role} ${strategy} ${confidence}`;
}

describe("roles are told by whole image names", () => {
  test.each([
    ["postgres:17", "data"],
    ["registry.example.com:5000/mirror/postgres:17@sha256:abc", "data"],
    ["bitnami/redis", "data"],
    ["postgis/postgis:17", "data"],
    ["mcr.microsoft.com/mssql/server:2022", "data"],
    ["postgrest/postgrest", "web"],
    ["acme/flink-kafka", "web"],
    ["prom/node-exporter", "support"],
    ["clamav/clamav", "support"],
    ["danielqsj/kafka-exporter", "support"],
    ["traefik:3", "edge"],
    ["minio/minio", "data"],
    ["acme/ui", "web"],
  ])("%s is %s", (image, role) => {
    expect(alone("thing", { image, ...port(8080) })).toMatch(new RegExp(`^${role} `));
  });
});

describe("a service that others wait for to complete is a job", () => {
  test("whatever its name", () => {
    const { one } = decide({
      one: { image: "shop" },
      web: { image: "shop", ...port(80), depends_on: { one: { condition: "service_completed_successfully" } } },
    });
    expect(one).toMatchObject({ role: "job", strategy: "slots", confidence: "sure" });
  });

  test.each([
    ["db-migrate", {}, "job"],
    ["shop-init", { restart: "on-failure" }, "job"],
    ["tasks-once", { command: ["bundle", "exec", "rails", "db:migrate"] }, "job"],
    ["minio-init", { image: "minio/minio", command: ["sh", "-c", "mc mb data"] }, "job"],
    ["shop-init", { restart: "always" }, "web"],
    ["initiative", {}, "web"],
    ["app", { command: ["sh", "-c", "prisma migrate deploy && node server.js"] }, "web"],
    ["app", { command: ["sh", "-c", "npm run migrate && npm start"], ...port(80) }, "web"],
  ])("%s %j is %s", (name, service, role) => {
    expect(alone(name, { image: "shop", ...service })).toMatch(new RegExp(`^${role} `));
  });
});

describe("a job that is scaled to nothing is a tool, as Compose does not start it either", () => {
  test.each<[string, ComposeService]>([
    ["migrate", { scale: 0 }],
    ["seed", { command: ["npm", "run", "seed:reset"], deploy: { replicas: 0 } }],
    ["shop-init", { restart: "on-failure", scale: 0, deploy: { replicas: 2 } }],
  ])("%s %j", (name, service) => {
    expect(alone(name, { image: "shop", ...service })).toBe("tool recreate likely");
    expect(alone(name, { image: "shop", ...service }, { role: "job" })).toBe("job slots configured");
  });

  test("whether others would wait for it or not", () => {
    const { one } = decide({
      one: { image: "shop", scale: 0 },
      web: { image: "shop", ...port(80), depends_on: { one: { condition: "service_completed_successfully" } } },
    });
    expect(one).toMatchObject({ role: "tool", reason: "it would be a job, but it is scaled to nothing" });
  });

  test("but what keeps data stays that, and keeps its volumes", () => {
    expect(alone("db", { image: "postgres:17", scale: 0 })).toMatch(/^data /);
  });
});

describe("workers are told by name or command", () => {
  test.each([
    ["jobs", { command: ["celery", "-A", "shop", "worker"] }, "worker slots likely"],
    ["thing", { command: ["php", "artisan", "queue:work"] }, "worker slots likely"],
    ["thing", { command: ["node", "dist/worker.js"] }, "worker slots likely"],
    ["cron", {}, "worker slots likely"],
    [
      "api",
      { command: ["gunicorn", "--worker-class", "uvicorn.workers.UvicornWorker"], ...port(80) },
      "web slots likely",
    ],
    ["api", { command: ["gunicorn", "-w", "4", "app"], ...port(80) }, "web slots likely"],
    // A worker has no door: its port would lead nowhere.
    ["worker", port(3030), "worker recreate ask"],
  ])("%s %j is %s", (name, service, expected) => {
    expect(alone(name, { image: "shop", ...service })).toBe(expected);
  });

  test("one that something in base calls by name stays in base", () => {
    const { relay, quiet } = decide({
      nginx: { image: "nginx", depends_on: { relay: {} } },
      relay: { image: "relay" },
      quiet: { image: "relay", command: ["worker"] },
    });
    expect(relay).toMatchObject({ role: "worker", strategy: "recreate", confidence: "ask" });
    expect(quiet).toMatchObject({ role: "worker", strategy: "slots" });
  });

  test("one that other projects can call by a name of its own stays in base, unless it is configured", () => {
    const networks = { shared: { external: true }, web: { external: true }, back: {} };
    const decideOn = (on: ComposeService["networks"], override: RoleOverrides[string] = {}) => {
      const proxy = { image: "traefik", networks: { web: null } };
      const jobs = { image: "shop", command: ["worker"], networks: on };
      const model: ComposeModel = { name: "shop", services: { proxy, jobs }, networks };
      return classifyServices(model, { jobs: override }).find(({ service }) => service === "jobs");
    };
    const named = { aliases: ["jobs-api"] };
    expect(decideOn({ back: null, shared: named })).toMatchObject({
      strategy: "recreate",
      confidence: "ask",
      reason: expect.stringContaining("others may call it as jobs-api on network shared, and workers have no door"),
    });
    for (const override of [{ role: "worker" }, { strategy: "slots" }] as const)
      expect(decideOn({ shared: named }, override)).toMatchObject({ strategy: "slots" });
    // On a network that is there for an edge nobody calls it.
    for (const on of [{ shared: null }, { back: named }, { web: named }])
      expect(decideOn(on)).toMatchObject({ strategy: "slots" });
  });
});

describe("a reason names the word of a command that told, and nothing else of it", () => {
  const secret = "cnryq7Zk31";
  test.each([
    [`celery -A app worker -b amqp://app:${secret}@mq`, "its command says so (celery)"],
    [`sh -c PW=${secret} ./${secret}_worker --all`, "its command says so (worker)"],
    [`bin/rails solid_queue:${secret}`, "its command says so (solid_queue)"],
    [`alembic  -x pw=${secret} && alembic\n upgrade head`, "its command is a migration or set-up (alembic upgrade)"],
    [`php bin/console doctrine:${secret}`, "its command is a migration or set-up (doctrine)"],
    [`rails db:migrate:${secret}`, "its command is a migration or set-up (db:migrate)"],
    [`tsc --token=${secret} --watch`, "its command is for development (--watch)"],
    [`TOKEN=${secret} npm run build:${secret}`, "its command is for development (npm run build)"],
    ["sh -c 'sleep infinity'", "its command is for development (sleep infinity)"],
  ])("%j", (command, reason) => {
    const { thing } = decide({ thing: { image: "shop", command: command.split(" ") } });
    expect(thing?.reason).toBe(reason);
  });
});

describe("tools are never started, so a service is one only when nothing needs it", () => {
  test.each([
    ["css", { command: ["yarn", "build:css"], restart: "unless-stopped" }, "tool"],
    ["shell", { command: ["sleep", "infinity"] }, "tool"],
    ["e2e", {}, "tool"],
    ["docs", { labels: { "traefik.enable": "true" } }, "web"],
    ["docs", { restart: "always" }, "web"],
    ["app", { command: ["gunicorn", "-w", "3", "app"], expose: [8000] }, "web"],
  ])("%s %j is %s", (name, service, role) => {
    expect(alone(name, { image: "shop", ...service })).toMatch(new RegExp(`^${role} `));
  });

  test("not when others address it", () => {
    const { docs } = decide({
      docs: { image: "shop" },
      web: { image: "shop", ...port(80), environment: { DOCS: "http://docs/" } },
    });
    expect(docs).toMatchObject({ role: "web", strategy: "recreate", confidence: "ask" });
  });
});

describe("what hides its data is recognised by ports, directories and names", () => {
  test.each([
    ["store", { image: "acme/thing", ...port(5432) }, "data"],
    ["store", { image: "acme/thing", volumes: [{ type: "volume", source: "v", target: "/var/lib/mysql" }] }, "data"],
    ["database", { build: { context: "." } }, "data"],
    ["search", { image: "acme/prod_elasticsearch" }, "data"],
    [
      "firestore",
      {
        image: "google/cloud-sdk",
        command: "gcloud beta emulators firestore start --host-port=0.0.0.0:8080".split(" "),
        ...port(8080),
      },
      "data",
    ],
    ["api", { image: "shop", command: ["firebase-app", "emulators"], ...port(8080) }, "web"],
    // It runs what follows beside an emulator, and ends with that.
    ["api", { image: "shop", command: ["firebase", "emulators:exec", "npm start"], ...port(8080) }, "web"],
    ["frontend", { build: { context: "." }, ports: [...port(3000).ports, ...port(3306).ports] }, "web"],
  ])("%s %j is %s", (name, service, role) => {
    expect(alone(name, service)).toMatch(new RegExp(`^${role} `));
  });
});

test("nginx with pages and no configuration is the application, and else a proxy", () => {
  const pages = { type: "bind", source: "/srv/dist", target: "/usr/share/nginx/html", read_only: true };
  const conf = { type: "bind", source: "/srv/nginx.conf", target: "/etc/nginx/nginx.conf", read_only: true };
  expect(alone("frontend", { image: "nginx", ...port(80), volumes: [pages] })).toBe("web slots likely");
  expect(alone("frontend", { image: "nginx", ...port(80), volumes: [pages, conf] })).toBe("edge recreate sure");
  expect(alone("nginx", { image: "nginx", ...port(80), volumes: [pages] })).toBe("edge recreate sure");
});

describe("nothing becomes two in silence", () => {
  test.each([
    ["/home/ada/shop/deploy/uploads", "./uploads"],
    ["/home/ada/shop/uploads", "../uploads"],
    ["/home/ada/shop", ".."],
    ["/srv/uploads", "/srv/uploads"],
  ])("%s is named as everybody with the checkout has it", (source, named) => {
    const web = { ...port(80), volumes: [{ type: "bind", source, target: "/v" }] };
    const note = { checkout: "/home/ada/shop", directory: "/home/ada/shop/deploy" };
    const [decision] = classifyServices({ name: "shop", services: { web }, "x-sluice": note });
    expect(decision?.reason).toContain(`; it writes to bind mount ${named} (`);
  });

  test.each<[string, ComposeService, string]>([
    ["neither port nor router label", {}, "web recreate ask"],
    [
      "an HTTP health check alone",
      { healthcheck: { test: ["CMD", "curl", "http://localhost:8000/"] } },
      "web recreate ask",
    ],
    [
      "a writable volume",
      { ...port(80), volumes: [{ type: "volume", source: "v", target: "/v" }] },
      "web recreate likely",
    ],
    [
      "a writable bind mount",
      { ...port(80), volumes: [{ type: "bind", source: "/srv", target: "/v" }] },
      "web recreate likely",
    ],
    [
      "a read-only mount",
      { ...port(80), volumes: [{ type: "bind", source: "/srv", target: "/v", read_only: true }] },
      "web slots likely",
    ],
    [
      "the host's time",
      { ...port(80), volumes: [{ type: "bind", source: "/etc/localtime", target: "/etc/localtime" }] },
      "web slots likely",
    ],
    ["an anonymous volume", { ...port(80), volumes: [{ type: "volume", target: "/cache" }] }, "web slots likely"],
    ["host networking", { ...port(80), network_mode: "host" }, "web recreate likely"],
    [
      "a UDP port",
      {
        ports: [
          { target: 80, protocol: "tcp" },
          { target: 80, protocol: "udp" },
        ],
      },
      "web recreate likely",
    ],
    ["a device", { ...port(80), devices: ["/dev/ttyUSB0"] }, "web recreate likely"],
    [
      "the Docker socket",
      { ...port(80), volumes: [{ type: "bind", source: "/var/run/docker.sock", target: "/s", read_only: true }] },
      "web recreate likely",
    ],
    ["the Docker socket by another key", { ...port(80), use_api_socket: true }, "web recreate likely"],
    ["a fixed address", { ...port(80), networks: { back: { ipv4_address: "172.30.0.2" } } }, "web recreate likely"],
    ["the network of another", { expose: [80], network_mode: "service:vpn" }, "web recreate likely"],
  ])("%s", (_name, service, expected) => {
    expect(alone("app", { image: "shop", ...service })).toBe(expected);
  });

  test("until the configuration says so", () => {
    const uploads: ComposeService = {
      image: "shop",
      ...port(80),
      volumes: [{ type: "volume", source: "v", target: "/v" }],
    };
    expect(alone("app", uploads, { sharedVolumes: true })).toBe("web slots likely");
    expect(alone("app", { image: "shop" }, { role: "web" })).toBe("web recreate configured");
    expect(alone("app", { image: "shop" }, { role: "web", port: 8000 })).toBe("web slots configured");
    expect(alone("app", { image: "shop" }, { role: "worker" })).toBe("worker slots configured");
    expect(alone("app", { image: "shop", ...port(80) }, { strategy: "recreate" })).toBe("web recreate likely");
    expect(alone("db", { image: "postgres" }, { role: "data" })).toBe("data recreate configured");
  });
});

describe("what a name, port or command alone would tell wrongly", () => {
  const volume = (target: string) => ({ volumes: [{ type: "volume", source: "v", target }] });
  test.each<[string, ComposeService, string]>([
    ["thing", { image: "minio/mc" }, "job slots sure"],
    ["thing", { image: "acme/mc", restart: "always" }, "web recreate ask"],
    ["cassandra-seed", { image: "cassandra" }, "data recreate sure"],
    ["scylla-seed", { image: "scylladb/scylla", ...volume("/var/lib/scylla") }, "data recreate sure"],
    ["mongo-setup", { image: "mongo", entrypoint: ["bash", "/setup.sh"] }, "job slots likely"],
    ["jobs-db", { build: { context: "." } }, "data recreate likely"],
    ["queue", { image: "acme/broker-native" }, "worker recreate ask"],
    ["pool", { image: "acme/pool", ports: [...port(5432).ports, ...port(8008).ports] }, "data recreate ask"],
    ["sink", { image: "acme/plumdb", ...port(8080) }, "data recreate ask"],
    ["nats", { build: { context: "." }, ports: [...port(4222).ports, ...port(8222).ports] }, "data recreate likely"],
    ["thing", { image: "acme/thing", ...port(7701) }, "web recreate ask"],
    ["thing", { build: { context: "." }, ...port(7701) }, "web slots likely"],
    ["mailers", { build: { context: "." }, command: ["sidekiq"], expose: [3000] }, "worker recreate ask"],
    ["mails", { build: { context: "." }, environment: { PROCESS_TYPE: "worker" } }, "worker slots likely"],
    ["n8n", { image: "n8n", environment: { EXECUTIONS_MODE: "queue" }, ...port(5678) }, "web slots likely"],
    ["bot2", { image: "shop", command: ["sh", "-c", "alembic upgrade head && python main.py"] }, "web recreate ask"],
    ["install", { image: "shop", deploy: { restart_policy: { condition: "any" } } }, "web recreate ask"],
    ["provisioner", { image: "acme/provisioner" }, "worker recreate ask"],
    ["browser", { image: "selenium/standalone-chrome", restart: "always" }, "web recreate ask"],
    ["tick", { image: "shop", command: ["watch", "-n", "60", "report"] }, "worker recreate ask"],
    ["docs", { build: { context: "docs" } }, "web recreate ask"],
    ["storybook", { build: { context: "." }, ...port(6006) }, "web recreate ask"],
    ["front-proxy", { image: "acme/p", ...port(8080), depends_on: { web: {} } }, "edge recreate likely"],
    ["site", { build: { context: "/srv/nginx" }, ...port(80), depends_on: { web: {} } }, "edge recreate likely"],
    ["gateway", { image: "acme/gateway", ...port(80) }, "edge recreate ask"],
    ["gpu", { image: "acme/model", ...port(8000), runtime: "nvidia" }, "web recreate likely"],
    ["vpn", { image: "acme/vpn", ...port(8000), cap_add: ["NET_ADMIN"] }, "web recreate likely"],
    [
      "look",
      {
        image: "acme/look",
        ...port(80),
        volumes: [{ type: "bind", source: "/var/run", target: "/r", read_only: true }],
      },
      "web recreate likely",
    ],
    [
      "blog",
      { image: "wordpress", ...port(80), volumes: [{ type: "volume", target: "/var/www/html" }] },
      "web recreate likely",
    ],
  ])("%s %j is %s", (name, service, expected) => {
    expect(alone(name, service)).toBe(expected);
  });

  test("a build that writes the pages of another service is asked about, and what others need is no job", () => {
    const pages = { type: "volume", source: "pages", target: "/pages" };
    const { front, app, web } = decide({
      front: { build: { context: "." }, command: ["npm", "run", "build"], volumes: [pages] },
      web: { image: "nginx", ...port(80), volumes: [{ ...pages, read_only: true }], depends_on: { app: {} } },
      app: { build: { context: "." }, restart: "no" },
    });
    expect(front).toMatchObject({ role: "job", confidence: "ask" });
    expect(app).toMatchObject({ role: "web", strategy: "recreate", confidence: "ask" });
    expect(web).toMatchObject({ role: "edge" });
  });
});
