import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SluiceEvent } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { acquireLock, openStateHome } from "@sluice/journal";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDeployer } from "../src/index.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-refusals-"));
  await writeFile(join(directory, "compose.yaml"), "services:\n  web: { image: app, ports: ['8080:8080'] }\n");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const release = { tag: "v1", commit: null, dirty: false, source: "option" } as const;
const never = new AbortController().signal;

/** No engine is there: what needs none is tried before. */
async function deployerWith(config: string, env: Readonly<Record<string, string>> = {}) {
  await writeFile(join(directory, "sluice.yaml"), config);
  const events: SluiceEvent[] = [];
  const deployer = createDeployer({
    stack: "shop",
    directory,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], DOCKER_HOST: "unix:///nonexistent", ...env },
    actor: "ada",
    stateHome: join(directory, "home"),
    onEvent: (event) => events.push(event),
  });
  return { deployer, events };
}

it("a deployment is refused where a channel lacks a variable, before an engine is asked", async () => {
  const { deployer } = await deployerWith("notify: { channels: { team: { slack: { url: '${CHAT}' } } } }\n");
  await expect(deployer.deploy({ release }, never)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    exitCode: 2,
    message: expect.stringContaining("notify.channels.team needs CHAT"),
  });
  await deployer[Symbol.asyncDispose]();
});

it("a deployment is refused where a check lacks a variable that can only end it, before an engine is asked", async () => {
  const config = (onNoData: string) =>
    `checks: [{ name: buy, onNoData: ${onNoData}, http: { path: "/", headers: { a: "\${env:SMOKE_TOKEN}" } } }]\n`;
  const { deployer } = await deployerWith(config("fail"));
  await expect(deployer.deploy({ release }, never)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: "environment variables are not set or empty: checks.0 (buy) needs SMOKE_TOKEN",
  });
  await deployer[Symbol.asyncDispose]();
  for (const [onNoData, env] of [
    ["fail", { SMOKE_TOKEN: "s3cret" }],
    ["warn", {}],
  ] as const) {
    const { deployer: other } = await deployerWith(config(onNoData), env);
    await expect(other.deploy({ release }, never)).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
    await other[Symbol.asyncDispose]();
  }
});

it("the way back is not: it is only said that nobody can be told", async () => {
  const { deployer, events } = await deployerWith("notify: { channels: { team: { slack: { url: '${CHAT}' } } } }\n");
  await expect(deployer.rollback({}, never)).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  expect(events).toMatchObject([{ type: "finding", finding: { severity: "warn", code: "notify-variable-missing" } }]);
  await deployer[Symbol.asyncDispose]();
});

it("a window is known without an engine, and refuses before one is asked", async () => {
  const { deployer } = await deployerWith(
    "windows: { freezes: [{ from: 2020-01-01, until: 2099-12-31, reason: sold }] }\n",
  );
  expect(await deployer.window()).toMatchObject({ open: false, freeze: { reason: "sold" } });
  await expect(deployer.deploy({ release }, never)).rejects.toMatchObject({ code: "WINDOW_CLOSED", exitCode: 10 });
  await deployer[Symbol.asyncDispose]();
});

it("what another stack has proven is asked under the lock: while it is waited for, that gets older", async () => {
  const { deployer } = await deployerWith(
    `promotion: { stack: shop-staging, stateHome: ${join(directory, "none")} }\n`,
  );
  await using home = await openStateHome(join(directory, "home"), { clock: systemClock, stack: "shop" });
  const lock = await acquireLock(home, { actor: "eve", reason: "hotfix", release: "v0" });
  await expect(deployer.deploy({ release }, never)).rejects.toMatchObject({ code: "LOCK_HELD" });
  await lock[Symbol.asyncDispose]();
  await expect(deployer.deploy({ release }, never)).rejects.toMatchObject({
    code: "RELEASE_REFUSED",
    message: expect.stringContaining("nothing is proven"),
  });
  await deployer[Symbol.asyncDispose]();
});

it("the doctor says what it can without an engine", async () => {
  const { deployer } = await deployerWith("notify: { channels: { team: { slack: { url: '${CHAT}' } } } }\n");
  const { ok, diagnoses } = await deployer.doctor();
  expect(ok).toBe(false);
  expect(diagnoses.map(({ code }) => code)).toEqual(
    expect.arrayContaining(["engine-unreachable", "notify-variable-missing"]),
  );
  await deployer[Symbol.asyncDispose]();
});
