import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { listening } from "./support/listening.ts";
import { docker } from "./support/postgres.ts";

const signal = new AbortController().signal;
const image = "sluice-test/node:24";
const node = (script: string) => ["node", "--no-warnings", "-e", script];
const release = (tag: string, commit: string) =>
  ({ tag, commit: commit.repeat(40), dirty: false, source: "option" }) as const;

/** Keeps its orders in a file of its own: it cannot be two at once. Says how it is as its image has it. */
const application = `
const { readFileSync } = require("node:fs");
const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync("/srv/data/app.db");
database.exec("pragma journal_mode = wal; pragma busy_timeout = 5000; create table if not exists orders (id integer primary key, total integer)");
database.exec("insert or ignore into orders values (1, 40), (2, 2)");
const status = Number(readFileSync("/status", "utf8"));
require("node:http").createServer((_request, response) => {
  response.writeHead(status).end(String(database.prepare("select sum(total) as sum from orders").get().sum));
}).listen(8080);
`;
const script = (sql: string) =>
  `const d = new (require("node:sqlite").DatabaseSync)("/srv/data/app.db"); d.exec("pragma busy_timeout = 5000"); ${sql}`;
const volumes = ["data:/srv/data"];
const web = {
  build: { context: "." },
  command: node(application.replaceAll("$", "$$$$")),
  volumes,
  ports: ["8080"],
  init: true,
  healthcheck: listening(8080),
};
/** Answers nobody but those on its own network, which no other service is on. */
const cache = {
  image,
  command: node(`require("node:net").createServer((socket) => socket.end()).listen(6379)`),
  networks: ["aside"],
  init: true,
  healthcheck: listening(6379),
};
const migrate = { image, command: node(script(`d.exec("create table if not exists notes (id integer)")`)), volumes };
const compose = { services: { web, cache, migrate }, volumes: { data: {} }, networks: { aside: {} } };
/** Plain Compose runs what the web service comes to. */
const begun = { compose: { services: { cache }, networks: { aside: {} } }, config: {} };
const config = {
  services: { web: { role: "web", port: 8080 }, cache: { role: "data" }, migrate: { role: "job" } },
  checks: [
    { name: "orders", http: { path: "/", contains: "42" } },
    { name: "cache", service: "cache", tcp: { port: 6379 } },
  ],
  database: { kind: "sqlite", service: "web", file: "/srv/data/app.db", beforeDeploy: "none" },
  rollout: { steps: [100], bake: "0s" },
  analysis: { enabled: false },
};

let project: ComposeProject;
const answerWith = (status: number) =>
  writeFile(join(project.directory, "Dockerfile"), `FROM ${image}\nRUN echo ${status} > /status\n`);
const left = () => docker("ps", "-aq", "--filter", `name=^${project.stack}-(check|scratch)-`);
const tables = () =>
  project.run(
    "web",
    node(script(`console.log(d.prepare("select name from sqlite_master").all().map(({ name }) => name).join())`)),
  );

beforeAll(async () => {
  project = await startComposeProject("basechecks", begun);
  await writeFile(join(project.directory, "compose.yaml"), JSON.stringify(compose));
});
afterAll(() => project?.[Symbol.asyncDispose]());

