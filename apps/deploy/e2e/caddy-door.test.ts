import { request } from "node:https";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker } from "./engine.ts";
import { listening, openProject, type Project, patience } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

const config = `services:
  web:
    port: 3000
    https: { hosts: [shop.example], issuer: internal }
traffic:
  driver: caddy
  drain: { timeout: 3s }
rollout:
  steps: [{ share: 10, for: 1s }, { share: 50, for: 1s }, 100]
  bake: 1s
environments:
  haproxy:
    traffic: { driver: haproxy }
  unread:
    services: { web: { protocol: tcp } }
`;

const compose = (version: string) => `services:
  web:
    image: sluice-test/node:24
    command: ["node", "/srv/echo.mjs", "${version}"]
    volumes: ["./echo.mjs:/srv/echo.mjs:ro"]
    ports: ["127.0.0.1:\${SHOP_PORT}:3000", "127.0.0.1::8443"]
    init: true
    ${listening(3000)}
`;

const echo = `import { createServer } from "node:http";
const [version] = process.argv.slice(2);
const told = ({ headers }) => JSON.stringify(headers["x-forwarded-proto"]);
createServer((request, response) => response.setHeader("x-version", version).end(told(request))).listen(3000);
`;

/** What HTTPS says, and by which certificate; `null` while it says nothing. */
async function secureAnswer(port: () => Promise<string>) {
  const options = { host: "127.0.0.1", port: await port(), servername: "shop.example", rejectUnauthorized: false };
  return new Promise<{ version: unknown; scheme: string; certificate: string } | null>((resolve) => {
    const call = request({ ...options, agent: false, timeout: 2_000 }, (response) => {
      const certificate = (response.socket as TLSSocket).getPeerCertificate().serialNumber;
      const version = response.headers["x-version"];
      response.setEncoding("utf8").on("data", (scheme: string) => resolve({ version, scheme, certificate }));
    });
    // A connection that was made as the door began to listen may never be answered: the next one is.
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(null)).end();
  });
}

describe("a project whose doors are made of Caddy", () => {
  let project: Project;
  let url: string;
  beforeAll(async () => {
    project = await openProject(config);
    url = `http://127.0.0.1:${project.port}/`;
    await project.release("v1", { "echo.mjs": echo, "docker-compose.yml": compose("v1") });
    await project.sluice(0, "deploy", "--release", "v1");
  }, patience.timeout);
  afterAll(async () => project?.[Symbol.asyncDispose](), patience.timeout);

  it(
    "answers HTTPS by a certificate of its own making, and keeps it when its doors are made anew",
    patience,
    async () => {
      const port = async () => (await docker("port", `${project.stack}-door-web`, "8443/tcp")).split(":").at(-1) ?? "";
      const answer = () => secureAnswer(port);
      await expect.poll(answer, { timeout: 20_000 }).toMatchObject({ version: "v1", scheme: '"https"' });
      const before = await answer();
      await project.sluice(0, "deploy", "--release", "v1", "--replace-doors");
      await expect.poll(answer, { timeout: 20_000 }).toEqual(before);
    },
  );

  it("goes to a new version by shares and back, and loses nothing", patience, async () => {
    await project.release("v2", { "docker-compose.yml": compose("v2") });
    for (const [version, args] of [
      ["v2", ["deploy", "--release", "v2"]],
      ["v1", ["rollback"]],
    ] as const) {
      const load = startLoad(url);
      const { events } = await project.sluice(0, ...args);
      const { failures } = await load.stop();
      expect(events.at(-1)).toMatchObject({ outcome: "live", serving: { tag: version } });
      expect(failures).toEqual([]);
      expect(await versionsSeen(url)).toEqual([version]);
    }
  });

  it("is refused what its doors cannot do before anything is changed", patience, async () => {
    const { events, stderr } = await project.sluice(2, "deploy", "--release", "v2", "--env", "unread");
    expect(JSON.stringify(events) + stderr).toContain("cannot pass on connections that are not HTTP");
    const other = await project.sluice(2, "plan", "--env", "haproxy");
    expect(other.stdout + other.stderr).toContain("cannot get certificates by itself");
    expect(await versionsSeen(url)).toEqual(["v1"]);
  });
});

it("takes the place of doors of HAProxy when it is asked to, and the other way round", patience, async () => {
  await using project = await openProject(
    "traffic: { drain: { timeout: 1s } }\nrollout: { steps: [100], bake: 0s }\nenvironments: { caddy: { traffic: { driver: caddy } } }\n",
  );
  const url = `http://127.0.0.1:${project.port}/`;
  const files = { "echo.mjs": echo, "docker-compose.yml": compose("v1").replace(', "127.0.0.1::8443"', "") };
  await project.release("v1", files);
  await project.sluice(0, "deploy", "--release", "v1");
  const imageOf = () => docker("inspect", "-f", "{{.Config.Image}}", `${project.stack}-door-web`);
  const { stdout, stderr } = await project.sluice(10, "deploy", "--release", "v1", "--env", "caddy");
  expect(stdout + stderr).toContain("--replace-doors");
  for (const [args, image] of [
    [["--env", "caddy"], "sluice/door-caddy:2"],
    [[], "sluice/door:3.0"],
  ] as const) {
    await project.sluice(0, "deploy", "--release", "v1", "--replace-doors", ...args);
    expect([await imageOf(), await versionsSeen(url)]).toEqual([image, ["v1"]]);
  }
});
