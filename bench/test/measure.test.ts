import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { measure, run } from "../src/measure.ts";

/** Asking the time that is used up is itself for the most part time of the system: both count. */
const burn = (ms: number) => `
  const used = () => process.cpuUsage().user + process.cpuUsage().system;
  const end = used() + ${ms * 1_000};
  while (used() < end);`;

/** Whether a process runs that has this argument. */
const isRunning = async (marker: string) =>
  (
    await measure([
      "bash",
      "-c",
      `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c "sleep ${marker}" || true`,
    ])
  ).stdout.trim() !== "0";

describe("measuring a command", () => {
  it("gives its output, errors and exit code, apart", async () => {
    const result = await measure(["bash", "-c", "echo out; echo err >&2; exit 3"]);
    expect(result).toMatchObject({ stdout: "out\n", stderr: "err\n", exitCode: 3 });
  });

  it("hands arguments over as they are", async () => {
    expect(await run(["printf", "%s|", "a b", "$HOME", "'\""])).toBe("a b|$HOME|'\"|");
  });

  it("counts the processor time of children and their children", async () => {
    const nested = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(burn(300))}])`;
    const { cpuMs = 0 } = await measure(["node", "-e", nested]);
    expect(cpuMs).toBeGreaterThanOrEqual(300);
    expect(cpuMs).toBeLessThan(1_500);
  });

  it("does not take waiting for work", async () => {
    const { wallMs, cpuMs = Number.NaN } = await measure(["sleep", "0.3"]);
    expect(wallMs).toBeGreaterThanOrEqual(299);
    expect(cpuMs).toBeLessThan(100);
  });

  it("kills the whole process group when told to", async () => {
    const result = await measure(["bash", "-c", "sleep 61.25 & sleep 61.25"], { killAfterMs: 300 });
    expect(result.exitCode).toBeUndefined();
    expect(result.wallMs).toBeLessThan(5_000);
    expect(await isRunning("61[.]25")).toBe(false);
  });

  it("ends the command when aborted", async () => {
    const abort = new AbortController();
    const result = measure(["bash", "-c", "trap 'echo bye; exit 4' TERM; sleep 60.5 & wait"], { signal: abort.signal });
    await sleep(300);
    abort.abort();
    expect((await result).stdout).toBe("bye\n");
  });

  it("says what failed, with the last words", async () => {
    await expect(run(["bash", "-c", "echo no such thing >&2; exit 9"])).rejects.toThrow(/ended with 9:\nno such thing/);
  });
});
