import { type ContainerExec, SluiceError } from "@sluice/core";
import type { LeftBehind } from "../driver.ts";
import { type ClientOptions, runSql } from "./client.ts";
import { isEmpty } from "./swap.ts";
import { type SwapNote, swapPlace, swapVariable } from "./swap-client.ts";
import { clientCommand, clientEnvironment, type MysqlTarget, maintenance, quoteText } from "./target.ts";

/** What a swap has left in a container, where both the run that began it and its script there are dead. */
export interface LeftSwap extends SwapNote {
  /** Its script had begun: until then nothing is changed. */
  readonly begun: boolean;
  /** It got as far as the renaming; of one that takes back: the tables are where they were. */
  readonly renamed: boolean;
}

/** What it left, unless something of it runs still: that puts things right by itself. Parameters: place, variable. */
const look = `
[ -f "$1.note" ] || exit 0
command -v grep > /dev/null || exit 0
grep -l "$2=" /proc/[0-9]*/environ > /dev/null 2>&1 && exit 0
cat "$1.note"
[ ! -e "$1.out" ] || echo begun
[ ! -s "$1.out" ] || echo renamed
[ ! -e "$1.resumed" ] || echo resumed
`;

/** `null` where nothing is left. @throws SluiceError EXEC_FAILED */
export async function readLeftSwap(exec: ContainerExec, { container }: MysqlTarget): Promise<LeftSwap | null> {
  const { stdout } = await exec.exec(container, ["sh", "-c", look, "sh", swapPlace, swapVariable]);
  const [note = "", ...states] = Buffer.from(stdout).toString("utf8").split("\n");
  const read = parseNote(note);
  if (!read) return null;
  const scheduled = read.scheduled && !states.includes("resumed");
  return { ...read, scheduled, begun: states.includes("begun"), renamed: states.includes("renamed") };
}

/** Whether a swap may have left tables that were in use in `fresh`, or may still put them there. @throws SluiceError EXEC_FAILED */
export async function isSwapOpen(exec: ContainerExec, target: MysqlTarget, fresh: string): Promise<boolean> {
  const script = 'if [ -f "$1.note" ]; then cat "$1.note"; fi';
  const { stdout } = await exec.exec(target.container, ["sh", "-c", script, "sh", swapPlace]);
  if (parseNote(Buffer.from(stdout).toString("utf8").trim())?.fresh !== fresh) return false;
  // With a note, nothing being left means that something of it runs.
  const left = await readLeftSwap(exec, target);
  return left === null || left.begun;
}

function parseNote(text: string): SwapNote | null {
  try {
    const { live, fresh, old, scheduled, undoes } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const isNote = [live, fresh, old].every((name) => typeof name === "string" && name !== "");
    return isNote ? ({ live, fresh, old, scheduled: scheduled === true, undoes: undoes === true } as SwapNote) : null;
  } catch {
    return null;
  }
}

/** What it means that it is left, and what to type; `null` where nothing was changed. Pure. */
export function leftSwapText(
  left: LeftSwap,
  { kind, container }: Pick<MysqlTarget, "kind" | "container">,
): LeftBehind | null {
  if (!left.begun) return null;
  const client = kind === "mariadb" ? "mariadb" : "mysql";
  const command = `docker exec -it ${container.slice(0, 12)} ${client} -u root -p -e "set global event_scheduler = on"`;
  const { live, fresh, old, scheduled, undoes, renamed } = left;
  const rests = scheduled ? ", and the server runs no events since" : "";
  const [did, out] = undoes ? ["taking", " out of"] : ["putting", " in"];
  const isForPeople = undoes && !renamed;
  return {
    what: `${did} ${fresh}${out} the place of database ${live} ended in its middle${rests}`,
    why: isForPeople
      ? `the tables that were in use are in ${live} or in ${old}, and views, triggers, routines and events may be missing`
      : `views, triggers, routines and events may be missing${scheduled ? ", and what the server does by itself at certain times is not done" : ""}`,
    // Nothing but the scheduler is put right by that.
    mend: `${isForPeople ? `look into ${live} and ${old} before you drop either` : "the next sluice db backup puts it right"}${scheduled ? `; for the events alone: ${command}` : ""}`,
  };
}

/**
 * Parameters: place, what is to be run, whether events are to run again, the live and the fresh database, the client and its
 * arguments.
 */
