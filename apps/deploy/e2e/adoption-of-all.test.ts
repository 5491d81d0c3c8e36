import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { docker, removeNetwork } from "./engine.ts";
import { gapLimitMs } from "./gap-limit.ts";
import { openProject, patience } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";
import { missingNewestCompose, newestCompose } from "./newest-compose.ts";

const run = promisify(execFile);

const config = `services:
  web: { role: web, port: 80 }
  api: { role: web, port: 80 }
  many: { role: web, port: 80 }
traffic: { drain: { timeout: 2s } }
rollout: { steps: [{ share: 50, for: 1s }, 100], bake: 0s }
`;

const service = (name: string, more: string) => `  ${name}:
    image: sluice-test/node:24
    command: ["node", "/srv/echo.mjs", "${name} \${VERSION}"]
    volumes: ["./echo.mjs:/srv/echo.mjs:ro"]
    init: true
${more}`;

const echo = `import { createServer } from "node:http";
const [version] = process.argv.slice(2);
const answer = (request, response) => response.setHeader("x-version", version).end();
const servers = [80, 81].map((port) => createServer(answer).listen(port));
process.on("SIGTERM", () => servers.forEach((server) => server.close()));
`;

/** Names are resolved once, when nginx starts. */
const site = `server {
  listen 80;
  location / { proxy_pass http://web:80; }
  location /api/ { proxy_pass http://api:80; }
}
`;

const files = (ports: readonly number[]) => ({
  "echo.mjs": echo,
  "site.conf": site,
  "compose.yaml": `services:
${service("web", "    networks: { default: , outside: { aliases: [shopfront] } }\n")}
${service("api", `    ports: ["127.0.0.1:${ports[0]}:80", "127.0.0.1:${ports[1]}-${ports[2]}:80-81"]\n`)}
${service("many", `    ports: ["127.0.0.1:${ports[3]}-${ports[4]}:80"]\n`)}
  nginx:
    image: sluice-test/nginx
    ports: ["127.0.0.1:\${SHOP_PORT}:80"]
    volumes: ["./site.conf:/etc/nginx/conf.d/site.conf:ro"]
    depends_on: [web, api]
  db: { image: sluice-test/busybox, init: true, command: "sleep 3600", volumes: ["rows:/var/lib/postgresql/data"] }
networks: { outside: { external: true, name: "\${OUTSIDE}" } }
volumes: { rows: }
`,
  "more.yaml": `services:
  many: { deploy: { replicas: 2 } }
  db: { environment: { KEY: "\${KEY}" } }
`,
});

describe("a project of several files, with ranges of ports, a network of others and an nginx in front, is adopted whole", () => {
  it("with the Compose of this machine", patience, () => adopts({}));
  it.skipIf(missingNewestCompose)(`with the newest to be had${missingNewestCompose}`, patience, () =>
    adopts({ DOCKER_CONFIG: newestCompose }),
  );
});

async function adopts(env: Readonly<Record<string, string>>): Promise<void> {
  await using project = await openProject(config, env);
  const { stack } = project;
  await using outside = await network(`${stack}-outside`);
  const ports = await freePorts(5);
  const flags = ["-f", "compose.yaml", "-f", "more.yaml", "--env-file", "prod.env"];
  const release = (tag: string) =>
    project.release(tag, { ...files(ports), "prod.env": `VERSION=${tag}\nOUTSIDE=${outside.name}\nKEY=a$$b\n` });
  await release("v0");
  const up = ["compose", "-p", stack, ...flags, "up", "-d", "--wait"];
  await run("docker", up, { cwd: project.checkout, env: project.env });
  const untouched = () =>
    docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", `${stack}-nginx-1`, `${stack}-db-1`);
  const before = await untouched();
  const edge = `http://127.0.0.1:${project.port}`;
  const published = ["api", "api", "api", "many", "many"];
  const urls = [`${edge}/`, `${edge}/api/`, ...ports.map((port) => `http://127.0.0.1:${port}/`)];
  // Through nginx, and at the last port of each range.
  const watched = [`${edge}/`, `${edge}/api/`, `http://127.0.0.1:${ports[2]}/`, `http://127.0.0.1:${ports[4]}/`];
  const all = (tag: string) => ["web", "api", ...published].map((name) => [`${name} ${tag}`]);
  const seen = () => Promise.all(urls.map((url) => versionsSeen(url, 4)));
  await expect.poll(seen, { timeout: 60_000 }).toEqual(all("v0"));

  const deploy = async (tag: string) => {
    const loads = watched.map((url) => startLoad(url));
    await release(tag);
    await project.sluice(0, "deploy", "--release", tag, ...flags);
    const reports = await Promise.all(loads.map((load) => load.stop()));
    expect(await seen()).toEqual(all(tag));
    expect(await untouched()).toBe(before);
    expect(await outside.versionOf("shopfront")).toBe(`web ${tag}`);
    return reports;
  };

  const limitMs = await gapLimitMs(3);
  const [web, api, ...direct] = await deploy("v1");
  // Through nginx nobody is lost, also where ports change hands: a stand-in answers by the name until the door does. What
  // asks at an address that goes may wait some seconds for the other. An nginx that reads its configuration again closes
  // connections on which nothing is asked just then.
  for (const load of [web, api]) expect(load?.failures.filter(({ what }) => what !== "ECONNRESET")).toEqual([]);
  for (const { longestGapMs } of direct) expect(longestGapMs).toBeLessThan(limitMs);

  for (const { failures } of await deploy("v2")) expect(failures).toEqual([]);
}

/** A network that is not the project's, with somebody on it who knows one of its services by a name. */
async function network(name: string) {
  await docker("network", "create", name);
  const neighbour = `${name}-neighbour`;
  await docker(
    "run",
    "-d",
    "--rm",
    "--init",
    "--name",
    neighbour,
    "--network",
    name,
    "sluice-test/node:24",
    "sleep",
    "3600",
  );
  return {
    name,
    async versionOf(host: string) {
      const script = `fetch("http://${host}/").then(({ headers }) => console.log(headers.get("x-version")))`;
      return docker("exec", neighbour, "node", "-e", script);
    },
    async [Symbol.asyncDispose]() {
      await docker("rm", "-f", neighbour);
      await removeNetwork(name);
    },
  };
}

/** A row of ports that nobody listens on. */
async function freePorts(count: number): Promise<readonly number[]> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const row = Array.from({ length: count }, (_, index) => first + index);
    if ((await Promise.all(row.map(isFree))).every(Boolean)) return row;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
