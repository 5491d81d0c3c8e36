import { expect, it } from "vitest";
import { gapLimitMs } from "./gap-limit.ts";
import { listening, openProject, patience } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

const config = `traffic: { drain: { timeout: 2s } }
rollout: { steps: [{ share: 50, for: 2s }, 100], bake: 0s }
`;

const compose = (version: string, port: number, name = "web") => `services:
  ${name}:
    image: sluice-test/node:24
    command: ["node", "/srv/echo.mjs", "${version}", "${port}"]
    volumes: ["./echo.mjs:/srv/echo.mjs:ro"]
    ports: ["127.0.0.1:\${SHOP_PORT}:${port}"]
    init: true
    ${listening(port)}
`;

const echo = `import { createServer } from "node:http";
const [version, port] = process.argv.slice(2);
createServer((request, response) => response.setHeader("x-version", version).end()).listen(Number(port));
`;

it.each([
  ["a release whose application listens on another port", compose("v2", 4000)],
  ["a release that gives its web service another name, and keeps the published port", compose("v2", 3000, "front")],
])("%s goes live with one short gap, and comes back", patience, async (_title, second) => {
  await using project = await openProject(config);
  const url = `http://127.0.0.1:${project.port}/`;
  await project.release("v1", { "echo.mjs": echo, "docker-compose.yml": compose("v1", 3000) });
  await project.sluice(0, "deploy", "--release", "v1");
  await project.release("v2", { "docker-compose.yml": second });

  for (const [version, args] of [
    ["v2", ["deploy", "--release", "v2"]],
    ["v1", ["rollback"]],
  ] as const) {
    const limitMs = await gapLimitMs();
    const load = startLoad(url);
    await project.sluice(0, ...args);
    const seen = await load.stop();
    expect(seen.longestGapMs).toBeLessThan(limitMs);
    expect(await versionsSeen(url)).toEqual([version]);
  }
});
