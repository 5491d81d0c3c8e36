import type { Journal, JournalRecord } from "@sluice/core";

/** All records of some types, oldest first. Whoever writes a type knows its shape. */
export async function recordsOf<Shape extends JournalRecord>(
  journal: Pick<Journal, "read">,
  types: (type: string) => boolean,
): Promise<readonly Shape[]> {
  const found: Shape[] = [];
  for await (const record of journal.read({ types })) found.push(record as Shape);
  return found;
}
