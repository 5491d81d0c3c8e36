import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { docker } from "./engine.ts";
import { openProject, patience } from "./harness.ts";
import { startLoad } from "./load.ts";

const config = `services:
  front: { role: web, port: 80 }
  api: { role: web, port: 80 }
traffic: { drain: { timeout: 2s } }
rollout: { steps: [{ share: 50, for: 1s }, 100], bake: 0s }
`;

const service = (name: string, version: string, status = 200) => `  ${name}:
    image: sluice-test/node:24
    command: ["node", "/srv/echo.mjs", "${name}", "${version}", "${status}"]
    volumes: ["./echo.mjs:/srv/echo.mjs:ro"]
    init: true
    healthcheck:
      test: ["CMD", "node", "-e", "fetch('http://127.0.0.1/').then(() => process.exit(0), () => process.exit(1))"]
      interval: 10s
      start_period: 20s
      start_interval: 1s
`;

const compose = (version: string) => `services:
${service("front", version)}${service("api", version)}  nginx:
    image: sluice-test/nginx
    ports: ["127.0.0.1:\${SHOP_PORT}:80"]
    volumes: ["./site.conf:/etc/nginx/conf.d/site.conf:ro"]
    depends_on: [front, api]
`;

const echo = `import { createServer } from "node:http";
const [name, version, status = "200"] = process.argv.slice(2);
createServer((request, response) => {
  response.statusCode = Number(status);
  response.setHeader("x-version", version);
  response.end(JSON.stringify({ name, version, url: request.url, headers: request.headers }));
}).listen(80);
process.on("SIGTERM", () => process.exit());
`;

// Names are resolved once, when nginx starts.
const site = `server {
  listen 80;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  location / { proxy_pass http://front:80; }
  location /api/ { proxy_pass http://api:80; }
}
`;

interface Echo {
  readonly name: string;
  readonly version: string;
  readonly headers: Readonly<Record<string, string>>;
}

it(
  "two web services on one port behind the project's own nginx go through three releases, and nginx is not touched",
  patience,
  async () => {
    await using project = await openProject(config);
    const site1 = { "echo.mjs": echo, "site.conf": site };
    await project.release("v1", { ...site1, "docker-compose.yml": compose("v1") });
    await project.sluice(0, "deploy", "--release", "v1");
    const nginx = () => docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", `${project.stack}-nginx-1`);
    const before = await nginx();
    const base = `http://127.0.0.1:${project.port}`;
    const ask = async (path: string) => (await (await fetch(`${base}${path}`)).json()) as Echo;

    for (const tag of ["v2", "v3"]) {
      const loads = [startLoad(`${base}/`), startLoad(`${base}/api/orders`)];
      await project.release(tag, { "docker-compose.yml": compose(tag) });
      await project.sluice(0, "deploy", "--release", tag);
      for (const load of loads) expect((await load.stop()).failures).toEqual([]);
      expect(await ask("/")).toMatchObject({ name: "front", version: tag });
      expect(await ask("/api/orders")).toMatchObject({ name: "api", version: tag, url: "/api/orders" });
    }
    expect(await nginx()).toBe(before);
  },
);

it(
  "a web service that gets another name is led to by it once it is proven: nobody notices, nor when it fails",
  patience,
  async () => {
    const configOf = (web: string) => `services: { ${web}: { role: web, port: 80 } }
checks: [{ name: root, service: ${web}, http: { path: / } }]
traffic: { drain: { timeout: 2s } }
rollout: { steps: [100], bake: 0s }
`;
    const filesOf = (web: string, version: string, status = 200) => ({
      "echo.mjs": echo,
      "ng/default.conf": `server { listen 80; location / { proxy_pass http://${web}; proxy_connect_timeout 3s; } }\n`,
      "docker-compose.yml": `services:
${service(web, version, status)}  nginx:
    image: sluice-test/nginx
    ports: ["127.0.0.1:\${SHOP_PORT}:80"]
    volumes: ["./ng:/etc/nginx/conf.d:ro"]
`,
    });
    await using project = await openProject(configOf("front"));
    await project.release("v1", filesOf("front", "v1"));
    await project.sluice(0, "deploy", "--release", "v1");
    const url = `http://127.0.0.1:${project.port}/`;
    const release = async (tag: string, status: number, exitCode: number) => {
      await writeFile(join(project.checkout, "../sluice.yaml"), configOf("site"));
      await project.release(tag, filesOf("site", tag, status));
      const load = startLoad(url);
      await project.sluice(exitCode, "deploy", "--release", tag);
      const { failures } = await load.stop();
      // An nginx that reads its configuration again closes what idles: who sends at that very moment is reset.
      expect(failures.filter(({ what }) => what !== "ECONNRESET")).toEqual([]);
      return (await (await fetch(url)).json()) as Echo;
    };

    expect(await release("v2", 500, 20)).toMatchObject({ name: "front", version: "v1" });
    expect(await release("v3", 200, 0)).toMatchObject({ name: "site", version: "v3" });
  },
);

it("client address, scheme and host reach the application through the door as they were", patience, async () => {
  await using project = await openProject(config);
  await project.release("v1", { "echo.mjs": echo, "site.conf": site, "docker-compose.yml": compose("v1") });
  await project.sluice(0, "deploy", "--release", "v1");
  const network = `${project.stack}_default`;
  const from = async (...args: readonly string[]) => {
    const script = `const [url, headers] = process.argv.slice(1);
      const [{ address }] = Object.values(require("os").networkInterfaces()).flat().filter(({ internal }) => !internal);
      fetch(url, { headers: JSON.parse(headers) }).then((answer) => answer.json())
        .then((echo) => console.log(JSON.stringify({ ...echo, address })));`;
    const text = await docker(
      "run",
      "--rm",
      "--network",
      network,
      "sluice-test/node:24",
      "node",
      "-e",
      script,
      ...args,
    );
    return JSON.parse(text) as Echo & { readonly address: string };
  };

  // A client that comes to the door itself, by the name of its service.
  const direct = await from("http://front/", "{}");
  expect(direct.headers).toMatchObject({
    host: "front",
    "x-forwarded-for": direct.address,
    "x-forwarded-proto": "http",
    "x-forwarded-host": "front",
  });

  // One that comes through the project's own edge, which has ended TLS further out.
  const edge = await from("http://nginx/", JSON.stringify({ "x-forwarded-for": "203.0.113.7" }));
  expect(edge.headers["x-forwarded-for"]?.split(", ").slice(0, 2)).toEqual(["203.0.113.7", edge.address]);
  expect(edge.headers).toMatchObject({ host: "nginx", "x-forwarded-proto": "http" });
  const secure = await from(
    "http://front/",
    JSON.stringify({ "x-forwarded-proto": "https", "x-forwarded-host": "shop.example" }),
  );
  expect(secure.headers).toMatchObject({ "x-forwarded-proto": "https", "x-forwarded-host": "shop.example" });
});
