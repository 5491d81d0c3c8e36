import { type ComposeService, type Protocol, parseConfig } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { classifyServices, type RoleOverrides } from "./classify-services.ts";
import { listeningPort } from "./listening-port.ts";
import { protocolsOf } from "./protocols.ts";
import { serviceFacts } from "./service-facts.ts";
import { serviceFindings } from "./service-findings.ts";
import { startBudget } from "./start-budget.ts";

test("a service in slots that is scaled to nothing is not active, as nobody can wait for it", () => {
  const model = {
    name: "shop",
    services: {
      web: { image: "shop", ports: [{ target: 80, published: "80", protocol: "tcp" }], scale: 0 },
      worker: { image: "shop", command: ["worker"], deploy: { replicas: 0 } },
      migrate: { image: "shop", scale: 0 },
    },
  } as const;
  const config = parseConfig("services: { worker: { role: worker }, migrate: { role: job } }", "sluice.yaml");
  const decisions = classifyServices(model as never, config.services);
  const active = serviceFacts(model as never, decisions, config).map((facts) => [facts.name, facts.active]);
  expect(Object.fromEntries(active)).toEqual({ web: false, worker: false, migrate: true });
});

test("a service is restarted with what it depends on where that is asked for, and not where both share a namespace", () => {
  const depends_on = { db: { restart: true }, cache: { restart: true }, mail: {} };
  const model = { name: "shop", services: { app: { image: "x", network_mode: "service:cache", depends_on } } };
  const config = parseConfig("services: { app: { role: support } }", "sluice.yaml");
  const [app] = serviceFacts(model as never, classifyServices(model as never, config.services), config);
  expect(app).toMatchObject({ dependsOn: ["db", "cache", "mail"], restartsWith: ["db"] });
});

test("facts of a service", () => {
  const service: ComposeService = {
    image: "shop",
    build: { context: "." },
    deploy: { replicas: 3 },
    depends_on: { db: {}, certs: { condition: "service_completed_successfully" } },
    networks: { front: null, back: null },
    ports: [
      { target: 3000, published: "8080", host_ip: "127.0.0.1", protocol: "tcp" },
      { target: 3001, protocol: "tcp" },
    ],
    healthcheck: { test: ["CMD", "true"], interval: "2s", timeout: "2s", retries: 3, start_period: "10s" },
    stop_grace_period: "1m30s",
  };
  const model = { name: "shop", services: { web: service } };
  const web = "services: { web: { overlap: true, health: { path: /healthz } } }";
  const config = parseConfig(`${web}\ntraffic: { proxyProtocol: { out: true } }`, "sluice.yaml");
  expect(serviceFacts(model, classifyServices(model), config, new Set())).toEqual([
    {
      name: "web",
      role: "web",
      strategy: "slots",
      confidence: "likely",
      reason: "it publishes port 3000",
      active: false,
      builds: true,
      replicas: 3,
      networks: ["back", "front"],
      dependsOn: ["db", "certs"],
      awaits: ["certs"],
      ports: [
        { hostIp: "127.0.0.1", published: 8080, target: 3000, protocol: "tcp" },
        { published: 0, target: 3001, protocol: "tcp" },
      ],
      port: 3000,
      protocol: "http",
      hasHealthcheck: true,
      startBudget: { timeoutMs: 22_000, derivation: "start_period 10s + 3 x (interval 2s + timeout 2s)" },
      stopGraceMs: 90_000,
      overlap: true,
      healthPath: "/healthz",
      proxyProtocol: { in: false, out: true },
    },
  ]);
});

describe("startBudget", () => {
  test.each([
    [undefined, 60_000, "default 1m (no health check)"],
    [{ test: ["NONE"] }, 60_000, "default 1m (no health check)"],
    [{ disable: true }, 60_000, "default 1m (no health check)"],
    [{ test: ["CMD", "true"] }, 180_000, "3 x (interval 30s + timeout 30s)"],
    [
      { test: ["CMD", "true"], interval: "5s", timeout: "500ms", retries: 10 },
      55_000,
      "10 x (interval 5s + timeout 500ms)",
    ],
  ])("of %j", (healthcheck, timeoutMs, derivation) => {
    expect(startBudget(healthcheck)).toEqual({ timeoutMs, derivation });
  });

  test("is what the configuration says", () => {
    expect(startBudget({ test: ["CMD", "true"] }, 90_000)).toEqual({
      timeoutMs: 90_000,
      derivation: "startTimeout 1m30s",
      isConfigured: true,
    });
  });
});

