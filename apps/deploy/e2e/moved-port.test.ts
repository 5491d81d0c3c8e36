import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

const slowEcho = `import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
createServer(async (request, response) => {
  response.write("begun ");
  await sleep(500);
  response.end("ended");
}).listen(3000);
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

/** Over and over a user begins to be answered, each for half a second. */
function startSlowLoad(url: string): { stop(): Promise<readonly string[]> } {
  const over = new AbortController();
  const answers: Promise<string>[] = [];
  const ask = async () => {
    // What is refused, or told to come again, has not begun.
    const begun = await fetch(url, { headers: { connection: "close" } }).catch(() => null);
    if (begun?.status !== 200) return "not begun";
    return begun.text().catch(() => "cut");
  };
  const asking = (async () => {
    while (!over.signal.aborted) {
      answers.push(ask());
      await sleep(40);
    }
  })();
  return {
    async stop() {
      over.abort();
      await asking;
      return Promise.all(answers);
    },
  };
}

it(
  "an answer that has begun comes to its end where a door gives its port to another, or to base",
  patience,
  async () => {
    const role = (name: string) => `services: { web: { role: ${name} } }\n`;
    await using project = await openProject(config + role("web"));
    const url = `http://127.0.0.1:${project.port}/`;
    const deploy = async (tag: string, name: string, written: string) => {
      await project.release(tag, { "echo.mjs": slowEcho, "docker-compose.yml": compose(tag, 3000, name) });
      await writeFile(join(project.checkout, "../sluice.yaml"), config + written);
      const load = startSlowLoad(url);
      await project.sluice(0, "deploy", "--release", tag);
      return new Set(await load.stop());
    };
    await deploy("v1", "front", "");
    for (const [tag, written] of [
      ["v2", role("web")],
      ["v3", role("support")],
    ] as const) {
      const seen = await deploy(tag, "web", written);
      expect([tag, seen.has("begun ended"), seen.has("cut")]).toEqual([tag, true, false]);
    }
  },
);
