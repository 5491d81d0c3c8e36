import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { watchArguments } from "../src/index.ts";

const run = promisify(execFile);

// There is no /proc elsewhere.
it.skipIf(process.platform !== "linux")(
  "a secret in the arguments of a process that lives for 50 ms is seen",
  async () => {
    const stop = await watchArguments("canary-41c7", "canary-never");
    await run("sh", ["-c", ": canary-41c7; sleep 0.05; :"]);
    await run("sh", ["-c", ": something else; sleep 0.05; :"]);
    expect(await stop("something else")).toEqual(["sh -c : canary-41c7; sleep 0.05; :"]);
    await expect(stop("something else", "pg_nothing")).rejects.toThrow("saw no process of pg_nothing");
  },
);