// One after the other: each goes on from what the one before has left.
describe("a stack whose web service cannot be two at once", { timeout: 300_000 }, () => {
  it("goes live when its checks pass where it runs, with no door anywhere", async () => {
    await answerWith(200);
    await using deployer = await project.open(config);
    const { plan } = await deployer.plan({ release: release("v1", "1") }, signal);
    expect(plan.steps.map(({ kind }) => kind)).toEqual(["build", "networks", "job", "recreate", "verify", "promote"]);
    expect(await deployer.deploy({ release: release("v1", "1") }, signal)).toMatchObject({
      outcome: "live",
      serving: { tag: "v1", slot: null },
    });
    expect(await docker("ps", "-q", "--filter", `name=^${project.stack}-door`)).toBe("");
    expect(await left()).toBe("");
  });

  it("has the version before back where the new one runs and errs", async () => {
    await answerWith(500);
    await using deployer = await project.open(config);
    const result = await deployer.deploy({ release: release("v2", "2") }, signal);
    expect(result).toMatchObject({
      outcome: "rolled-back",
      exitCode: 21,
      serving: { tag: "v1", share: 100 },
      error: { code: "CHECK_FAILED", message: expect.stringContaining('check "orders": status 500') },
    });
    expect(await left()).toBe("");
  });

  it("is verified as any other, and what it shows is what serves", async () => {
    await using deployer = await project.open(config);
    const verdicts = await deployer.verify(signal);
    expect(verdicts.map(({ check, result }) => `${check}: ${result}`)).toEqual([
      "web runs: pass",
      "orders: pass",
      "cache: pass",
    ]);
    const wrong = { ...config, checks: [{ name: "cache", service: "cache", tcp: { port: 6380 } }] };
    await using other = await project.open(wrong);
    expect(await other.verify(signal)).toMatchObject([
      { result: "pass" },
      { check: "cache", result: "fail", value: expect.stringContaining("no connection to ") },
    ]);
    const { serving } = await deployer.plan({ release: release("v3", "3") }, signal);
    expect(serving).toMatchObject({ tag: "v1", slot: null });
    expect(await left()).toBe("");
  });

  it("is migrated, backed up and rehearsed as the release that serves", async () => {
    await using deployer = await project.open(config);
    await project.run("web", node(script(`d.exec("drop table notes")`)));
    expect(await deployer.database.migrate({}, signal)).toMatchObject({ release: "v1", jobs: [{ job: "migrate" }] });
    expect(await tables()).toBe("orders,notes");
    const stored = (await deployer.releases()).find(({ tag }) => tag === "v1");
    const { id } = await deployer.database.backup({}, signal);
    expect(await deployer.database.show(id)).toMatchObject({ release: stored?.id });
    await answerWith(200);
    const report = await deployer.database.rehearse({ release: release("v3", "3"), fresh: true }, signal);
    expect(report).toMatchObject({ verdict: "pass", compatibility: { release: "v1", result: "pass" } });
    expect(await left()).toBe("");
  });

  it("proves a release for production, from where nothing but base serves", async () => {
    await using production = await startComposeProject("basepromo", begun);
    await writeFile(join(production.directory, "compose.yaml"), JSON.stringify(compose));
    await writeFile(join(production.directory, "Dockerfile"), `FROM ${image}\nRUN false\n`);
    const promotion = { stack: project.stack, stateHome: join(project.directory, "home"), minimumTime: "0s" };
    await using deployer = await production.open({ ...config, promotion });
    expect(await deployer.deploy({ release: release("v1", "1") }, signal)).toMatchObject({ outcome: "live" });
    const gone = { ...promotion, stateHome: join(project.directory, "nowhere") };
    await using alone = await production.open({ ...config, promotion: gone });
    // What was live here is deployed again, and gone back to by a tag of its own, whatever becomes of the other stack.
    const back = { release: release("v1-rollback.1", "1") };
    expect(await alone.deploy(back, signal)).toMatchObject({ outcome: "nothing-to-do" });
    const other = alone.deploy({ release: release("v1", "2") }, signal);
    await expect(other).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      hint: expect.stringContaining("rollback v1"),
    });
  });
});

describe("beside a web service in slots", { timeout: 300_000 }, () => {
  const answering = (port: number) => ({
    image,
    command: node(`require("node:http").createServer((_request, response) => response.end("42")).listen(${port})`),
    init: true,
    healthcheck: listening(port),
  });
  const services = { web: { ...answering(8080), ports: ["8080"] }, worker: answering(9000), cache };
  const checks = [
    { name: "cache", service: "cache", tcp: { port: 6379 } },
    { name: "worker", service: "worker", tcp: { port: 9000 } },
  ];
  const roles = { web: { role: "web", port: 8080 }, worker: { role: "worker" }, cache: { role: "data" } };
  const slots = { ...config, services: roles, checks, database: undefined };

  it("a database that no door reaches is asked before users meet a release, and a worker once it runs", async () => {
    await using shop = await startComposeProject("basebeside", begun);
    await writeFile(join(shop.directory, "compose.yaml"), JSON.stringify({ services, networks: { aside: {} } }));
    await using deployer = await shop.open(slots);
    const { plan } = await deployer.plan({ release: release("v1", "1") }, signal);
    const kinds = plan.steps.map(({ kind }) => kind);
    expect(kinds.slice(kinds.indexOf("verify"))).toEqual(["verify", "shift", "workers", "verify", "promote"]);
    expect(await deployer.deploy({ release: release("v1", "1") }, signal)).toMatchObject({ outcome: "live" });
    const verdicts = await deployer.verify(signal);
    expect(verdicts.map(({ check, result }) => `${check}: ${result}`)).toEqual([
      "door web: pass",
      "web runs: pass",
      "cache: pass",
      "worker: pass",
      "web answers: pass",
    ]);
    await using wrong = await shop.open({ ...slots, checks: [{ service: "worker", tcp: { port: 9001 } }] });
    expect(await wrong.deploy({ release: release("v2", "2") }, signal)).toMatchObject({
      outcome: "rolled-back",
      serving: { tag: "v1", slot: "blue" },
      error: { code: "CHECK_FAILED" },
    });
    expect(await docker("ps", "-aq", "--filter", `name=^${shop.stack}-check-`)).toBe("");
  });
});
