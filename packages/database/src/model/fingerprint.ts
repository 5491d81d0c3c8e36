import * as z from "zod";

const count = z.int().min(0);

export const tableSchema = z.lazy(() =>
  z.strictObject({
    /** Schema and name, quoted as the server quotes them. */
    name: z.string().min(1),
    rows: count,
    /** Sum of the hashes of its rows: independent of their order. */
    hash: z.string(),
    /** Of a large table only some rows are hashed, always the same: they are chosen by their primary key. */
    sampled: z.boolean(),
    /** Rows that it held before are counted and hashed with those that it holds; absent where it keeps none, or they are not dumped. */
    history: z.literal(true).optional(),
  }),
);

export const sequenceSchema = z.lazy(() =>
  z.strictObject({
    name: z.string().min(1),
    /** A decimal integer of any size; `null` before the first use. */
    last: z
      .string()
      .regex(/^-?\d+$/)
      .nullable(),
    ascending: z.boolean(),
    cycles: z.boolean(),
  }),
);

/** What a database holds, exactly: taken in the snapshot that the dump is made of. */
export const fingerprintSchema = z.lazy(() =>
  z.strictObject({
    tables: z.array(tableSchema),
    /** Sequences are not part of any snapshot: these were read before the dump began. */
    sequences: z.array(sequenceSchema),
    largeObjects: count,
    /** How many there are of each kind: indexes, constraints, views, functions, triggers, policies. */
    objects: z.record(z.string(), count),
    extensions: z.record(z.string(), z.string()),
    /** What this does not cover, for people. */
    notCovered: z.array(z.string()),
  }),
);

export type Fingerprint = z.output<typeof fingerprintSchema>;
export type TableFingerprint = z.output<typeof tableSchema>;

/** Ways in which `restored` is not what `taken` was, as sentences; none when they agree. */
export function differences(taken: Fingerprint, restored: Fingerprint): readonly string[] {
  return [
    ...tableDifferences(taken.tables, restored.tables),
    ...sequenceDifferences(taken, restored),
    ...countDifferences(
      { ...taken.objects, "large objects": taken.largeObjects },
      {
        ...restored.objects,
        "large objects": restored.largeObjects,
      },
    ),
    ...Object.keys(taken.extensions)
      .filter((name) => !(name in restored.extensions))
      .map((name) => `extension ${name} is missing`),
  ];
}

function tableDifferences(
  taken: readonly TableFingerprint[],
  restored: readonly TableFingerprint[],
): readonly string[] {
  const found = new Map(restored.map((table) => [table.name, table]));
  const wanted = new Set(taken.map(({ name }) => name));
  return [
    ...taken.flatMap(({ name, rows, hash }) => {
      const other = found.get(name);
      if (!other) return [`table ${name} is missing`];
      if (other.rows !== rows) return [`table ${name} has ${other.rows} rows, not ${rows}`];
      return other.hash === hash ? [] : [`table ${name} has ${rows} rows as it should, with other content`];
    }),
    ...restored.filter(({ name }) => !wanted.has(name)).map(({ name }) => `table ${name} was not there`),
  ];
}

/** The dump reads sequences after they were noted here, and they may have gone on: never back. */
function sequenceDifferences(taken: Fingerprint, restored: Fingerprint): readonly string[] {
  const found = new Map(restored.sequences.map((sequence) => [sequence.name, sequence]));
  return taken.sequences.flatMap(({ name, last, ascending, cycles }) => {
    const other = found.get(name);
    if (!other) return [`sequence ${name} is missing`];
    if (last === null || cycles) return [];
    const wentBack =
      other.last === null || (ascending ? BigInt(other.last) < BigInt(last) : BigInt(other.last) > BigInt(last));
    return wentBack ? [`sequence ${name} is at ${other.last ?? "its start"}, before ${last}`] : [];
  });
}

/** Kinds that the version which took the backup did not count say nothing. */
function countDifferences(
  taken: Readonly<Record<string, number>>,
  restored: Readonly<Record<string, number>>,
): readonly string[] {
  return Object.entries(taken)
    .filter(([kind, wanted]) => wanted !== (restored[kind] ?? 0))
    .map(([kind, wanted]) => `${restored[kind] ?? 0} ${kind}, not ${wanted}`);
}