describe("where a service listens, and how", () => {
  const published = [{ target: 3000, published: "80", protocol: "tcp" }];
  test.each<[string, ComposeService, number | null, Protocol]>([
    ["nothing tells", {}, null, "http"],
    ["a published port", { ports: published }, 3000, "http"],
    ["a UDP port is none", { ports: [{ target: 53, protocol: "udp" }], expose: ["54/udp", "8080/tcp"] }, 8080, "http"],
    [
      "a Traefik label before the published port",
      { ports: published, labels: { "traefik.http.services.web.loadbalancer.server.port": "8443" } },
      8443,
      "http",
    ],
    ["a Caddy label", { labels: { caddy: "a.example", "caddy.reverse_proxy": "{{upstreams 8080}}" } }, 8080, "http"],
    ["VIRTUAL_PORT", { environment: { VIRTUAL_HOST: "a", VIRTUAL_PORT: "5000" } }, 5000, "http"],
    ["the health check", { healthcheck: { test: ["CMD-SHELL", "curl http://localhost:9999/up"] } }, 9999, "http"],
    ["TLS of its own", { expose: [443] }, 443, "tcp"],
    [
      "TLS by the health check",
      { expose: [8000], healthcheck: { test: ["CMD", "curl", "-k", "https://localhost:8000"] } },
      8000,
      "tcp",
    ],
    [
      "a TCP router",
      {
        labels: {
          "traefik.tcp.routers.a.rule": "HostSNI(`*`)",
          "traefik.tcp.services.a.loadbalancer.server.port": "7000",
        },
      },
      7000,
      "tcp",
    ],
    [
      "gRPC behind Traefik",
      { expose: [7000], labels: { "traefik.http.services.a.loadbalancer.server.scheme": "h2c" } },
      7000,
      "h2",
    ],
    [
      "a server with TLS behind Traefik",
      { expose: [7000], labels: { "traefik.http.services.a.loadbalancer.server.scheme": "https" } },
      7000,
      "tcp",
    ],
    ["gRPC behind nginx-proxy", { expose: [7000], environment: { VIRTUAL_PROTO: "grpc" } }, 7000, "h2"],
  ])("%s", (_name, service, port, protocol) => {
    expect(listeningPort(service)).toBe(port);
    expect(protocolsOf(service, port)).toEqual({ protocol });
  });

  test("as configured", () => {
    expect(listeningPort({ ports: published }, { port: 4000 })).toBe(4000);
    expect(protocolsOf({}, 443, { protocol: "http" })).toEqual({ protocol: "http" });
  });
});

describe("what a service speaks at each of its ports", () => {
  const ports = [8080, 1883, 9090].map((target) => ({ target, published: String(target) }));
  const spoken = (override: Parameters<typeof protocolsOf>[2]) => protocolsOf({ ports }, 8080, override);

  test("is what is configured for each, and else what it speaks where it listens", () => {
    expect(spoken({ protocol: { "9090": "tcp" } })).toEqual({
      protocol: "http",
      protocols: { 1883: "tcp", 9090: "tcp" },
    });
    expect(spoken({ protocol: { "8080": "h2", "1883": "http" } })).toEqual({
      protocol: "h2",
      protocols: { 1883: "http" },
    });
  });

  test("is tcp at the port of a broker, unless somebody says otherwise for all of them", () => {
    expect(spoken({})).toEqual({ protocol: "http", protocols: { 1883: "tcp" } });
    expect(spoken({ protocol: "http" })).toEqual({ protocol: "http" });
    expect(spoken({ protocol: { "8080": "tcp" } })).toEqual({ protocol: "tcp" });
  });

  test("is none of the application's where the door ends HTTPS, nor at UDP", () => {
    const https = { hosts: ["shop.test"], port: 8443, issuer: "acme" as const };
    const more = [...ports.slice(0, 1), { target: 8443, published: "443" }, { target: 53, protocol: "udp" }];
    expect(protocolsOf({ ports: more }, 8080, { https })).toEqual({ protocol: "http" });
    expect(protocolsOf({ ports: more }, 8080)).toEqual({ protocol: "http", protocols: { 8443: "tcp" } });
  });
});

