import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { runCompose } from "../src/compose-cli/run.ts";
import { createComposeResolver } from "../src/index.ts";
import { serviceHashes } from "../src/model/service-hashes.ts";
import { cliEnvironment } from "./corpus-stacks.ts";
import { missingNewestCompose, newestCompose } from "./support/newest-compose.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "read-back-"));
  await mkdir(join(directory, "conf"));
  await Promise.all(["labels", "seccomp.json", "key"].map((name) => writeFile(join(directory, name), "a=b\n")));
});
afterAll(() => rm(directory, { recursive: true }));

type Forms = Readonly<Record<string, readonly unknown[]>>;

/** What a service may say, by field: each form becomes a service of its own. Sizes, times and limits in all that they may be. */
const forms: Forms = {
  annotations: [{ a: "$$b" }],
  attach: [false],
  blkio_config: [
    { weight: 300, weight_device: [{ path: "/dev/sda", weight: 400 }] },
    ...["device_read_bps", "device_write_bps"].map((key) => ({ [key]: [{ path: "/dev/sda", rate: "12mb" }] })),
    ...["device_read_iops", "device_write_iops"].map((key) => ({ [key]: [{ path: "/dev/sda", rate: 120 }] })),
  ],
  build: [
    {
      context: ".",
      args: { A: "$$1", B: null },
      tags: ["a:b"],
      labels: { a: "b" },
      secrets: ["key"],
      ssh: ["default"],
    },
    { context: ".", ulimits: { core: 0, nofile: { soft: 0, hard: 10 } }, shm_size: -1, extra_hosts: ["a:10.0.0.1"] },
    { dockerfile_inline: "FROM scratch", additional_contexts: { conf: "./conf" }, platforms: ["linux/amd64"] },
    { context: ".", ssh: ["default", "other=$$x/key"] },
    { context: ".", entitlements: ["network.host"], network: "none", privileged: true, pull: true, no_cache: true },
  ],
  cap_add: [["ALL"]],
  cap_drop: [["NET_ADMIN"]],
  cgroup: ["host", "private"],
  cgroup_parent: ["x-y"],
  command: ["a $$b", ["a", "$$b"], []],
  configs: [
    ["empty", "inline", { source: "inline", target: "/x", uid: "5", gid: "6", mode: 0o440 }],
    ["key", "variable"],
  ],
  container_name: ["its-name"],
  cpu_count: [0, 2],
  cpu_period: [0, 20_000],
  cpu_quota: [-1, 50_000],
  cpu_rt_period: [11_000],
  cpu_rt_runtime: [400],
  cpu_shares: [0, 9],
  cpus: [0, 0.5],
  cpuset: ["0,1"],
  credential_spec: [{ registry: "x" }],
  deploy: [
    { replicas: 0, resources: { limits: { cpus: "0.5", memory: "50m", pids: 0 }, reservations: { memory: "1g" } } },
    { resources: { reservations: { devices: [{ capabilities: ["gpu"], count: "all" }] } } },
    { mode: "global", endpoint_mode: "vip", labels: { a: "b" }, placement: { constraints: ["a==b"] } },
    { restart_policy: { condition: "on-failure", delay: "0s", max_attempts: 0, window: "10s" } },
    { update_config: { parallelism: 0, delay: "1s", order: "start-first" }, rollback_config: { max_failure_ratio: 0 } },
  ],
  develop: [{ watch: [{ path: "./conf", action: "sync", target: "/x" }] }],
  device_cgroup_rules: [["c 1:3 mr"]],
  devices: [["/dev/a:/dev/b:rwm", "/dev/c"]],
  dns: ["1.1.1.1", ["1.1.1.1", "9.9.9.9"]],
  dns_opt: [["use-vc"]],
  dns_search: ["a.b", []],
  domainname: ["a.b"],
  entrypoint: ["a $$b", [], null],
  environment: [{ A: "$$b", EMPTY: "", FLAG: "true", NOTHING: null }],
  expose: [["80", 81, "90-92/udp"]],
  external_links: [["a:b"]],
  extra_hosts: [["a:[::1]", "b=10.0.0.1", "c:host-gateway", "a:10.0.0.2"]],
  gpus: ["all", [{ driver: "x", count: 2 }]],
  group_add: [["mail", 1000]],
  healthcheck: [
    { test: ["CMD", "$$x"], interval: "1m30s", timeout: "500ms", retries: 0, start_period: "0s" },
    { test: "a $$b", interval: "2s", start_interval: "1s" },
    { disable: true },
    { test: ["NONE"] },
  ],
  hostname: ["its-host"],
  init: [true, false],
  ipc: ["shareable", "service:other"],
  isolation: ["default"],
  label_file: [["labels"]],
  labels: [{ a: "$$b", empty: "" }],
  links: [["other:a"]],
  logging: [{ driver: "syslog", options: { a: "$$b", n: 5 } }],
  mac_address: ["02:42:ac:11:65:43"],
  mem_limit: [-1, 0, "1.5g"],
  mem_reservation: [-1, 0, "20m"],
  mem_swappiness: [0, 60],
  memswap_limit: [-1, 0, "2gb"],
  network_mode: ["host", "none", "service:other"],
  networks: [
    { default: null, back: { aliases: ["a"], ipv4_address: "10.9.0.5", link_local_ips: ["169.254.1.1"], priority: 0 } },
    { back: { mac_address: "02:42:ac:11:65:43", priority: 4, driver_opts: { a: "$$b" } } },
  ],
  oom_kill_disable: [true, false],
  oom_score_adj: [-5, 0],
  pid: ["host", "service:other"],
  pids_limit: [-1, 0, 5],
  platform: ["linux/amd64"],
  ports: [
    ["80", "8080:81", "127.0.0.1:9000-9001:90-91/udp", "[::1]:82:82"],
    [{ target: 80, published: "8083-8084", mode: "host", name: "a", app_protocol: "http" }],
  ],
  post_start: [[{ command: ["a", "$$b"], user: "root", privileged: true, environment: { A: "$$b" } }]],
  pre_stop: [[{ command: "a", working_dir: "/" }]],
  privileged: [true],
  profiles: [["a", "b"]],
  pull_policy: ["missing"],
  read_only: [true],
  restart: ["no", "on-failure:3"],
  runtime: ["runc"],
  scale: [0, 2],
  secrets: [["key", "variable", { source: "key", target: "/a/b", uid: "5", gid: "6", mode: 0o400 }]],
  security_opt: [["seccomp:./seccomp.json", "no-new-privileges:true"]],
  shm_size: [-1, 0, "2gb"],
  stdin_open: [true],
  stop_grace_period: ["0s", "1m30s"],
  stop_signal: ["SIGQUIT"],
  storage_opt: [{ size: "1G" }],
  sysctls: [{ "net.core.somaxconn": 0 }, ["a=b"]],
  tmpfs: ["/run", ["/run", "/tmp:mode=755,size=4k"]],
  tty: [true],
  ulimits: [
    { core: 0 },
    { core: { soft: 0, hard: 10 }, nproc: { soft: 5, hard: 0 } },
    { a: -1, b: { soft: -1, hard: -1 } },
  ],
  user: ["1000:1000"],
  userns_mode: ["host"],
  uts: ["host"],
  volumes: [
    ["./conf:/a:ro,Z", "data:/b", "/c", "../$$x:/d"],
    [{ type: "bind", source: "./conf", target: "/a", bind: { propagation: "rshared", create_host_path: false } }],
    [{ type: "volume", source: "data", target: "/a", volume: { subpath: "b", nocopy: true } }],
    [
      { type: "tmpfs", target: "/a", tmpfs: { size: "10m", mode: 0o755 } },
      { type: "tmpfs", target: "/b", tmpfs: { size: 0 } },
    ],
    [
      { type: "npipe", source: "a", target: "/a" },
      { type: "cluster", source: "c", target: "/c" },
    ],
  ],
  volumes_from: [["other:ro", "container:x"]],
  working_dir: ["/x"],
};

