import { once } from "node:events";
import { rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "../../measure.ts";
import { killInside, type Stage, sql, take, until } from "./stage.ts";

/** A backup that something happens to. */
export interface Fault {
  readonly name: string;
  /** Runs it to its end; resolves with its last word, as `Taking.ended` does. */
  run(stage: Stage): Promise<string>;
  /** Codes that it may end with, where it does not end well. `""`: it was killed. */
  readonly codes: readonly string[];
}

const steps = ["opened", "written", "synced", "renamed", "durable"];
/** Every boundary of what is written, the window between renaming and the end among them. */
export const boundaries = ["dump", "globals", "manifest"].flatMap((part) => steps.map((step) => `${part} ${step}`));

export const killedAt = (step: string): Fault => ({
  name: `killed at "${step}"`,
  codes: [""],
  async run(stage) {
    const { child, ended } = take(stage, step);
    if (child.stdout) await once(child.stdout, "data");
    child.kill("SIGKILL");
    await ended;
    return "";
  },
});

/** What a backup takes that nothing happens to. */
export interface Whole {
  readonly ms: number;
  readonly bytes: number;
}

/** @param share of the time, or of the room, that a whole one takes */
type At = (share: number, whole: Whole) => Fault;

const acting =
  (name: string, codes: readonly string[], act: (stage: Stage, kill: () => void) => Promise<unknown>): At =>
  (share, { ms }) => ({
    name: `${name} at ${Math.round(share * 100)} %`,
    codes,
    async run(stage) {
      const { child, ended } = take(stage);
      await Promise.race([delay(share * ms), ended]);
      await act(stage, () => child.kill("SIGKILL"));
      return ended;
    },
  });

const failed = ["BACKUP_FAILED", "BACKUP_EXIT_LOST", "DATABASE_UNREACHABLE"];

/** What happens at moments of which there are many. */
export const kinds: Readonly<Record<string, At>> = {
  us: acting("killed", [""], async (_stage, kill) => kill()),
  dump: acting("dump killed", failed, ({ server }) => killInside(server, "pg_dump")),
  compression: acting("compression killed", failed, ({ server }) => killInside(server, "zstd")),
  session: acting("session ended", failed, ({ server }) =>
    sql(server, "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'sluice-%'"),
  ),
  container: acting("container killed", [...failed, "EXEC_FAILED"], async ({ server }) => {
    await run(["docker", "kill", server.container]);
    await run(["docker", "start", server.container]);
    await until(() =>
      sql(server, "select 1").then(
        () => true,
        () => false,
      ),
    );
  }),
  cut: acting("connection cut", [...failed, "EXEC_FAILED", "ENGINE_UNREACHABLE"], async ({ proxy }) => proxy.cut()),
  disk: (share, { bytes }) => ({
    name: `disk full at ${Math.round(share * 100)} %`,
    codes: ["DISK_FULL"],
    async run(stage) {
      const filler = join(stage.directory, "filler");
      const { bavail, bsize } = await statfs(stage.directory);
      const taken = Math.max(1, Math.floor(bavail * bsize - share * bytes));
      await run(["fallocate", "-l", String(taken), filler]);
      try {
        return await take(stage).ended;
      } finally {
        await rm(filler);
      }
    },
  }),
};
