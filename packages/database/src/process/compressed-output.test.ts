import { type ContainerExec, type ExecOptions, SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { decompress } from "../compression/zstd.ts";
import { bytesOf, chunks } from "../testing/bytes.ts";
import { compressHere, type PreparedRequest, prepareOutput } from "./compressed-output.ts";
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

interface ContainerFacts {
  readonly programs: Readonly<Record<string, Program>>;
  /** What the shell finds that makes the container ready. Default: all that a pipe needs. */
  readonly hasPipe?: boolean;
}

/**
 * A container whose programs do what the test says; what was run and what was stopped is noted. Shells that are told to
 * become something are noted as that: `zstd` is the one that waits at the pipe.
 */
function containerWith({ programs, hasPipe = true }: ContainerFacts) {
  const ran: string[] = [];
  const stopped: string[] = [];
  const environments: (Readonly<Record<string, string>> | undefined)[] = [];

  async function* run(name: string, signal: AbortSignal | undefined, end: (ended: Ended) => void) {
    ran.push(name);
    const program = programs[name];
    if (!program) throw new SluiceError("EXEC_FAILED", `${name}: not found`);
    const { output = "", exitCode = 0, stderr = "", lost = false, hangs = false } = program;
    yield* chunks(output);
    if (lost) throw new SluiceError("EXEC_FAILED", "the connection broke");
    if (hangs) {
      await new Promise<void>((_resolve, reject) => {
        const stop = () => {
          stopped.push(name);
          reject(signal?.reason as Error);
        };
        if (signal?.aborted) stop();
        else signal?.addEventListener("abort", stop);
      });
    }
    end({ exitCode, stderr });
  }
  /** Answers in turns until it becomes what it is told to. */
  async function* shell(
    input: AsyncIterable<Uint8Array>,
    signal: AbortSignal | undefined,
    end: (ended: Ended) => void,
  ) {
    for await (const chunk of input) {
      const text = Buffer.from(chunk).toString("utf8");
      const [, name] = /^exec '([^']+)'/m.exec(text) ?? [];
      if (name !== undefined) return yield* run(name, signal, end);
      const [mark = ""] = /sluice-end-of-turn-\d+/.exec(text) ?? [];
      yield* chunks(text.includes("mkfifo") ? `0\n${hasPipe ? "there\n" : ""}${mark}\n` : `${mark}\n`);
    }
    end({ exitCode: 0, stderr: "" });
  }
  async function* reader(
    input: AsyncIterable<Uint8Array>,
    signal: AbortSignal | undefined,
    end: (ended: Ended) => void,
  ) {
    for await (const _go of input) return yield* run("zstd", signal, end);
    end({ exitCode: 0, stderr: "" });
  }
  const stream = async (_container: string, [name = "", how]: readonly string[], given: ExecOptions = {}) => {
    const { environment, signal } = given;
    const input = given.stdin as AsyncIterable<Uint8Array>;
    let settle: { resolve(ended: Ended): void; reject(error: unknown): void } | undefined;
    const done = new Promise<Ended>((resolve, reject) => (settle = { resolve, reject }));
    done.catch(() => undefined);
    const end = (ended: Ended) => settle?.resolve(ended);
    if (name === "sh") environments.push(environment);
    if (how === "-c" && !programs["zstd"]) throw new SluiceError("EXEC_FAILED", "the reader cannot be started");
    const source =
      how === "-s" ? shell(input, signal, end) : how === "-c" ? reader(input, signal, end) : run(name, signal, end);
    async function* stdout() {
      try {
        yield* source;
      } catch (error) {
        settle?.reject(error);
        throw error;
      }
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
  return { exec, ran, stopped, environments };
}

interface Ended {
  readonly exitCode: number;
  readonly stderr: string;
}

const request: PreparedRequest = { container: "db", session: "backup-1", options: { environment: { PGUSER: "shop" } } };
const command = ["pg_dump", "--snapshot=it's"];
const wholeOf = async (exec: ContainerExec) => {
  await using prepared = prepareOutput(exec, request);
  return await bytesOf((await prepared.run(command)).bytes);
};
const around = { rm: {}, zstd: { output: "compressed" } };

describe("compressed in the container", () => {
  it("is what zstd gives, when both ended well, and nothing else is run", async () => {
    const { exec, ran, environments } = containerWith({ programs: { ...around, pg_dump: {} } });
    {
      await using prepared = prepareOutput(exec, request);
      const output = await prepared.run(command);
      expect([await bytesOf(output.bytes), output.rawBytes()]).toEqual(["compressed", null]);
    }
    expect(ran.toSorted()).toEqual(["pg_dump", "zstd"]);
    const mark = { [sessionVariable]: "backup-1" };
    expect(environments).toEqual([{ PGUSER: "shop", ...mark }, mark]);
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
      { pg_dump: {}, zstd: { output: "half", exitCode: 1, stderr: "zstd: no space" } },
      "BACKUP_FAILED",
      "zstd failed (exit code 1)",
    ],
    [{ pg_dump: {}, zstd: { output: "half", lost: true } }, "BACKUP_EXIT_LOST", "nobody saw how zstd ended"],
  ])("is nothing when one of them did not: %o", async (programs, code, message) => {
    const { exec, ran } = containerWith({ programs: { ...around, ...programs } });
    const error = await wholeOf(exec).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    // Where something came out, the pipe is open, and its name gone.
    expect(ran.toSorted()).toEqual(["pg_dump", "zstd"]);
  });

  it("one that would wait for the other for ever is stopped", async () => {
    const reading = containerWith({ programs: { ...around, zstd: { hangs: true }, pg_dump: { exitCode: 1 } } });
    await expect(wholeOf(reading.exec)).rejects.toMatchObject({ code: "BACKUP_FAILED" });
    expect([reading.stopped, reading.ran.at(-1)]).toEqual([["zstd"], "rm"]);

    const writing = containerWith({ programs: { ...around, zstd: { lost: true }, pg_dump: { hangs: true } } });
    await expect(wholeOf(writing.exec)).rejects.toMatchObject({ code: "BACKUP_EXIT_LOST" });
    expect([writing.stopped, writing.ran.at(-1)]).toEqual([["pg_dump"], "rm"]);
  });

  it("without its reader there is none, and no pipe is left", async () => {
    const { exec, ran } = containerWith({ programs: { rm: {}, pg_dump: {} } });
    await expect(wholeOf(exec)).rejects.toMatchObject({ code: "EXEC_FAILED" });
    expect(ran).toEqual(["rm"]);
  });

  it("what was prepared and is not needed ends by itself, and leaves no pipe", async () => {
    const { exec, ran, stopped } = containerWith({ programs: { ...around, pg_dump: {} } });
    {
      await using prepared = prepareOutput(exec, request);
      await prepared.ready();
    }
    expect([ran, stopped]).toEqual([["rm"], []]);
  });

  it.each([
    ["the container lacks what that needs", { hasPipe: false }, {}],
    ["that is wanted", {}, { compressIn: "process" as const }],
  ])("is compressed here where %s", async (_why, facts, wanted) => {
    const { exec, ran } = containerWith({ programs: { ...around, pg_dump: { output: "raw" } }, ...facts });
    await using prepared = prepareOutput(exec, { ...request, ...wanted });
    const output = await prepared.run(command);
    expect([await bytesOf(decompress(output.bytes)), output.rawBytes(), ran]).toEqual(["raw", 3, ["pg_dump"]]);
  });
});

