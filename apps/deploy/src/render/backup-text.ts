import { formatBytes, formatDuration } from "@sluice/core";
import type { ListedBackup, Manifest, RestorePlan, UndoPlan } from "@sluice/wiring";
import { formatSection, formatTable } from "./table.ts";
import { agoText, findingText } from "./words.ts";

/** Tables that are named when a restore would change many. */
const mostTables = 20;

/** One backup as a row of `sluice db list`. */
export function backupRow(backup: ListedBackup, now: Date): readonly string[] {
  const known = `${knownOf(backup)}${backup.ofOtherHome ? "; of another state home" : ""}`;
  return [backup.id, agoText(backup.at, now), backup.release ?? "-", formatBytes(backup.bytes), known];
}

export function backupTitle({ id, database, service, bytes, rawBytes, release }: Manifest): string {
  const raw = rawBytes === null ? "" : `, ${formatBytes(rawBytes)} uncompressed`;
  return `backup ${id} of ${database.name} (${service}): ${formatBytes(bytes)}${raw}${release ? `, release ${release}` : ""}`;
}

/** What is proven, and what is not. */
export function verifiedText(backup: Manifest): string {
  const last = backup.verified.at(-1);
  const restored = last && last.restoreMs > 0 ? ` (a restore took ${formatDuration(last.restoreMs)})` : "";
  return `${knownOf(backup)}${restored}\n${formatSection("not tested", (last?.notTested ?? []).join("\n")).slice(1)}`;
}

const serverNames: Readonly<Record<Manifest["kind"], string>> = {
  postgres: "PostgreSQL",
  mysql: "MySQL",
  mariadb: "MariaDB",
  sqlite: "SQLite",
  // A command of the project knows what it backs up.
  command: "",
};

export function backupText(backup: ListedBackup): string {
  const { kind, server, image, cipher, sha256, fingerprint, verified } = backup;
  const facts = [
    ["taken", backup.at],
    ...(backup.stack === undefined ? [] : [["stack", backup.stack]]),
    ...(backup.ofOtherHome
      ? [["state home", `${backup.home}: not this one, so no command chooses or removes it`]]
      : []),
    ["server", [serverNames[kind], server.version].join(" ").trimStart()],
    ["image", image],
    ["encrypted", cipher ? `for ${cipher.recipient}` : "no"],
    ["roles", backup.globals ? "yes, without passwords" : "no"],
    ["sha256", sha256],
  ];
  const levels = verified.map(({ level, at, restoreMs }) => [
    level,
    at,
    restoreMs > 0 ? formatDuration(restoreMs) : "",
  ]);
  const tables = (fingerprint?.tables ?? []).map(({ name, rows }) => [name, `${rows} rows`]);
  return (
    `${backupTitle(backup)}\n${formatTable([], facts)}` +
    formatSection("verified", formatTable([], levels)) +
    (backup.failed ? `\nfailed ${backup.failed.at}: ${backup.failed.message} [${backup.failed.code}]\n` : "") +
    formatSection("not tested", (verified.at(-1)?.notTested ?? []).join("\n")) +
    formatSection("content", formatTable([], tables))
  );
}

/** What a restore would take away, for a person who has to agree to it. */
export function lossText(plan: RestorePlan): string {
  const { manifest, live, proven, ageMs, findings } = plan;
  const notCovered = manifest.fingerprint?.notCovered ?? [];
  return (
    `backup ${manifest.id} is ${formatDuration(ageMs)} old; all that was written to ${live.database}${live.service === undefined ? "" : ` (${live.service})`} since, ` +
    `and until the databases are swapped, is taken away\n${tablesText(plan)}` +
    notCovered.map((text) => `not compared: ${text}\n`).join("") +
    `${originText(plan)}${releaseText(plan)}${stackText(plan)}` +
    (proven ? "" : "this backup was never proven by restoring it: sluice db verify\n") +
    findings.map((finding) => `${findingText(finding)}\n`).join("")
  );
}

