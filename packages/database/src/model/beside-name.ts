/** Bytes, in PostgreSQL; MySQL counts characters, and takes one more. */
const longestName = 63;

/** A database that a backup is restored into / whose place it took / that had to give the place back. */
export type Beside = "restore" | "old" | "undone";

/** Name of a database beside the live one. Never the live one's own: it holds two underscores, a word, and the backup. */
export function besideName(database: string, kind: Beside, backup: string): string {
  const ending = `__${kind}_${backup.toLowerCase().replaceAll("-", "_")}`;
  const head = Array.from(database);
  while (Buffer.byteLength(head.join("") + ending) > longestName) head.pop();
  return head.join("") + ending;
}

/** Whether a database has such a name beside this one. */
export function isBeside(database: string, name: string): boolean {
  const [, kind, backup] = /__(restore|old|undone)_(\d{8}t\d{6}z_[a-z0-9]+)$/.exec(name) ?? [];
  return backup !== undefined && besideName(database, kind as Beside, backup) === name;
}
