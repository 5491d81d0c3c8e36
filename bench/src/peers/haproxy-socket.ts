import { createConnection } from "node:net";
import { text } from "node:stream/consumers";

/** Sends one line to an admin socket and returns the answer. */
export async function askSocket(path: string, line: string): Promise<string> {
  const socket = createConnection(path);
  socket.setTimeout(5_000, () => socket.destroy(new Error(`${path}: no answer to "${line}" in 5 s`)));
  socket.write(`${line}\n`);
  return (await text(socket)).trim();
}

export interface ServerRow {
  readonly name: string;
  readonly status: string;
  readonly sessions: number;
}

/** The servers of a backend, by `show stat`. Columns are found by their names: versions differ in their order. */
export async function serversOf(path: string, backend: string): Promise<ServerRow[]> {
  const [head = "", ...rows] = (await askSocket(path, "show stat")).split("\n");
  const columns = head.replace(/^# /, "").split(",");
  const cell = (row: readonly string[], name: string) => row[columns.indexOf(name)] ?? "";
  return rows
    .map((row) => row.split(","))
    .filter((row) => cell(row, "pxname") === backend && !["FRONTEND", "BACKEND"].includes(cell(row, "svname")))
    .map((row) => ({
      name: cell(row, "svname"),
      status: cell(row, "status"),
      sessions: Number(cell(row, "scur")),
    }));
}
