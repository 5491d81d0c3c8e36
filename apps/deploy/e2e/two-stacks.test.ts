import { type SecondEngine, startSecondEngine, whyNoSecondEngine } from "@sluice/testing/second-engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openProject, type Project, patience } from "./harness.ts";
import { startLoad } from "./load.ts";

const config = `database: { service: db, rehearsal: block }
rollout: { steps: [100], bake: 0s }
traffic: { drain: { timeout: 1s } }
services:
  cache: { role: data }
  mail: { role: edge }
  reports: { role: worker }
`;

/** Without a health check each start of a service is watched for 3 s. */
const running = 'healthcheck: { test: [CMD, "true"], interval: 30s, start_period: 30s, start_interval: 1s }';

/** Only `web` and the migration share a network with the database. */
const compose = (tag: string) => `services:
  web:
    image: sluice-test/busybox
    init: true
    command: ["sh", "-c", "mkdir -p /w && echo ${tag} > /w/index.html && exec httpd -f -p 8080 -h /w"]
    ports: ["\${SHOP_PORT}:8080"]
    networks: [front, back, cache, mail]
    healthcheck: { test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:8080/"], interval: 10s, start_period: 30s, start_interval: 1s }
    depends_on: { migrate: { condition: service_completed_successfully } }
  reports: { image: sluice-test/busybox, init: true, command: sleep 600, networks: [front, cache, mail], ${running} }
  migrate:
    image: sluice-test/postgres:15
    command: [psql, -h, db, -U, shop, -c, "create table if not exists ${tag} (x int)"]
    environment: { PGPASSWORD: not-secret }
    networks: [back]
    depends_on: { db: { condition: service_healthy } }
    restart: "no"
  db:
    image: sluice-test/postgres:15
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: not-secret, POSTGRES_DB: shop }
    networks: [back]
    volumes: ["data:/var/lib/postgresql/data"]
    healthcheck: { test: [CMD, pg_isready, -q, -U, shop, -h, 127.0.0.1], interval: 10s, start_period: 60s, start_interval: 1s }
  cache: { image: sluice-test/busybox, init: true, command: sleep 600, networks: [cache], ${running} }
  mail: { image: sluice-test/busybox, init: true, command: sleep 600, networks: [front, mail], ${running} }
networks: { front: {}, back: {}, cache: {}, mail: {} }
volumes: { data: {} }
`;

const reason = whyNoSecondEngine();

// On an engine of its own, so that the default address pools are whole, and nobody else's.
describe.skipIf(reason !== "")(`two stacks of four networks each on one engine ${reason}`, () => {
  let engine: SecondEngine;
  const projects: Project[] = [];
  const urlOf = ({ port }: Project) => `http://${engine.address}:${port}/`;
  const release = (tag: string) =>
    Promise.all(projects.map((one) => one.release(tag, { "compose.yaml": compose(tag) })));
  const deploy = (tag: string) => Promise.all(projects.map((one) => one.sluice(0, "deploy", "--release", tag)));

  beforeAll(async () => {
    engine = await startSecondEngine({ images: ["sluice-test/busybox", "sluice-test/postgres:15", "sluice/door:3.0"] });
    for (let count = 0; count < 2; count += 1) projects.push(await openProject(config, { DOCKER_HOST: engine.host }));
    await release("v1");
    await deploy("v1");
  }, patience.timeout);
  afterAll(async () => {
    for (const project of projects) await project[Symbol.asyncDispose]();
    await engine?.[Symbol.asyncDispose]();
  }, patience.timeout);

  it("get a new version at the same time, each after a rehearsal, and lose no request", patience, async () => {
    const loads = projects.map((project) => startLoad(urlOf(project)));
    await release("v2");
    const ran = await deploy("v2");
    for (const { events } of ran) {
      const rehearsals = events.filter((event) => event.type === "step-end" && event.kind === "rehearse");
      expect(rehearsals).toMatchObject([{ result: "done" }]);
    }
    for (const load of loads) expect((await load.stop()).failures).toEqual([]);
    for (const project of projects) expect(await (await fetch(urlOf(project))).text()).toBe("v2\n");
  });

  it("let nobody to a database who could not reach it before", patience, async () => {
    const [one, other] = projects.map(({ stack }) => stack);
    const inside = (container: string, ...command: readonly string[]) =>
      engine.docker("exec", container, ...command).then(
        () => "yes",
        () => "no",
      );
    const listed = "{{range .NetworkSettings.Networks}}{{.IPAddress}}\n{{end}}";
    const addressesOf = async (container: string) =>
      (await engine.docker("inspect", "--format", listed, container)).split("\n").filter((line) => line !== "");
    const reaches = async (container: string, database: string) => {
      const byName = await inside(container, "nslookup", "db");
      const tries = (await addressesOf(database)).map((address) =>
        inside(container, "nc", "-w", "2", address, "5432", "-e", "true"),
      );
      return [byName, (await Promise.all(tries)).includes("yes") ? "yes" : "no"].join();
    };
    const own = async (name: string) => [name, await reaches(`${one}-${name}`, `${one}-db-1`)];
    const names = ["green-web-1", "green-reports-1", "mail-1", "cache-1"];
    expect(Object.fromEntries(await Promise.all(names.map(own)))).toEqual({
      "green-web-1": "yes,yes",
      "green-reports-1": "no,no",
      "mail-1": "no,no",
      "cache-1": "no,no",
    });
    // Its own by name, and that of the other stack by no address.
    expect(await reaches(`${one}-green-web-1`, `${other}-db-1`)).toBe("yes,no");
  });
});
