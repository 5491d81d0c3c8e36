import { SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import type { CommandContext } from "./context.ts";
import { aResult, aStatus, fakeDeployer } from "./testing/fake-deployer.ts";
import { run } from "./testing/run.ts";

const error = (code: string) => Object.assign(new Error(`${code}: write`), { code });
const readerGone = error("EPIPE");
const diskFull = error("ENOSPC");

/** Runs a command whose output fails at the first word. */
async function runInto(
  failure: Error,
  argv: readonly string[],
  answers: Parameters<typeof fakeDeployer>[0] = {},
): ReturnType<typeof run> {
  return run(argv, { deployer: fakeDeployer(answers), outputClosed: AbortSignal.abort(failure) });
}

describe("when nobody reads any more", () => {
  it.each([["logs"], ["status"]])("%s, which only shows something, ends well whatever the end was", async (command) => {
    const logs = () => {
      throw readerGone;
    };
    const ran = await runInto(readerGone, [command], { logs, status: () => Promise.reject(readerGone) });
    expect([ran.exitCode, ran.stderr]).toEqual([0, ""]);
  });

  it("what acts fails as it does with a reader", async () => {
    const backup = () => Promise.reject(new SluiceError("BACKUP_FAILED", "no space"));
    const database = { ...fakeDeployer().database, backup };
    expect((await runInto(readerGone, ["db", "backup"], { database })).exitCode).toBe(20);
    const exportState = () => Promise.reject(readerGone);
    const exporting = await runInto(readerGone, ["state", "export", "-"], { exportState });
    expect(exporting).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("USAGE: the standard output") });
  });

  it("nothing fails by that alone", async () => {
    expect((await runInto(readerGone, ["history"])).exitCode).toBe(0);
  });
});

describe("when the output is not whole", () => {
  it.each([["history"], ["completion", "bash"], ["logs"], ["--help"]])(
    "%s %s ends with 2, and says why",
    async (...argv) => {
      const ran = await runInto(diskFull, argv, { async *logs() {} });
      expect(ran.exitCode).toBe(2);
      expect(ran.stderr).toContain("error USAGE: the standard output cannot be written: ENOSPC: write");
    },
  );

  it("a deployment is what it is", async () => {
    const live = await runInto(diskFull, ["deploy"], { deploy: async () => aResult() });
    const failed = await runInto(diskFull, ["rollback"], { rollback: async () => aResult({ exitCode: 20 }) });
    expect([live.exitCode, failed.exitCode]).toEqual([0, 20]);
  });

  it("an exit code that says more stays", async () => {
    const ran = await runInto(diskFull, ["verify"], {
      verify: () => Promise.reject(new SluiceError("STATE_UNCLEAR", "nothing serves")),
    });
    expect(ran.stderr).toContain("STATE_UNCLEAR");
    expect(ran.exitCode).not.toBe(0);
  });

  it("is looked at when all is written", async () => {
    const output = new AbortController();
    const written: CommandContext["written"] = async () => output.abort(diskFull);
    const deployer = fakeDeployer({ status: async () => aStatus() });
    expect((await run(["status"], { deployer, outputClosed: output.signal, written })).exitCode).toBe(2);
  });
});
