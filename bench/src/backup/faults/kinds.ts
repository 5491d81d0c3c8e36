import { rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "../../measure.ts";
import { freeze, type Program, signalInside } from "./freeze.ts";
import { type Stage, sql, type Taking, until } from "./stage.ts";

/** What became of a backup that something was to happen to. */
export interface Met {
  /** Its last word, as `Taking.ended` has it. */
  readonly word: string;
  /** It did happen to it. */
  readonly hit: boolean;
}

/** A backup that something happens to. */
export interface Fault {
  readonly kind: string;
  readonly name: string;
  /**
   * Takes one and lets it happen.
   *
   * @param part of the way to its moment, 1 for all of it: less, where it came too late before
   */
  run(stage: Stage, part: number): Promise<Met>;
  /** Where it does not come at a moment, it comes or does not, however often it is tried. */
  readonly isTimed: boolean;
  /** Codes that the backup may end with. `""`: it was killed. */
  readonly codes: readonly string[];
  /** It may also end well: what was hit is not needed at every moment. */
  readonly maySurvive: boolean;
}

const steps = ["opened", "written", "synced", "renamed", "durable"];
/** Every boundary of what is written, the window between renaming and the end among them. */
export const boundaries = ["dump", "globals", "manifest"].flatMap((part) => steps.map((step) => `${part} ${step}`));

export const killedAt = (step: string): Fault => ({
  kind: "steps",
  name: `killed at "${step}"`,
  codes: [""],
  isTimed: false,
  maySurvive: false,
  async run(stage) {
    const taking = stage.take(step);
    const hit = await taking.stopped;
    taking.kill();
    return { word: await taking.ended, hit };
  },
});

/** What a backup takes that nothing happens to. */
export interface Whole {
  /** From its first connection to the engine to its end. What is before that is the start of a process. */
  readonly ms: number;
  /** How long there is a dump. */
  readonly dumpMs: number;
  readonly bytes: number;
}

/** @param share of the time, or of the room, that a whole one takes */
type At = (share: number, whole: Whole) => Fault;

interface Kind {
  readonly kind: string;
  readonly name: string;
  readonly codes: readonly string[];
  readonly maySurvive: boolean;
}

const faultOf = ({ name, ...kind }: Kind, share: number, runIt: Fault["run"]): Fault => ({
  ...kind,
  name: `${name} at ${Math.round(share * 100)} %`,
  isTimed: true,
  run: runIt,
});

/** While our process is at work with the engine. */
const working =
  (kind: Kind, act: (stage: Stage, taking: Taking) => Promise<boolean>): At =>
  (share, { ms }) =>
    faultOf(kind, share, async (stage, part) => {
      const taking = stage.take();
      await Promise.race([stage.proxy.connected(), taking.ended]);
      await Promise.race([delay(share * part * ms), taking.ended]);
      const acted = await act(stage, taking);
      const word = await taking.ended;
      return { word, hit: acted };
    });

/** While a program of the backup runs in the container. It stands still, so that nothing that happens then comes too late. */
const frozen =
  (kind: Kind, program: Program, act: (stage: Stage, id: string) => Promise<boolean>): At =>
  (share, { dumpMs }) =>
    faultOf(kind, share, async (stage, part) => {
      // It looks before there is something to see.
      const freezing = freeze(stage.server, program, share * part * dumpMs);
      const { ended } = stage.take();
      const id = await freezing;
      const hit = id !== undefined && (await act(stage, id));
      return { word: await ended, hit };
    });

const failed = ["BACKUP_FAILED", "BACKUP_EXIT_LOST", "DATABASE_UNREACHABLE"];

/** What happens at moments of which there are many. */
export const kinds: Readonly<Record<string, At>> = {
  us: working({ kind: "us", name: "killed", codes: [""], maySurvive: false }, async (_stage, taking) => {
    taking.kill();
    return (await taking.ended) === "";
  }),
  dump: frozen({ kind: "dump", name: "dump killed", codes: failed, maySurvive: false }, "pg_dump", ({ server }, id) =>
    signalInside(server, "KILL", id),
  ),
  compression: frozen(
    { kind: "compression", name: "compression killed", codes: failed, maySurvive: false },
    "zstd",
    ({ server }, id) => signalInside(server, "KILL", id),
  ),
  session: frozen(
    { kind: "session", name: "session ended", codes: failed, maySurvive: true },
    "pg_dump",
    async ({ server }, id) => {
      const ended = await sql(server, endSessions);
      await signalInside(server, "CONT", id);
      return Number(ended) > 0;
    },
  ),
  container: frozen(
    { kind: "container", name: "container killed", codes: [...failed, "EXEC_FAILED"], maySurvive: false },
    "pg_dump",
    async ({ server }) => {
      await run(["docker", "kill", server.container]);
      await run(["docker", "start", server.container]);
      await until(() =>
        sql(server, "select 1").then(
          () => true,
          () => false,
        ),
      );
      return true;
    },
  ),
  cut: working(
    {
      kind: "cut",
      name: "connection cut",
      codes: [...failed, "EXEC_FAILED", "ENGINE_UNREACHABLE"],
      maySurvive: true,
    },
    async ({ proxy }, { ended }) => {
      await Promise.race([proxy.connected(), ended]);
      return proxy.cut() > 0;
    },
  ),
  disk: (share, { bytes }) =>
    faultOf(
      { kind: "disk", name: "disk full", codes: ["DISK_FULL"], maySurvive: false },
      share,
      async (stage, part) => {
        const filler = join(stage.directory, "filler");
        const { bavail, bsize } = await statfs(stage.directory);
        const taken = Math.max(1, Math.floor(bavail * bsize - share * part * bytes));
        await run(["fallocate", "-l", String(taken), filler]);
        try {
          const word = await stage.take().ended;
          return { word, hit: word === "DISK_FULL" };
        } finally {
          await rm(filler);
        }
      },
    ),
};

const endSessions = `select count(*) from (
  select pg_terminate_backend(pid) as is_ended from pg_stat_activity where application_name like 'sluice-%'
) as sessions where is_ended`;