const finish = `
umask 077
place=$1 how=$2 scheduled=$3 live=$4 fresh=$5
shift 5
case $how in
  after)
    "$@" --force < "$place.after" 2> /dev/null
    "$@" --force < "$place.rights" 2> /dev/null ;;
  back)
    "$@" --force --database="$live" < "$place.live" 2> /dev/null
    "$@" --force --database="$fresh" < "$place.fresh" 2> /dev/null ;;
esac
[ "$scheduled" = false ] || "$@" --execute="set global event_scheduler = on" || exit
rm -f "$place".*
`;

/**
 * Puts right what a swap has left whose script in the container is dead, too: what had been renamed is finished, what had not is
 * given up, and the server's events run again if they did. Does nothing while something of it goes on.
 *
 * @returns what was found and done, for people; `null` for nothing
 * @throws SluiceError BACKUP_FAILED, DATABASE_UNREACHABLE, EXEC_FAILED; then it is left for the next one
 */
export async function mendSwap(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<string | null> {
  const left = await readLeftSwap(exec, target);
  if (!left || (left.begun && !(await isQuiet(exec, target, left, options)))) return null;
  const { live, fresh, old, scheduled, begun, undoes } = left;
  const renamed = left.renamed || (!undoes && !(await isEmpty(exec, target, old, options)));
  const how = !begun || (undoes && !renamed) ? "none" : renamed && !undoes ? "after" : "back";
  const parameters = [swapPlace, how, String(begun && scheduled), live, fresh, ...clientCommand(maintenance(target))];
  const { exitCode, stderr } = await exec.exec(target.container, ["sh", "-c", finish, "sh", ...parameters], {
    environment: clientEnvironment(target, options.session, swapVariable),
  });
  if (!begun) return null;
  const events = !scheduled ? "" : exitCode === 0 ? "; its events run again" : `; its events rest: ${stderr.trim()}`;
  if (undoes && renamed) {
    return `taking ${fresh} out of the place of database ${live} had ended in its middle, and is finished${events}`;
  }
  if (undoes) {
    return `taking ${fresh} out of the place of database ${live} had ended in its middle: the tables that were in use are in ${live} or in ${old}, look before you drop either${events}`;
  }
  const done = renamed ? "is finished" : "is given up, and the database is as it was";
  return `putting ${fresh} in the place of database ${live} had ended in its middle, and ${done}${events}`;
}

/** Whether something of a swap runs. Parameters: as of `look`. */
const lookForRuns = `
[ -f "$1.note" ] || exit 0
command -v grep > /dev/null || exit 0
grep -l "$2=" /proc/[0-9]*/environ > /dev/null 2>&1 && echo runs
exit 0
`;

/**
 * As `mendSwap`, for who puts another database in the place then, by scripts of the same names: what a dead run left running goes on
 * by itself, and is waited for.
 *
 * @throws SluiceError RESTORE_FAILED where it has not ended after some 30 s, and what `mendSwap` throws
 */
export async function settleSwap(exec: ContainerExec, target: MysqlTarget, options: ClientOptions): Promise<void> {
  const container = target.container.slice(0, 12);
  for (let looks = 0; await isSwapRunning(exec, target); looks += 1) {
    if (looks === mostWaits) {
      throw new SluiceError(
        "RESTORE_FAILED",
        `a swap of databases that another run began still runs in container ${container}`,
        {
          hint: `nothing was changed; try again once it has ended: docker top ${container} shows its client`,
        },
      );
    }
    await runSql(exec, maintenance(target), "do sleep(0.1);", options);
  }
  await mendSwap(exec, target, options);
}

async function isSwapRunning(exec: ContainerExec, { container }: MysqlTarget): Promise<boolean> {
  const { stdout } = await exec.exec(container, ["sh", "-c", lookForRuns, "sh", swapPlace, swapVariable]);
  return Buffer.from(stdout).toString("utf8").trim() === "runs";
}

/** A statement whose client is gone goes on in the server, for as long as it waits for locks: ten seconds at most. */
async function isQuiet(
  exec: ContainerExec,
  target: MysqlTarget,
  { old, fresh }: LeftSwap,
  options: ClientOptions,
): Promise<boolean> {
  const sql = `select count(*) from information_schema.processlist
    where command <> 'Sleep' and id <> connection_id() and db in (${quoteText(old)}, ${quoteText(fresh)});`;
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const [working] = await runSql(exec, maintenance(target), sql, options);
    if (working === "0") return true;
    await runSql(exec, maintenance(target), "do sleep(0.1);", options);
  }
  return false;
}

/** For at least 30 s. */
const mostWaits = 300;

/** For at least 15 s. */
const mostLooks = 150;
