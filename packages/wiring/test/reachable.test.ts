import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createComposeRuntime } from "@sluice/compose";
import { defaultConfig, parseConfig, releaseChecks, type Verdict } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { aService } from "@sluice/core/testing";
import { uniqueStackName } from "@sluice/testing";
import { afterAll, expect, it } from "vitest";
import { createStackProber } from "../src/watch/prober.ts";

const run = promisify(execFile);
const docker = async (...args: readonly string[]) => (await run("docker", [...args])).stdout.trim();

const stack = uniqueStackName("reachable");
const web = `${stack}-web`;
afterAll(() => docker("rm", "-f", "-v", web));

it("what a service's container reaches is told from what it does not, from inside it", async () => {
  await docker(
    "run",
    "-d",
    "--name",
    web,
    "--add-host",
    "mail:127.0.0.1",
    "sluice-test/busybox",
    "httpd",
    "-f",
    "-p",
    "8025",
  );
  const runtime = createComposeRuntime({
    env: process.env,
    clock: systemClock,
    config: () => Promise.resolve(defaultConfig()),
    readRouting: () => Promise.reject(new Error("there is no door")),
  });
  const image = process.env["SLUICE_DOOR_IMAGE"] ?? "sluice/door:3.0";
  const prober = createStackProber(stack, runtime, systemClock, {}, () => Promise.resolve(image));
  const ask = async (...reachable: readonly string[]): Promise<Verdict | undefined> => {
    const config = parseConfig(JSON.stringify({ checks: [{ reachable, timeout: "5s" }] }), "sluice.yaml");
    const check = releaseChecks(config, [aService("web")]).at(-1);
    return (
      check && prober.probe({ ...check, timeoutMs: 60_000 }, { slot: "green", containers: { web: [web] }, doors: {} })
    );
  };
  // `mail` is a name that this container alone knows.
  expect(await ask("mail:8025", "127.0.0.1:8025")).toMatchObject({ result: "pass", value: "all 2 connected" });
  expect(await ask("mail:8025", "mail:8026", "nobody.invalid:25")).toMatchObject({
    result: "fail",
    value: "no connection to mail:8026, nobody.invalid:25",
    detail: expect.stringContaining("refused"),
  });
  expect(await docker("ps", "-aq", "--filter", `name=${stack}-green-check`)).toBe("");
});
