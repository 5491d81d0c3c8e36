import { createFakeClock } from "@sluice/testing";
import { expect, it } from "vitest";
import { createEngine } from "./engine.ts";
import { followLogs } from "./follow-logs.ts";

it.each([[{ since: "1d" }], [{ until: "yesterday" }]])(
  "a log is not read as of all time where %j is no time",
  async (options) => {
    const engine = createEngine({ env: { DOCKER_HOST: "unix:///nowhere/docker.sock" }, clock: createFakeClock() });
    await expect(followLogs(engine, [], options).next()).rejects.toMatchObject({
      code: "USAGE",
      hint: expect.stringContaining("24h") as string,
    });
  },
);
