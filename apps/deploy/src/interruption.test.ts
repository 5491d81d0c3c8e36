import { type EventBody, SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aPlanView, aResult, fakeDeployer, v1 } from "./testing/fake-deployer.ts";
import { events, run } from "./testing/run.ts";
import { badEvents } from "./testing/scripts.ts";

/** All that is said of it. */
const heard = "stopping: what has begun is ended first; again to stop at once\n";
const restoring = ["db", "restore", "b1", "--yes"];

/** Runs a command that is interrupted at its work, and fails there with what is made of the signal's reason. */
async function interrupted(argv: readonly string[], failure: (reason: Error) => Error, over: object = {}) {
  const interruption = new AbortController();
  const fail = async () => {
    interruption.abort(new Error("interrupted by SIGINT"));
    throw failure(interruption.signal.reason as Error);
  };
  const database = { ...fakeDeployer().database, planRestore: fail };
  const deployer = fakeDeployer({ database, deploy: fail });
  return run(argv, { deployer, signal: interruption.signal, ...over });
}

const abortError = () => new DOMException("The operation was aborted", "AbortError");
const swapFailed = () => new SluiceError("RESTORE_FAILED", "could not be swapped", { hint: "look at shop__old_b1" });

describe.each([
  ["the reason itself", (reason: Error) => reason],
  ["an AbortError", abortError],
  ["what it caused", (reason: Error) => new SluiceError("ENGINE_FAILED", "cannot be asked", { cause: reason })],
])("an interruption that ends a command as %s", (_title, failure) => {
  it("needs no explanation", async () => {
    expect(await interrupted(restoring, failure)).toMatchObject({ exitCode: 130, stdout: "", stderr: heard });
  });

  it("is one object with --json", async () => {
    const ran = await interrupted([...restoring, "--json"], failure);
    expect([ran.exitCode, ran.stderr]).toEqual([130, heard]);
    expect(events(ran.stdout)).toMatchObject([
      { type: "error", code: "INTERRUPTED", message: "interrupted by SIGINT" },
    ]);
  });

  it("is why a deployment ended", async () => {
    const ran = await interrupted(["deploy", "--json"], failure);
    expect(ran.exitCode).toBe(130);
    expect(events(ran.stdout)).toMatchObject([
      { type: "deployment-end", outcome: "interrupted", exitCode: 130, reason: "interrupted by SIGINT", serving: v1 },
    ]);
  });
});

it("one at the question is called by its signal too", async () => {
  const interruption = new AbortController();
  const confirm = async () => {
    interruption.abort(new Error("interrupted by SIGINT"));
    throw abortError();
  };
  const plan = async () => aPlanView();
  const ran = await run(["deploy"], {
    deployer: fakeDeployer({ plan }),
    isInteractive: true,
    signal: interruption.signal,
    confirm,
  });
  expect(ran.stdout).toContain("because  interrupted by SIGINT");
});

describe("before the first release plain Compose may serve, which an interruption", () => {
  const ended = (over: object) => {
    const deployer = fakeDeployer({
      deploy: async () => {
        const end = {
          ...badEvents.at(-1),
          outcome: "interrupted",
          exitCode: 130,
          serving: null,
          previous: null,
          ...over,
        };
        deployer.emit(...badEvents.slice(0, -1), end as EventBody);
        return aResult({ outcome: "interrupted", exitCode: 130, serving: null });
      },
    });
    return run(["deploy"], { deployer });
  };

  it("that was undone leaves as it was", async () => {
    expect((await ended({ reason: "interrupted" })).stdout).toContain(
      "no release serves; what served before is as it was",
    );
  });

  it("that leaves the rest to the next run may not", async () => {
    const { stdout } = await ended({ reason: "interrupted at retire", next: "sluice resume" });
    expect(stdout).toContain("no release serves\n");
  });
});

describe("what fails by itself after an interruption", () => {
  it("is told, with its own exit code", async () => {
    const ran = await interrupted(restoring, swapFailed);
    expect(ran.exitCode).toBe(20);
    expect(ran.stderr).toContain("RESTORE_FAILED: could not be swapped");
    expect(ran.stderr).toContain("look at shop__old_b1");
  });

  it("is one object with --json", async () => {
    const ran = await interrupted([...restoring, "--json"], swapFailed);
    expect(events(ran.stdout)).toMatchObject([{ type: "error", code: "RESTORE_FAILED", hint: "look at shop__old_b1" }]);
  });

  it("is how a deployment ended", async () => {
    const ran = await interrupted(["deploy", "--json"], () => new SluiceError("STATE_UNCLEAR", "nothing serves"));
    expect(ran.exitCode).toBe(30);
    expect(events(ran.stdout)).toMatchObject([
      { type: "error", code: "STATE_UNCLEAR" },
      { type: "deployment-end", outcome: "needs-person", exitCode: 30, reason: "nothing serves" },
    ]);
  });

  it("is no output that went away with its terminal", async () => {
    const outputClosed = AbortSignal.abort(Object.assign(new Error("EIO: write"), { code: "EIO" }));
    const ran = await interrupted(restoring, () => outputClosed.reason as Error, { outputClosed });
    expect([ran.exitCode, ran.stderr]).toEqual([130, heard]);
  });
});