/** What Compose 2.26 does not know. */
const newerForms: Forms = {
  models: [["model"]],
  provider: [{ type: "x", options: { a: "$$b", n: 5 } }],
  pull_policy: ["missing", "every_12h"],
  pull_refresh_after: ["1h"],
  use_api_socket: [true],
};

/** What is hashed otherwise where it was written (`env_file`, `depends_on`), is gone once it is resolved, is in every service, or is taken by no Compose. */
const elsewhere = ["cpu_percent", "depends_on", "env_file", "extends", "image"];

const schema = createRequire(import.meta.resolve("docker-compose"))("docker-compose/schema/compose-spec.json") as {
  readonly definitions: { readonly service: { readonly properties: object } };
};

test("every field of a service that the schema knows is tried", () => {
  const tried = new Set([...Object.keys(forms), ...Object.keys(newerForms), ...elsewhere]);
  expect([...tried].toSorted()).toEqual(Object.keys(schema.definitions.service.properties).toSorted());
});

/** Beside the services. */
const project = {
  name: "read-back",
  networks: { back: { ipam: { config: [{ subnet: "10.9.0.0/16" }] } } },
  volumes: { data: { driver_opts: { type: "none", o: "bind", device: "./conf" } }, c: {} },
  secrets: { key: { file: "key" }, variable: { environment: "KEY" } },
  configs: {
    key: { file: "key" },
    variable: { environment: "KEY" },
    inline: { content: "a $$b\n" },
    empty: { content: "${NOT_SET:-}" },
  },
};

const servicesOf = (tried: Forms) =>
  Object.entries(tried).flatMap(([field, values]) =>
    values.map((value, index) => [`${field}-${index}`, { image: "nginx", [field]: value }] as const),
  );

describe.each([
  ["the Compose that is installed", cliEnvironment, project, servicesOf(forms)],
  [
    `the newest Compose${missingNewestCompose}`,
    { ...cliEnvironment, DOCKER_CONFIG: newestCompose },
    { ...project, models: { model: { model: "ai/x" } } },
    servicesOf({ ...forms, ...newerForms }),
  ],
])("%s", (name, env, rest, tried) => {
  it.skipIf(name.includes("skipped"))("gives each service the same hash after it has read what it wrote", async () => {
    const services = { other: { image: "nginx" }, ...Object.fromEntries(tried) };
    await writeFile(join(directory, "compose.yaml"), JSON.stringify({ ...rest, services }));
    const { model } = await createComposeResolver({ env }).resolve({ directory });
    const read = await serviceHashes(model, { env, cwd: "/" });

    const { stdout } = await runCompose({ args: ["--profile", "*", "config", "--hash", "*"], env, cwd: directory });
    const plain = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    const others = plain.filter(([service = "", hash = ""]) => !read[service]?.includes(hash));
    expect(others).toEqual([]);
    expect(Object.keys(read)).toHaveLength(tried.length + 1);
  });
});
