import { expect, it } from "vitest";
import { docker } from "./engine.ts";
import { openProject, patience } from "./harness.ts";
import { startLoad } from "./load.ts";

const config = `checks:
  - service: web
    http: { path: /index.html }
services:
  web: { health: { path: /index.html } }
  helper: { role: worker }
  extra: { role: worker }
  single: { role: worker, strategy: recreate }
  beside: { role: worker, strategy: recreate }
traffic: { drain: { timeout: 1s } }
rollout: { steps: [100], bake: 0s }
`;

const page = (name: string) =>
  `mkdir -p /w && echo ${name} $$VERSION $$FROM_FILE > /w/index.html && exec httpd -f -p 80 -h /w`;

/** Without a health check each start of a service is watched for 3 s. */
const quick = "interval: 30s, start_period: 30s, start_interval: 1s";
const serving = `healthcheck: { test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1/"], ${quick} }`;
const running = `healthcheck: { test: [CMD, "true"], ${quick} }`;

/** What a Compose project may hold beside the usual: several files, an env file, profiles, includes, and what services share. */
const files = {
  "parts/app.yaml": `services:
  app:
    image: sluice-test/busybox
    init: true
    environment: { VERSION: "\${VERSION}", FROM_FILE: "\${FROM_FILE}" }
    ${serving}
`,
  "parts/data.yaml": `services:
  db:
    image: sluice-test/busybox
    init: true
    command: ["sh", "-c", "${page("db")}"]
    volumes: ["rows:/var/lib/postgresql/data"]
    networks: { back: { aliases: [rows] } }
    ${serving}
volumes: { rows: {} }
networks: { back: {} }
`,
  "compose.yaml": `include: [parts/data.yaml]
services:
  web:
    extends: { file: parts/app.yaml, service: app }
    command: ["sh", "-c", "${page("web")}"]
    ports: ["127.0.0.1:\${SHOP_PORT}:80"]
    deploy: { replicas: 2, resources: { limits: { memory: 48M } } }
    volumes: [/cache]
    secrets: [token]
    configs: [{ source: settings, target: /etc/settings }]
    links: ["db:database", "helper:aide"]
    networks: { default: { aliases: [www] }, back: }
  helper:
    extends: { file: parts/app.yaml, service: app }
    command: ["sh", "-c", "${page("helper")}"]
    networks: [default]
  debug: { image: sluice-test/busybox, profiles: [debug], command: sleep 600 }
secrets: { token: { file: ./token.txt } }
configs: { settings: { file: ./settings.txt } }
networks: { back: {} }
`,
  // One network for two containers: both are replaced stop-first.
  "more.yaml": `services:
  single:
    extends: { file: parts/app.yaml, service: app }
    command: ["sh", "-c", "${page("single")}"]
    volumes: ["kept:/kept"]
  beside:
    image: sluice-test/busybox
    init: true
    network_mode: "service:single"
    command: sleep 600
    ${running}
  extra:
    image: sluice-test/busybox
    profiles: [extra]
    init: true
    command: sleep 600
    ${running}
volumes: { kept: {} }
`,
  "token.txt": "secret-one\n",
  "settings.txt": "a=b\n",
};

it("all that a Compose project may hold is planned, deployed twice, and works in the slot", patience, async () => {
  await using project = await openProject(config);
  const flags = ["-f", "compose.yaml", "-f", "more.yaml", "--env-file", "prod.env", "--profile", "extra"];
  const url = `http://127.0.0.1:${project.port}/index.html`;
  const read = async () => (await (await fetch(url)).text()).trim();
  const release = (tag: string) => project.release(tag, { ...files, "prod.env": `VERSION=${tag}\nFROM_FILE='a$b'\n` });
  await release("v1");
  const planned = await project.sluice(0, "plan", "--release", "v1", ...flags);
  expect(planned.stdout).toContain("single");
  await project.sluice(0, "deploy", "--release", "v1", ...flags);
  expect(await read()).toBe("web v1 a$b");

  const load = startLoad(url);
  await release("v2");
  await project.sluice(0, "deploy", "--release", "v2", ...flags);
  const { failures } = await load.stop();
  expect(failures).toEqual([]);
  expect(await read()).toBe("web v2 a$b");

  const running = (await docker("ps", "--format", "{{.Names}}", "--filter", `name=^${project.stack}-`)).split("\n");
  const names = running.map((name) => name.slice(project.stack.length + 1)).toSorted();
  expect(names).toEqual(
    expect.arrayContaining([
      "beside-1",
      "db-1",
      "door-web",
      "green-extra-1",
      "green-helper-1",
      "green-web-1",
      "green-web-2",
      "single-1",
    ]),
  );
  expect(names.filter((name) => /debug|blue-(?:helper|extra)/.test(name))).toEqual([]);
  const inWeb = (...command: readonly string[]) => docker("exec", `${project.stack}-green-web-1`, ...command);
  const ask = (host: string) => inWeb("wget", "-q", "-O", "-", `http://${host}/`);
  // By name, by an alias that it has for all, and by the one that this service alone has for it.
  for (const name of ["db", "rows", "database"]) expect(await ask(name)).toContain("db");
  for (const name of ["helper", "aide"]) expect(await ask(name)).toContain("helper v2");
  expect(await ask("single")).toContain("single v2");
  expect(await inWeb("cat", "/run/secrets/token", "/etc/settings")).toBe("secret-one\na=b");
  expect(await docker("exec", `${project.stack}-beside-1`, "wget", "-q", "-O", "-", "http://127.0.0.1/")).toContain(
    "single v2",
  );
  const facts = "{{.HostConfig.Memory}} {{len .Mounts}}";
  expect(await docker("inspect", "--format", facts, `${project.stack}-green-web-1`)).toMatch(/^50331648 [1-9]/);
  expect(JSON.parse((await project.sluice(0, "status", ...flags)).stdout)).toMatchObject({
    unfinished: null,
    serving: { tag: "v2" },
  });
});
