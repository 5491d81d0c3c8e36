import { readdir } from "node:fs/promises";
import { type BackupPorts, highestLevel, verifyBackup } from "@sluice/database";
import { run } from "../../measure.ts";
import type { Fault, Met } from "./kinds.ts";
import { processes, type Stage, sql, until } from "./stage.ts";

export interface FaultResult {
  readonly kind: string;
  readonly name: string;
  /** It happened while there was something for it to happen to. */
  readonly hit: boolean;
  /** Its id, where the backup was made all the same; else a code, or nothing where it was killed. */
  readonly word: string;
  /** A backup was listed afterwards. Each was restored and compared. */
  readonly listed: boolean;
  /** What is wrong, in words. */
  readonly problems: readonly string[];
}

/** Lets something happen to a backup, looks at what is there, takes the next one, and looks again. */
export async function runFault(stage: Stage, ports: BackupPorts, fault: Fault): Promise<FaultResult> {
  const { word, hit } = await meet(stage, ports, fault);
  const { backups, damaged } = await ports.store.list();
  const listed = backups.map(({ id }) => id);
  const problems = damaged.map(({ message }) => message);
  problems.push(...wrongEnding(fault, { word, hit }, listed));
  const left = await unlisted(stage, listed);
  // Only who is killed cannot clean up, and of one there is one.
  const atMost = word === "" ? 1 : 0;
  if (left.length > atMost) problems.push(`left of ${left.length} backups: ${left.join(", ")}`);
  for (const id of listed) problems.push(...(await whatVerifyFinds(ports, id)));
  problems.push(...(await nextOne(stage, ports)));
  await removeAll(ports);
  return { kind: fault.kind, name: fault.name, word, hit, listed: listed.length > 0, problems };
}

/** A machine that has more time than when a whole one was measured is done before the moment comes: then half of it is tried. */
const soonest = 1 / 8;

/** Takes a backup that the fault happens to. One that it came too late for is whole, and shows nothing: another one is taken. */
async function meet(stage: Stage, ports: BackupPorts, fault: Fault): Promise<Met> {
  for (let part = 1; ; part /= 2) {
    const met = await fault.run(stage, part);
    const isWhole = (await ports.store.list()).backups.some(({ id }) => id === met.word);
    if (met.hit || !isWhole || !fault.isTimed || part <= soonest) return met;
    await removeAll(ports);
  }
}

/** What is wrong with how a backup ended, in words. Pure. */
export function wrongEnding(fault: Fault, { word, hit }: Met, listed: readonly string[]): readonly string[] {
  if (!hit) return [`it hit nothing, and the backup ended with ${JSON.stringify(word)}`];
  if (fault.codes.includes(word) || (fault.maySurvive && listed.includes(word))) return [];
  return [`it ended with ${JSON.stringify(word)}`];
}

async function removeAll({ store }: BackupPorts): Promise<void> {
  for (const { id } of (await store.list()).backups) await store.remove(id);
}

/** Ids of backups that files lie about of, and that are not listed. */
async function unlisted({ directory }: Stage, listed: readonly string[]): Promise<readonly string[]> {
  const ids = (await readdir(directory)).map((name) => name.split(".")[0] ?? "");
  return [...new Set(ids)].filter((id) => !listed.includes(id));
}

async function whatVerifyFinds(ports: BackupPorts, id: string): Promise<readonly string[]> {
  try {
    const level = highestLevel(await verifyBackup(ports, { id }));
    return level === "compared" ? [] : [`${id} is listed and was only ${level}`];
  } catch (error) {
    return [`${id} is listed and bad: ${String(error)}`];
  }
}

/** Clears away what was left, in the directory and in the container, and is itself whole. */
async function nextOne(stage: Stage, { store }: BackupPorts): Promise<readonly string[]> {
  const taking = stage.take();
  const word = await taking.ended;
  const listed = (await store.list()).backups.map(({ id }) => id);
  const problems = listed.includes(word) ? [] : [`the next one ended with ${word}: ${await taking.said}`];
  const left = await unlisted(stage, listed);
  if (left.length > 0) problems.push(`still there after the next one: ${left.join(", ")}`);
  if (!(await until(() => isClean(stage)))) problems.push(`still in the container: ${await remains(stage)}`);
  return problems;
}

const isClean = async (stage: Stage): Promise<boolean> => (await remains(stage)) === "";

/** Processes, sessions and files of backups in the database's container. */
async function remains({ server }: Stage): Promise<string> {
  const ours = (await processes(server)).filter((name) => /^(?:pg_dump|zstd|psql)/.test(name));
  const sessions = await sql(
    server,
    "select application_name from pg_stat_activity where application_name like 'sluice-%'",
  );
  const files = await run(["docker", "exec", server.container, "ls", "/tmp"]);
  return [...ours, sessions, files].filter((one) => one !== "").join(", ");
}