describe("findings", () => {
  const find = (service: ComposeService, override = {}) => {
    const model = {
      name: "shop",
      services: { app: { image: "shop", ...service } },
      secrets: { key: { environment: "KEY" } },
      configs: { limits: { content: "5" }, mode: { environment: "MODE" }, filed: { file: "./filed" } },
    };
    const decisions = classifyServices(model, { app: override });
    return serviceFindings(model, decisions, { app: override }).map(
      ({ severity, code, path }) => `${severity} ${code} ${path.join(".")}`,
    );
  };
  const ports = [{ target: 80, published: "80", protocol: "tcp" }];
  const healthcheck = { test: ["CMD", "true"] };

  test("refuse what cannot be two, unless it is accepted", () => {
    expect(find({ ports, healthcheck, privileged: true })).toEqual(["error cannot-be-two services.app.privileged"]);
    expect(find({ ports, healthcheck, privileged: true }, { strategy: "slots" })).toEqual([
      "error cannot-be-two services.app.privileged",
    ]);
    expect(find({ ports, healthcheck, privileged: true }, { strategy: "recreate" })).toEqual([]);
    // It has its users as the host has them, and shares nothing with its copy.
    expect(find({ ports, healthcheck, userns_mode: "host" })).toEqual([]);
  });

  test("tell what is unsure or costs a gap", () => {
    expect(find({})).toEqual(["warn role-unsure services.app"]);
    const volumes = [
      { type: "tmpfs", target: "/tmp" },
      { type: "volume", source: "v", target: "/v" },
    ];
    expect(find({ ports, healthcheck, volumes })).toEqual(["warn replaced-stop-first services.app.volumes.1"]);
    expect(find({ ports, healthcheck, volumes }, { sharedVolumes: true })).toEqual([]);
  });

  test("tell what a slot changes", () => {
    expect(find({ ports, container_name: "app", secrets: [{ source: "key" }] })).toEqual([
      "warn no-health-check services.app",
      "info container-name-dropped services.app.container_name",
      "info secret-from-environment services.app.secrets.0",
    ]);
    expect(find({ ports }, { health: { path: "/up" } })).toEqual([]);
  });

  test("tell which names and addresses of its own a service has in no slot", () => {
    const known = { ports, healthcheck };
    const code = "warn identity-dropped services.app";
    const fixed = { mac_address: "02:42:ac:11:00:02" };
    expect(find({ ...known, hostname: "fixed", ...fixed })).toEqual([`${code}.hostname`]);
    expect(find({ ...known, domainname: "example.com" })).toEqual([`${code}.domainname`]);
    expect(find({ ...known, ...fixed })).toEqual([`${code}.mac_address`]);
    expect(find({ ...known, networks: { back: null, front: fixed } })).toEqual([`${code}.networks.front.mac_address`]);
    expect(find({ ...known, hostname: "fixed", ...fixed }, { strategy: "recreate" })).toEqual([]);
  });

  test("tell of a job only the one that an engine may not give it", () => {
    const job = { role: "job" as const };
    const code = "warn identity-dropped services.app";
    const fixed = { mac_address: "02:42:ac:11:00:02" };
    const back = { ipv4_address: "172.30.0.8", ipv6_address: "fd00::8" };
    expect(find({ hostname: "fixed", domainname: "example.com", networks: { back } }, job)).toEqual([]);
    expect(find(fixed, job)).toEqual([`${code}.mac_address`]);
    expect(find({ networks: { back, front: fixed } }, job)).toEqual([`${code}.networks.front.mac_address`]);
  });

  test("tell which variables are not in its containers, as a proxy would find them by those, where something names them", () => {
    const known = { ports, healthcheck };
    const environment = { LOG: "all", VIRTUAL_HOST: "a.b", LETSENCRYPT_HOST: "a.b", LETSENCRYPT_EMAIL: "a@b.c" };
    const found = ["info proxy-variable-dropped services.app.environment.VIRTUAL_HOST"];
    const links = { ...environment, LINKS: "https://$${VIRTUAL_HOST}/" };
    expect(find({ ...known, environment: links })).toEqual(found);
    expect(find({ ...known, environment, command: ["sh", "-c", "serve --host $$VIRTUAL_HOST"] })).toEqual(found);
    expect(find({ ...known, environment, entrypoint: ["sh", "-c", "serve $$VIRTUAL_HOST"] })).toEqual(found);
    const test = ["CMD-SHELL", 'curl -fH "Host: $$LETSENCRYPT_HOST" localhost'];
    expect(find({ ports, environment, healthcheck: { test } })).toEqual([
      "info proxy-variable-dropped services.app.environment.LETSENCRYPT_HOST",
    ]);
    expect(find({ ...known, environment: links }, { strategy: "recreate" })).toEqual([]);
    expect(find({ ...known, environment: { ...links, VIRTUAL_HOST: "" } })).toEqual([]);
    for (const role of ["job", "worker"]) expect(find({ environment: links }, { role })).toEqual([]);
  });

  test("say nothing of variables that are for a proxy alone, as in each project behind nginx-proxy", () => {
    const environment = { VIRTUAL_HOST: "a.b", LETSENCRYPT_HOST: "a.b", BASE_URL: "https://a.b", VIRTUAL_PORT: "80" };
    const command = ["serve", "--behind", "MY_VIRTUAL_HOST", "VIRTUAL_HOST_MULTIPORTS"];
    expect(find({ ports, healthcheck, environment, command })).toEqual([]);
  });

  test("tell what a variable of the shell is needed for", () => {
    expect(find({ ports, healthcheck, configs: [{ source: "limits" }, { source: "mode" }] })).toEqual([
      "info secret-from-environment services.app.configs.1",
    ]);
  });

  test("refuse a secret or config without a file where Compose cannot put it", () => {
    const readOnly = { ports, healthcheck, read_only: true };
    expect(find({ ...readOnly, configs: [{ source: "filed" }, { source: "limits" }] })).toEqual([
      "error read-only-without-file services.app.configs.1",
    ]);
    expect(find({ ...readOnly, configs: [{ source: "filed" }] })).toEqual([]);
  });

  test("refuse what is to run before the service, on which that relies, and is not run", () => {
    const hook = [{ image: "busybox", command: ["chown", "/data"] }];
    const found = ["error hook-not-run services.app.pre_start"];
    expect(find({ image: "postgres", pre_start: hook, pre_stop: hook })).toEqual(found);
    expect(find({ ports, healthcheck, pre_start: hook })).toEqual(found);
    expect(find({ pre_start: hook }, { role: "job" })).toEqual(found);
    expect(find({ pre_start: hook }, { role: "tool" })).toEqual([]);
    expect(find({ image: "postgres", pre_start: [] })).toEqual([]);
  });

  test("tell of a hook that is not run: before the stop of what is in base, and in jobs", () => {
    const hook = [{ command: ["warm"] }];
    const both = { post_start: hook, pre_stop: hook };
    expect(find({ image: "postgres", ...both })).toEqual(["warn hook-not-run services.app.pre_stop"]);
    expect(find({ image: "postgres", post_start: hook, pre_stop: [] })).toEqual([]);
    expect(find({ ...both }, { role: "job" })).toEqual(["warn hook-not-run services.app.post_start"]);
    expect(find({ ports, healthcheck, ...both })).toEqual([]);
    expect(find({ ports, healthcheck, ...both }, { strategy: "recreate" })).toEqual([
      "warn hook-not-run services.app.pre_stop",
    ]);
    expect(find({ ...both }, { role: "worker" })).toEqual([]);
  });

  test("refuse ports that no network of their service can publish", () => {
    const found = (networks: readonly string[], over: object = {}) => {
      const web = {
        image: "shop",
        ports,
        healthcheck,
        networks: Object.fromEntries(networks.map((key) => [key, null])),
      };
      const declared = { back: { internal: true }, front: {}, theirs: { internal: true, external: true } };
      const model = { name: "shop", services: { web: { ...web, ...over } }, networks: declared };
      return serviceFindings(model, classifyServices(model)).map(({ code, path }) => [code, ...path].join("."));
    };
    expect(found(["back"])).toEqual(["published-on-internal.services.web.ports.0"]);
    expect([found(["back", "front"]), found(["theirs"]), found([])]).toEqual([[], [], []]);
    expect(found(["back"], { ports: [] })).not.toContain("published-on-internal.services.web.ports.0");
  });

  test("tell of ports that may not speak the same, where nobody says what they speak", () => {
    const several = [...ports, { target: 9090, published: "21061" }, { target: 7000, published: "21062" }];
    const known = { ports: several, healthcheck };
    expect(find(known)).toEqual(["warn protocol-unsure services.app.ports.2"]);
    expect(find(known, { protocol: "tcp" })).toEqual([]);
    expect(find(known, { protocol: { "80": "tcp" } })).toEqual([]);
    expect(find(known, { protocol: { "7000": "tcp", "9090": "h2" } })).toEqual([]);
    expect(find(known, { protocol: { "7000": "tcp" } })).toEqual(["warn protocol-unsure services.app.ports.1"]);
    expect(find({ ...known, ports: [...ports, { target: 8443, published: "443" }] })).toEqual([]);
    expect(find(known, { strategy: "recreate" })).toEqual([]);
    const same = [...ports, ...ports, { target: 9090, published: "9090", protocol: "udp" }];
    expect(find({ ...known, ports: same }, { strategy: "slots" })).not.toContain(
      "warn protocol-unsure services.app.ports.2",
    );
    const https = { hosts: ["shop.test"], port: 9090, issuer: "acme" } as const;
    expect(find({ ports: several.slice(0, 2), healthcheck }, { https })).toEqual([]);
  });

  test("tell of commands that a scheduler would run in two versions", () => {
    const labels = { "ofelia.enabled": "true", "ofelia.job-exec.prune.schedule": "@hourly" };
    const code = "warn schedules-twice services.app.labels.ofelia.job-exec.prune.schedule";
    expect(find({ ports, healthcheck, labels })).toEqual([code]);
    expect(find({ labels }, { role: "worker", overlap: true })).toEqual([code]);
    expect(find({ labels }, { role: "worker" })).toEqual([]);
    expect(find({ ports, healthcheck, labels }, { strategy: "recreate" })).toEqual([]);
    expect(find({ ports, healthcheck, labels: { "ofelia.enabled": "true" } })).toEqual([]);
    const chores = "deck-chores.dump.command";
    expect(find({ ports, healthcheck, labels: { [chores]: "dump" } })).toEqual([
      `warn schedules-twice services.app.labels.${chores}`,
    ]);
  });

  test("refuse a volume of one letter, which is mounted nowhere", () => {
    const volumes = [{ type: "volume", target: "d:/var/lib/mysql" }];
    expect(find({ image: "mysql", volumes })).toEqual(["error volume-taken-for-drive services.app.volumes.0"]);
    expect(find({ image: "mysql", volumes: [{ type: "volume", target: "/d" }] })).toEqual([]);
  });

  test.each([
    [{ network_mode: "service:web" }, "network_mode"],
    [{ pid: "service:web" }, "pid"],
    [{ volumes_from: ["web:ro"] }, "volumes_from"],
  ])("refuse %j where the other is in slots, and not where both are replaced stop-first", (sharing, key) => {
    const healthy = { image: "shop", ports, healthcheck };
    const model = { name: "shop", services: { web: healthy, exporter: { image: "prom/x-exporter", ...sharing } } };
    const codes = (overrides: RoleOverrides) =>
      serviceFindings(model, classifyServices(model, overrides), overrides).map(({ code, path }) => [code, ...path]);
    expect(codes({})).toEqual([["shares-with-slot", "services", "exporter", key]]);
    expect(codes({ web: { strategy: "recreate" } })).toEqual([]);
  });

  test("refuse what is no container", () => {
    const provider = { type: "cloud" };
    expect(find({ provider, restart: "always" })).toContain("error not-provided services.app.provider");
    expect(find({ provider }, { role: "tool" })).toEqual([]);
  });

  test("tell of credentials that Compose would give only to what it starts itself", () => {
    const known = { image: "postgres", use_api_socket: true };
    expect(find(known)).toEqual(["warn credentials-not-given services.app.use_api_socket"]);
    expect(find({ image: "shop", use_api_socket: true }, { role: "job" })).toContain(
      "warn credentials-not-given services.app.use_api_socket",
    );
    expect(find(known, { role: "tool" })).toEqual([]);
    expect(find({ ...known, environment: { DOCKER_CONFIG: "/own" } })).toEqual([]);
    expect(find({ ...known, use_api_socket: false })).toEqual([]);
  });

  test("tell of a name that other projects called a worker in slots by", () => {
    const networks = { shared: { aliases: ["jobs-api"] } };
    const services = { jobs: { image: "shop", command: ["worker"], networks } };
    const model = { name: "shop", services, networks: { shared: { external: true } } };
    const codes = (jobs: RoleOverrides[string]) =>
      serviceFindings(model, classifyServices(model, { jobs }), { jobs }).map(({ code, path }) =>
        [code, ...path].join("."),
      );
    const place = "services.jobs.networks.shared.aliases.0";
    expect(codes({ role: "worker" })).toEqual([`external-name-dropped.${place}`]);
    expect(codes({ role: "worker", strategy: "recreate" })).toEqual([]);
    expect(codes({})).toEqual(["role-unsure.services.jobs"]);
  });

  test.each([
    [{ network_mode: "service:side" }, "network_mode"],
    [{ pid: "service:side" }, "pid"],
    [{ ipc: "service:side" }, "ipc"],
    [{ volumes_from: ["side:ro"] }, "volumes_from"],
    [{ external_links: ["theirs:mail"] }, "external_links"],
  ])("refuse a job with %j, which it would not have", (sharing, key) => {
    const job = { image: "shop", command: ["migrate"], restart: "no" };
    const side = { image: "prom/x-exporter" };
    expect(around({ side, migrate: { ...job, ...sharing } })).toEqual([`error job-shares services.migrate.${key}`]);
    const alone = { network_mode: "none", pid: "host", ipc: "private", volumes_from: [], external_links: [] };
    expect(around({ side, migrate: { ...job, ...alone } })).toEqual([]);
  });

  const around = (services: Readonly<Record<string, ComposeService>>, active?: ReadonlySet<string>) => {
    const model = { name: "shop", services };
    return serviceFindings(model, classifyServices(model), {}, active).map(
      ({ severity, code, path }) => `${severity} ${code} ${path.join(".")}`,
    );
  };

  test.each(["web", "proxy"])("tell of a job that waits for what is there only after it: %s", (name) => {
    const needed = name === "proxy" ? { image: "traefik" } : { image: "shop", ports, healthcheck };
    const seed = { image: "shop", command: ["seed"], restart: "no", depends_on: { db: {}, [name]: {} } };
    const services = { [name]: needed, db: { image: "postgres" }, seed };
    expect(around(services)).toEqual([`warn job-before-its-needs services.seed.depends_on.${name}`]);
    expect(around(services, new Set(["db", "seed"]))).toEqual([]);
    expect(around({ ...services, seed: { ...seed, depends_on: { db: {} } } })).toEqual([]);
  });

  test("tell of data that waits beside a job, and not of data that waits for its end", () => {
    const waiting = (condition: "service_healthy" | "service_completed_successfully" | "service_started") =>
      around({
        es01: { image: "elasticsearch", depends_on: { setup: { condition } } },
        setup: { image: "shop", restart: "no", healthcheck },
      });
    expect(waiting("service_healthy")).toEqual(["warn waits-beside-job services.es01.depends_on.setup"]);
    expect(waiting("service_completed_successfully")).toEqual([]);
    expect(waiting("service_started")).toEqual([]);
  });

  test("are silent about services that are not active", () => {
    const model = { name: "shop", services: { app: { image: "shop" } } };
    expect(serviceFindings(model, classifyServices(model), {}, new Set())).toEqual([]);
  });
});
