interface Entry {
  readonly type: string;
  readonly kind?: string;
  readonly tag?: string;
}

/**
 * The release that the way back leads to which was begun since a journal had so many characters; `undefined` where none was. What the
 * idle slot holds does not say it: after one way back that is the release which was left. Pure.
 */
export function begunRollback(journal: string, from: number): string | undefined {
  const since = journal.slice(from);
  // The last line may be half a record.
  const lines = since.slice(0, since.lastIndexOf("\n") + 1).split("\n");
  const entries = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Entry);
  return entries.find(({ type, kind }) => type === "deployment-start" && kind === "rollback")?.tag;
}
