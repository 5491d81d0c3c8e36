import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Clock, type ContainerExec, SluiceError } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockFileOf, runSqliteMigration } from "../src/sqlite/run-lock.ts";
import type { ToolKind } from "../src/sqlite/tool.ts";
import { localEnvironment, localExec } from "./support/local-exec.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-sqlite-lock-"));
});
afterAll(() => rm(directory, { recursive: true }));

const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** A container with that program alone. */
function only(kind: ToolKind): ContainerExec {
  const check = (command: readonly string[]) => {
    if (command[0] !== kind) throw new SluiceError("EXEC_FAILED", `${command[0]}: not found`);
  };
  return {
    ...localExec,
    exec: async (container, command, options) => (check(command), localExec.exec(container, command, options)),
    stream: async (container, command, options) => (check(command), localExec.stream(container, command, options)),
  };
}

const isHere = (kind: ToolKind) => spawnSync(kind, ["--version"], { env: localEnvironment }).status === 0;

describe.each(["node", "python3", "sqlite3"] as const)("migrations by %s, where this machine has it", (kind) => {
  const file = () => join(directory, `${kind}.db`);
  const told: string[] = [];
  const migrate = (run: string, attempt: () => Promise<void>, over: { waitMs?: number; file?: string } = {}) =>
    runSqliteMigration(
      {
        exec: only(kind),
        throwAway: {} as never,
        stack: "shop",
        container: "here",
        scratchMemoryBytes: 1,
        file: file(),
        clock,
        run,
        waitMs: 0,
        onProgress: (text) => void told.push(text),
        ...over,
      },
      attempt,
    );

  it.skipIf(!isHere(kind))("run one at a time in a file; who is refused is told whose turn it is", async () => {
    const order: string[] = [];
    let waiting: Promise<void> | undefined;
    await migrate("one", async () => {
      const refused = migrate("two", async () => void order.push("two"), { waitMs: 300 });
      await expect(refused).rejects.toMatchObject({
        code: "LOCK_HELD",
        message: expect.stringMatching(
          /^another migration of this database runs after 300ms: run one \(since \d{4}-\d\d-\d\dT\S+Z\) holds its lock$/,
        ),
        retryable: true,
      });
      // Of another file it is not the turn.
      await migrate("other", async () => void order.push("other"), { file: join(directory, `${kind}-other.db`) });
      waiting = migrate("three", async () => void order.push("three"), { waitMs: 20_000 });
      order.push("one");
    });
    await waiting;
    expect(order).toEqual(["other", "one", "three"]);
    expect(told).toEqual([]);
  });

  it.skipIf(!isHere(kind))("let go also where they fail, and are never two of many that begin at once", async () => {
    await expect(migrate("failing", () => Promise.reject(new Error("the tool")))).rejects.toThrow("the tool");
    let [running, most] = [0, 0];
    const all = Array.from({ length: 6 }, (_, index) =>
      migrate(
        `many ${index}`,
        async () => {
          running += 1;
          most = Math.max(most, running);
          await clock.sleep(50);
          running -= 1;
        },
        { waitMs: 60_000 },
      ),
    );
    await Promise.all(all);
    expect(most).toBe(1);
    expect(told).toEqual([]);
  });

  it.skipIf(!isHere(kind))("go on where there can be no lock, which is told", async () => {
    let done = false;
    await migrate("nowhere", async () => void (done = true), { file: join(directory, "none", "at.db") });
    expect(done).toBe(true);
    expect(told.splice(0)).toEqual([expect.stringMatching(/^no lock keeps another migration away: .*unable to open/)]);
  });
});

it("leaves nothing in the lock's file that a reader of it would have to wait for", () => {
  const kind = (["node", "python3", "sqlite3"] as const).find(isHere);
  using database = new DatabaseSync(lockFileOf(join(directory, `${kind}.db`)), { timeout: 0 });
  database.exec("begin exclusive; rollback");
  expect(database.prepare("select count(*) as holders from holder").get()).toEqual({ holders: 1 });
});
