import { type ContainerExec, type ExecOptions, SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { decompress } from "../compression/zstd.ts";
import { bytesOf, chunks } from "../testing/bytes.ts";
import { compressHere, compressThere, type OutputRequest } from "./compressed-output.ts";
import { sessionVariable } from "./make-ready.ts";

interface Program {
  readonly output?: string;
  readonly exitCode?: number;
  readonly stderr?: string;
  /** Nobody sees how it ends. */
  readonly lost?: boolean;
  /** It waits until it is told to stop. */
  readonly hangs?: boolean;
}

/** A container whose programs do what the test says; what was run and what was stopped is noted. */
function containerWith(programs: Readonly<Record<string, Program>>) {
  const ran: string[] = [];
  const stopped: string[] = [];
  const marks: (string | undefined)[] = [];
  const stream = async (_container: string, line: readonly string[], given: ExecOptions = {}) => {
    const { signal } = given;
    // The shell that opens the pipe becomes what it is given.
    const name = line[5] ?? line[0] ?? "";
    ran.push(name);
    marks.push(given.environment?.[sessionVariable]);
    const program = programs[name];
    if (!program) throw new SluiceError("EXEC_FAILED", `${name}: not found`);
    const { output = "", exitCode = 0, stderr = "", lost = false, hangs = false } = program;
    const over = new Promise<void>((resolve, reject) => {
      if (lost) return void setTimeout(reject, 1, new SluiceError("EXEC_FAILED", "the connection broke"));
      if (!hangs) return resolve();
      signal?.addEventListener("abort", () => {
        stopped.push(name);
        reject(signal.reason as Error);
      });
    });
    over.catch(() => undefined);
    const done = over.then(() => ({ exitCode, stderr }));
    done.catch(() => undefined);
    async function* stdout() {
      yield* chunks(output);
      await over;
    }
    return { stdout: stdout(), done };
  };
  const exec = {
    stream,
    async exec(container: string, command: readonly string[], options?: ExecOptions) {
      const { stdout, done } = await stream(container, command, options);
      return { stdout: Buffer.from(await bytesOf(stdout)), ...(await done) };
    },
  } as unknown as ContainerExec;
  return { exec, ran, stopped, marks };
}

const request: OutputRequest = {
  container: "db",
  session: "backup-1",
  options: {},
  command: ["pg_dump"],
};
const wholeOf = async (exec: ContainerExec) => {
  await using output = await compressThere(exec, request);
  return await bytesOf(output.bytes);
};
/** The shell becomes `zstd`. */
const around = { rm: {}, sh: { output: "compressed" } };

describe("compressed in the container", () => {
  it("is what zstd gives, when both ended well, and nothing else is run", async () => {
    const { exec, ran, marks } = containerWith({ ...around, pg_dump: {} });
    {
      await using output = await compressThere(exec, request);
      expect([await bytesOf(output.bytes), output.rawBytes()]).toEqual(["compressed", null]);
    }
    expect(ran).toEqual(["sh", "pg_dump"]);
    expect(marks.slice(0, 2)).toEqual(["backup-1", "backup-1"]);
  });

  it.each([
    [
      { pg_dump: { exitCode: 1, stderr: "pg_dump: error: query failed" } },
      "BACKUP_FAILED",
      "pg_dump failed (exit code 1): error: query failed",
    ],
    [{ pg_dump: { exitCode: 137 } }, "BACKUP_FAILED", "pg_dump failed (exit code 137): it was ended by signal 9"],
    [{ pg_dump: { lost: true } }, "BACKUP_EXIT_LOST", "nobody saw how pg_dump ended"],
    [
      { pg_dump: {}, sh: { output: "half", exitCode: 1, stderr: "zstd: no space" } },
      "BACKUP_FAILED",
      "zstd failed (exit code 1)",
    ],
    [{ pg_dump: {}, sh: { output: "half", lost: true } }, "BACKUP_EXIT_LOST", "nobody saw how zstd ended"],
  ])("is nothing when one of them did not: %o", async (programs, code, message) => {
    const { exec, ran } = containerWith({ ...around, ...programs });
    const error = await wholeOf(exec).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    // Where something came out, the pipe is open, and its name gone.
    expect(ran).toEqual(["sh", "pg_dump"]);
  });

  it("one that would wait for the other for ever is stopped", async () => {
    const reading = containerWith({ ...around, sh: { hangs: true }, pg_dump: { exitCode: 1 } });
    await expect(wholeOf(reading.exec)).rejects.toMatchObject({ code: "BACKUP_FAILED" });
    expect([reading.stopped, reading.ran.at(-1)]).toEqual([["sh"], "rm"]);

    const writing = containerWith({ rm: {}, pg_dump: { hangs: true } });
    await expect(compressThere(writing.exec, request)).rejects.toMatchObject({ code: "EXEC_FAILED" });
    expect([writing.stopped, writing.ran.at(-1)]).toEqual([["pg_dump"], "rm"]);
  });
});

it("what nobody reads is ended", async () => {
  for (const compressed of [compressThere, compressHere]) {
    const { exec, stopped } = containerWith({ ...around, sh: { hangs: true }, pg_dump: { hangs: true } });
    const output = await compressed(exec, request);
    await output[Symbol.asyncDispose]();
    expect(stopped).toContain("pg_dump");
  }
});

describe("compressed here", () => {
  it("gives back what was written, and counts it", async () => {
    const { exec } = containerWith({ pg_dump: { output: "x".repeat(100_000) } });
    const output = await compressHere(exec, request);
    expect(await bytesOf(decompress(output.bytes))).toBe("x".repeat(100_000));
    expect(output.rawBytes()).toBe(100_000);
  });

  it.each([
    [{ output: "half", exitCode: 1 }, "BACKUP_FAILED"],
    [{ output: "half", lost: true }, "BACKUP_EXIT_LOST"],
  ])("is nothing when it did not end well: %o", async (program, code) => {
    const { exec } = containerWith({ pg_dump: program });
    const { bytes } = await compressHere(exec, request);
    await expect(bytesOf(bytes)).rejects.toMatchObject({ code });
  });
});
