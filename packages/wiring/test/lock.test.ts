import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDeployer, type Deployer } from "../src/index.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-lock-"));
  await writeFile(join(directory, "compose.yaml"), "services:\n  web: { image: app, ports: ['8080:8080'] }\n");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const release = { tag: "v1", commit: null, dirty: false, source: "option" } as const;
const patienceMs = 15_000;
const never = new AbortController().signal;

/** An engine that takes every request and answers none but whether it is there. `asked` resolves when it is asked whose the stack is. */
async function silentEngine() {
  const path = join(directory, "engine.sock");
  let isAsked: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => (isAsked = resolve));
  const server = createServer(({ url = "" }, response) => {
    // Docker's command line waits 3 s for that, each time that it reads a project.
    if (url.endsWith("/_ping")) response.setHeader("Api-Version", "1.44").end("OK");
    if (url.includes("/volumes")) isAsked?.();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    url: `unix://${path}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function deployerTo(engine: string): Deployer {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], DOCKER_HOST: engine };
  return createDeployer({ stack: "shop", directory, env, actor: "ada", stateHome: join(directory, "home") });
}

it.each([
  ["a deployment", (deployer: Deployer) => deployer.deploy({ release }, never)],
  ["a rollback", (deployer: Deployer) => deployer.rollback({}, never)],
])("%s holds the lock until it has ended", async (_title, begin) => {
  await using engine = await silentEngine();
  const first = deployerTo(engine.url);
  const running = begin(first).then(
    () => "ended",
    () => "ended",
  );
  await engine.asked;
  const second = deployerTo(engine.url);
  const answer = second.deploy({ release }, never).catch((error: unknown) => error);
  // A second one that is not refused waits for the engine like the first.
  expect(await Promise.race([answer, delay(patienceMs, "not refused")])).toMatchObject({ code: "LOCK_HELD" });
  await engine[Symbol.asyncDispose]();
  expect(await running).toBe("ended");
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
});

it("a backup takes the order to abort and no other, which is said to whoever finds the lock held", async () => {
  await using engine = await silentEngine();
  const first = deployerTo(engine.url);
  const running = first.database.backup({}, never).catch((error: unknown) => error);
  await engine.asked;
  const second = deployerTo(engine.url);
  await expect(second.deploy({ release }, never)).rejects.toMatchObject({
    code: "LOCK_HELD",
    hint: expect.stringMatching(/; sluice traffic abort ends a backup.* kill -INT \d+ on /) as string,
  });
  await expect(second.order("pause")).rejects.toMatchObject({
    code: "ORDER_REFUSED",
    message: "the order to pause was not taken: database backup takes no order but abort",
  });
  expect(await second.order("abort")).toMatchObject({ accepted: true });
  await engine[Symbol.asyncDispose]();
  await running;
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
});
