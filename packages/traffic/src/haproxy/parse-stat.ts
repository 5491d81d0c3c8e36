import type { Slot, SlotTraffic } from "@sluice/core";

/** One server's row of `show stat`. */
export interface ServerRow {
  readonly backend: string;
  readonly server: string;
  readonly slot: Slot;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Reads HAProxy's CSV by the names in its header; positions differ between versions. Only rows of servers named after a
 * slot come back. `null` when the text is no statistics.
 */
export function parseStat(text: string): readonly ServerRow[] | null {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("# pxname,"));
  const header = lines[start]?.slice(2).split(",");
  if (!header) return null;
  const rows: ServerRow[] = [];
  for (const line of lines.slice(start + 1)) {
    if (line === "") break;
    const cells = splitCsv(line);
    const fields = Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ""]));
    const slot = slotOfServer(fields["svname"] ?? "");
    if (slot) rows.push({ backend: fields["pxname"] ?? "", server: fields["svname"] ?? "", slot, fields });
  }
  return rows;
}

/** Ends the name of a server's second entry in a backend, which no check takes out. */
export const uncheckedSuffix = "-unchecked";

const serverName = new RegExp(`^(blue|green)\\d+(?:${uncheckedSuffix})?$`);

export function slotOfServer(server: string): Slot | null {
  const found = serverName.exec(server);
  return found ? (found[1] as Slot) : null;
}

/** Quoted cells (`last_chk` and its like) may hold commas. */
function splitCsv(line: string): string[] {
  const cells: string[] = [];
  for (const [, quoted, plain] of line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g)) {
    cells.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
  }
  return cells;
}

/** Rows of our own probes; they count for drain, never as users. */
const isPreview = ({ backend }: ServerRow) => backend.startsWith("preview_");
/** The rows that decide whether a slot is up: its own servers on the port that says so. */
const decides = ({ backend, server, slot }: ServerRow) =>
  backend === `only_${slot}` && !server.endsWith(uncheckedSuffix);

/**
 * True once HAProxy itself has reached the server: until its first check it is "up" by mere optimism. A `*` marks the
 * next check as under way.
 */
export function isReached({ fields }: ServerRow): boolean {
  return (fields["status"] ?? "").startsWith("UP") && /^(?:\* )?L[47]OK/.test(fields["check_status"] ?? "");
}

/**
 * What it answered at the health path was no error, where there is one. While another check is under way the status is that of the
 * last one, and its code is gone.
 */
export function isHealthy(row: ServerRow): boolean {
  const { check_status: status = "", check_code: code = "" } = row.fields;
  return isReached(row) && (status.endsWith("L4OK") || /^[23]/.test(code));
}

export function decidingServers(rows: readonly ServerRow[], slot: Slot): readonly ServerRow[] {
  return rows.filter((row) => row.slot === slot && decides(row));
}

/** Requests and connections under way at the slot, probes included. Idle connections do not count. */
export function activeAt(rows: readonly ServerRow[], slot: Slot): number {
  return sum(
    rows.filter((row) => row.slot === slot),
    "scur",
  );
}

/** Sums by the server that answered: a backend's own row also counts what its backups did. */
export function slotTraffic(rows: readonly ServerRow[], slot: Slot): SlotTraffic {
  const own = rows.filter((row) => row.slot === slot);
  const users = own.filter((row) => !isPreview(row));
  const deciding = decidingServers(rows, slot);
  return {
    requests: sum(users, "stot"),
    http2xx: sum(users, "hrsp_2xx"),
    http3xx: sum(users, "hrsp_3xx"),
    http4xx: sum(users, "hrsp_4xx"),
    http5xx: sum(users, "hrsp_5xx"),
    connectErrors: sum(users, "econ"),
    responseErrors: users.reduce((total, row) => total + unanswered(row), 0),
    retries: sum(users, "wretr"),
    redispatches: sum(users, "wredis"),
    active: activeAt(rows, slot),
    serversUp: deciding.filter(isReached).length,
    serversTotal: deciding.length,
  };
}

/**
 * Requests that the server was sent and did not answer, also where another try was answered: only a candidate is tried
 * again, and once it is promoted its users lose them. HAProxy 2.6 takes such a request for no error of the server. It
 * counts the next try as a retry, and, when a server is chosen for it, once more: as a retry of the same one, or as a
 * redispatch. A connection that did not come about is one of both only, most often a redispatch.
 */
function unanswered({ backend, fields }: ServerRow): number {
  const count = (column: string) => Number(fields[column]) || 0;
  if (!backend.startsWith("candidate_")) return count("eresp");
  const [retries, redispatches] = [count("wretr"), count("wredis")];
  return Math.max(count("eresp"), Math.min(retries, Math.floor((retries + redispatches) / 2)));
}

function sum(rows: readonly ServerRow[], column: string): number {
  return rows.reduce((total, { fields }) => total + (Number(fields[column]) || 0), 0);
}
