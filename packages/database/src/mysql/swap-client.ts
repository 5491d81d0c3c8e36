import { type ContainerExec, SluiceError } from "@sluice/core";
import { makeReady } from "../process/make-ready.ts";
import { reasonOf } from "../process/reason-of.ts";
import { type ClientOptions, runSql } from "./client.ts";
import type { SwapRequest, SwapScripts } from "./swap-sql.ts";
import { clientCommand, clientEnvironment, type MysqlTarget, maintenance, quoteText } from "./target.ts";

/** The scripts lie in the container: once they are begun, they are done or given up even if whoever sent them dies. */
export const swapPlace = "/tmp/sluice-swap";

/** By which the processes of a swap are known: a later backup does not take them for what a dead one left. */
export const swapVariable = "SLUICE_SWAP";

/**
 * Parameters: place, whether events rest meanwhile, whether it takes back, the live and the fresh database, the client and its
 * arguments. What was not taken back whole stays, for `mendSwap`.
 */
const sequence = `
umask 077
place=$1 scheduled=$2 undoes=$3 live=$4 fresh=$5
shift 5
"$@" < "$place.script" > "$place.out"
code=$?
if [ -s "$place.out" ]; then placed=true; else placed=false; fi
if [ "$code" = 0 ]; then
  "$@" --force < "$place.rights" 2> /dev/null
elif [ "$placed" = "$undoes" ]; then
  "$@" --force --database="$live" < "$place.live" 2> /dev/null
  "$@" --force --database="$fresh" < "$place.fresh" 2> /dev/null
fi
if [ "$scheduled" = false ] || "$@" --execute="set global event_scheduler = on" 2> /dev/null; then : > "$place.resumed"; fi
if [ "$code" = 0 ] || [ "$undoes" = false ]; then rm -f "$place".*; fi
exit "$code"
`;

/** What is noted beside the scripts before anything is changed, for whoever finds them there: see `mendSwap`. */
export interface SwapNote extends SwapRequest {
  /** The server's events were run, and have to be again. */
  readonly scheduled: boolean;
  /** It takes back what another one began. */
  readonly undoes: boolean;
}

/**
 * Puts scripts into the container, where `runScripts` finds them, and a note of what they are. They are there until they are
 * done: longer than the server keeps what they change in it, which is no longer than its container runs.
 *
 * @throws SluiceError RESTORE_FAILED, EXEC_FAILED
 */
export async function putScripts(
  exec: ContainerExec,
  { container }: MysqlTarget,
  { script, after, rights, back }: SwapScripts,
  note: SwapNote,
): Promise<void> {
  // What an earlier script wrote must not tell of this one.
  await exec.exec(container, ["sh", "-c", 'rm -f "$1".*', "sh", swapPlace]);
  const put = async ([name, text]: readonly [string, string]) => {
    // Not by `putFiles`, which does not reach a /tmp in memory.
    const command = ["sh", "-c", 'umask 077 && cat > "$1"', "sh", `${swapPlace}.${name}`];
    const { exitCode, stderr } = await exec.exec(container, command, { stdin: `${text}\n` });
    if (exitCode === 0) return;
    throw new SluiceError("RESTORE_FAILED", `${swapPlace}.${name} cannot be written: ${stderr.trim()}`);
  };
  await Promise.all(Object.entries({ script, after, rights, ...back }).map(put));
  await put(["note", JSON.stringify(note)]);
}

/**
 * Runs the scripts that were put into the container. At their end, whatever it is, the server's events run again if they did.
 *
 * @throws SluiceError RESTORE_FAILED, EXEC_FAILED
 */
export async function runScripts(
  exec: ContainerExec,
  target: MysqlTarget,
  { live, fresh }: SwapRequest,
  { scheduled, undoes }: Pick<SwapNote, "scheduled" | "undoes">,
  { session }: ClientOptions,
): Promise<void> {
  const parameters = [swapPlace, String(scheduled), String(undoes), live, fresh, ...clientCommand(maintenance(target))];
  const ended = await exec.exec(target.container, ["sh", "-c", sequence, "sh", ...parameters], {
    environment: clientEnvironment(target, session, swapVariable),
  });
  if (ended.exitCode === 0) return;
  throw new SluiceError("RESTORE_FAILED", reasonOf(ended.stderr) ?? `exit code ${ended.exitCode}`, {
    detail: ended.stderr.trim(),
  });
}

/** How often it is looked whether all has ended: for at least 30 s. */
const mostLooks = 300;

/**
 * Ends what runs of a swap, in the container and in the server, and waits until it has: a client that nobody hears any more goes
 * on, and so does a statement whose client is gone.
 *
 * @throws SluiceError RESTORE_FAILED, DATABASE_UNREACHABLE, EXEC_FAILED; then it may go on
 */
export async function endSwap(
  exec: ContainerExec,
  target: MysqlTarget,
  { live, fresh, old }: SwapRequest,
  options: ClientOptions,
): Promise<void> {
  const { container } = target;
  const request = { container, session: "", pipe: null, variable: swapVariable, prefix: "" };
  for (let looks = 0; (await makeReady(exec, request)).ended > 0; looks += 1) {
    if (looks === mostLooks) throw new SluiceError("RESTORE_FAILED", "the client that swaps databases does not end");
  }
  const ids = await endSessions(exec, target, [live, fresh, old], options);
  if (ids.length === 0) return;
  const left = `select id from information_schema.processlist where id in (${ids.join(", ")});`;
  for (let looks = 0; (await runSql(exec, maintenance(target), left, options)).length > 0; looks += 1) {
    if (looks === mostLooks) throw new SluiceError("RESTORE_FAILED", `sessions do not end: ${ids.join(", ")}`);
    await runSql(exec, maintenance(target), "do sleep(0.1);", options);
  }
}

/** Ends all sessions in some databases. Resolves with their ids, some of which may take a moment. */
export async function endSessions(
  exec: ContainerExec,
  target: MysqlTarget,
  databases: readonly string[],
  options: ClientOptions,
): Promise<readonly string[]> {
  const sql = `select id from information_schema.processlist
    where db in (${databases.map(quoteText).join(", ")}) and id <> connection_id();`;
  const ids = await runSql(exec, maintenance(target), sql, options);
  if (ids.length === 0) return ids;
  // Some end by themselves before it is their turn.
  await exec.exec(target.container, clientCommand(maintenance(target), ["--force"]), {
    stdin: ids.map((id) => `kill ${id};\n`).join(""),
    environment: clientEnvironment(target, options.session),
  });
  return ids;
}
