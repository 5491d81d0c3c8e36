/** A migration and what must be found of it. */
export interface CorpusMigration {
  readonly name: string;
  /** Code of the finding that is the right reason; `null` where it must not be stopped. */
  readonly expect: string | null;
  /** What is sent at once is one transaction, as a migration tool sends a file. */
  readonly transactions: readonly string[];
}

/**
 * Reads a file of the corpus: each migration begins with `-- migration: NAME`, says `-- expect: CODE` where something
 * must be found, and `-- next` begins another transaction.
 *
 * @throws Error for a migration without statements, or a name that is there twice
 */
export function parseCorpus(text: string): readonly CorpusMigration[] {
  const [, ...blocks] = text.split(/^-- migration: /m);
  const migrations = blocks.map((block): CorpusMigration => {
    const [name = "", ...lines] = block.split("\n");
    const expect = lines.find((line) => line.startsWith("-- expect: "))?.slice("-- expect: ".length) ?? null;
    const sql = lines.filter((line) => !line.startsWith("-- expect: ")).join("\n");
    const transactions = sql
      .split(/^-- next$/m)
      .map((part) => part.trim())
      .filter((part) => part !== "");
    if (transactions.length === 0) throw new Error(`migration "${name}" has no statements`);
    return { name, expect, transactions };
  });
  const names = new Set(migrations.map(({ name }) => name));
  if (names.size < migrations.length) throw new Error("a name is there twice");
  return migrations;
}