/** What the undo of a restore would put back, for a person who has to agree to it. */
export function undoText({ backup, live, restored, takenBack, releases, findings }: UndoPlan, now: Date): string {
  const place = `${live.database} (${live.service})`;
  const known = takenBack
    ? `the restore of backup ${backup} was taken back already, at ${whenText(takenBack, now)}`
    : `the record here has no restore of backup ${backup} that took place, or not how the last one ended`;
  const what = restored
    ? `the restore of backup ${backup} at ${whenText(restored, now)} is taken back: ${place} is again what it was before`
    : `${known}; what one has set aside takes the place of ${place}, if there is any`;
  return (
    `${what}, and all that was written since is set aside\n${undoneReleaseText(releases)}` +
    findings.map((finding) => `${findingText(finding)}\n`).join("")
  );
}

function whenText({ at, actor, reason }: NonNullable<UndoPlan["restored"]>, now: Date): string {
  return `${at} (${agoText(at, now)}, by ${actor}${reason ? `: ${reason}` : ""})`;
}

/** Whose data comes back, and what is to run on it. */
function undoneReleaseText({ data, serves }: UndoPlan["releases"]): string {
  const now = serves === null ? "none serves now" : `${serves} serves now`;
  if (data === null) return `which release the data that comes back is of is not on record; ${now}\n`;
  if (data === serves || serves === null) return `the data that comes back is of release ${data}; ${now}\n`;
  return `THE DATA THAT COMES BACK IS OF RELEASE ${data}, and ${serves} serves: ${notItsOwn(data, serves)}\n`;
}

/** What to do about a release on another one's data. */
function notItsOwn(data: string, serves: string): string {
  return `${serves} may not run on it; go back with sluice rollback ${data}, or migrate it with sluice db migrate ${serves}`;
}

/** Whose it is, where it is another stack's. */
function stackText({ otherStack, otherHome }: RestorePlan): string {
  if (otherStack === undefined) return "";
  const whose = otherHome === undefined ? "" : " THAT HAS THIS ONE'S NAME, WITH ANOTHER STATE HOME";
  return `THIS BACKUP IS OF ANOTHER STACK${whose}, ${otherStack}: its data takes the place of this one's\n`;
}

/** What each table would lose, as far as that is known. */
function tablesText({ manifest, losses, unchangedTables }: RestorePlan): string {
  if (losses === null) {
    return "what would be lost per table is not known: what each held was not noted when the backup was taken\n";
  }
  const sampled = (manifest.fingerprint?.tables ?? []).filter((table) => table.sampled).map(({ name }) => name);
  const inSample = `overwritten rows of large tables were looked for in a sample only: ${sampled.join(", ")}`;
  if (losses.length === 0) {
    return sampled.length === 0
      ? "every table that was compared holds now what it held then\n"
      : `no table has another number of rows; ${inSample}\n`;
  }
  const rows = losses
    .slice(0, mostTables)
    .map(({ name, rowsThen, rowsNow }) => [
      name,
      `${rowsNow ?? "no table"} now`,
      `${rowsThen ?? "no table"} in the backup`,
    ]);
  const more = losses.length > mostTables ? `and ${losses.length - mostTables} more\n` : "";
  const head = `${losses.length} of ${losses.length + unchangedTables} tables hold something else now:\n`;
  return `${head}${formatTable([], rows)}${more}${sampled.length === 0 ? "" : `${inSample}\n`}`;
}

/** Where what would be put in a database's place was not called as that one is. */
function originText({ manifest, live }: RestorePlan): string {
  const { service, database } = manifest;
  if (database.name === live.database && service === (live.service ?? service)) return "";
  return `THIS BACKUP WAS TAKEN OF ${database.name} (${service}): its data takes the place of ${live.database}\n`;
}

/** Where it was taken while another release served. */
function releaseText({ releases, otherStack }: RestorePlan): string {
  if (!releases || otherStack !== undefined) return "";
  const { backup, serves } = releases;
  return `THIS BACKUP IS OF RELEASE ${backup}, and ${serves} serves: ${notItsOwn(backup, serves)}\n`;
}

function knownOf({ verified, failed }: Manifest): string {
  if (failed) return `failed (${failed.code})`;
  return verified.at(-1)?.level ?? "written";
}
