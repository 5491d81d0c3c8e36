import type { ContainerExec } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { expect, it, onTestFinished, vi } from "vitest";
import { openPostgresMigrationServer } from "../migrate/postgres-server.ts";
import { openRunLock } from "../mysql/run-lock.ts";

/** A container whose client answers, with nothing, as long as `isAnswering`; its processes end by their signal, or with their input. */
function aServer(isAnswering: (turn: number) => boolean, endsWithInput = true) {
  const running = new Set<AbortSignal>();
  const stream: ContainerExec["stream"] = async (
    _container,
    _command,
    { stdin, signal = new AbortController().signal } = {},
  ) => {
    running.add(signal);
    const gone = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        running.delete(signal);
        reject(signal.reason as Error);
      });
    });
    gone.catch(() => undefined);
    async function* stdout() {
      const input = (stdin as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
      for (let turn = 0; ; ) {
        const { value, done } = await Promise.race([input.next(), gone]);
        if (done && endsWithInput) return void running.delete(signal);
        if (done) return gone;
        const mark = /select '(sluice-end-of-turn-\d+)'/.exec(Buffer.from(value as Uint8Array).toString("utf8"))?.[1];
        if (!isAnswering((turn += 1))) await gone;
        yield Buffer.from(`${mark}\n`);
      }
    }
    return { stdout: stdout(), done: Promise.resolve({ exitCode: 0, stderr: "" }) };
  };
  return { running, exec: { stream } as ContainerExec };
}

const target = { container: "db", kind: "postgres", user: "shop", database: "shop" } as never;

it("a session of a migration whose server does not answer is ended by its signal while it is opened", async () => {
  const { exec, running } = aServer(() => false);
  const stop = new AbortController();
  const opening = openPostgresMigrationServer(exec, target, "d1", stop.signal);
  opening.catch(() => undefined);
  await vi.waitFor(() => expect(running.size).toBe(1));
  stop.abort(new Error("enough"));
  await expect(opening).rejects.toThrow("enough");
  expect(running.size).toBe(0);
});

it("so is the session of the lock in MariaDB and MySQL", async () => {
  const { exec, running } = aServer(() => false);
  const stop = new AbortController();
  const opening = openRunLock({ exec, target, clock: systemClock, run: "d1", waitMs: 0, signal: stop.signal });
  opening.catch(() => undefined);
  await vi.waitFor(() => expect(running.size).toBe(1));
  stop.abort(new Error("enough"));
  await expect(opening).rejects.toThrow("enough");
  expect(running.size).toBe(0);
});

it("once it is open it outlives its signal, with which it is asked on, until an answer takes 10 s", async () => {
  const { exec, running } = aServer((turn) => turn < 3);
  const stop = new AbortController();
  const server = await openPostgresMigrationServer(exec, target, "d1", stop.signal);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  stop.abort(new Error("enough"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await server.endMigrations("d1")).toBe(0);
  const asking = server.endMigrations("d1");
  asking.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(running.size).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await expect(asking).rejects.toThrow("enough");
  expect(running.size).toBe(0);
  await server[Symbol.asyncDispose]();
});

it("one that waits for a statement and does not end with its input, as in a paused container, is ended after 10 s", async () => {
  const { exec, running } = aServer(() => true, false);
  const server = await openPostgresMigrationServer(exec, target, "d1");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const ending = server[Symbol.asyncDispose]();
  await vi.advanceTimersByTimeAsync(9_999);
  expect(running.size).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(running.size).toBe(0);
  await ending;
});