it("what nobody reads is ended", async () => {
  for (const hasPipe of [true, false]) {
    const programs = { ...around, zstd: { hangs: true }, pg_dump: { output: "x", hangs: true } };
    const { exec, stopped } = containerWith({ programs, hasPipe });
    const prepared = prepareOutput(exec, request);
    const { bytes } = await prepared.run(command);
    const reading = bytesOf(bytes).catch((error: unknown) => error);
    await prepared[Symbol.asyncDispose]();
    await reading;
    expect(stopped).toContain("pg_dump");
  }
});

describe("compressed here", () => {
  it("gives back what was written, and counts it", async () => {
    const { exec } = containerWith({ programs: { pg_dump: { output: "x".repeat(100_000) } } });
    const output = await compressHere(exec, { ...request, command });
    expect(await bytesOf(decompress(output.bytes))).toBe("x".repeat(100_000));
    expect(output.rawBytes()).toBe(100_000);
  });

  it.each([
    [{ output: "half", exitCode: 1 }, "BACKUP_FAILED"],
    [{ output: "half", lost: true }, "BACKUP_EXIT_LOST"],
  ])("is nothing when it did not end well: %o", async (program, code) => {
    const { exec } = containerWith({ programs: { pg_dump: program } });
    const { bytes } = await compressHere(exec, { ...request, command });
    await expect(bytesOf(bytes)).rejects.toMatchObject({ code });
  });
});
