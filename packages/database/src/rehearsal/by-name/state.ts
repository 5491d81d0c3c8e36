import * as z from "zod";

/** Where there is no boolean: 0 or 1. */
const flag = z.union([z.boolean(), z.number()]).transform(Boolean);

const lineSchema = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("table"), name: z.string(), engine: z.string(), bytes: z.number(), id: z.int() }),
    z.object({
      kind: z.literal("column"),
      table: z.string(),
      at: z.int(),
      name: z.string(),
      type: z.string(),
      notNull: flag,
      default: z.string().nullable(),
      generated: z.string(),
    }),
    z.object({
      kind: z.literal("index"),
      table: z.string(),
      name: z.string(),
      unique: flag,
      /** `BTREE`, `FULLTEXT`, … */
      type: z.string(),
      columns: z.string(),
    }),
    z.object({ kind: z.literal("constraint"), table: z.string(), name: z.string(), type: z.enum(["f", "c"]) }),
    z.object({ kind: z.literal("object"), what: z.string(), name: z.string() }),
  ]),
);

type Line = z.output<typeof lineSchema>;
export type StateTable = Extract<Line, { kind: "table" }>;
export type StateColumn = Extract<Line, { kind: "column" }>;
export type StateIndex = Extract<Line, { kind: "index" }>;

/** What a database's schema is made of at one moment, by names: for kinds of databases that have no ids that last. */
export interface SchemaState {
  readonly tables: readonly StateTable[];
  readonly columns: readonly StateColumn[];
  readonly indexes: readonly StateIndex[];
  readonly constraints: readonly Extract<Line, { kind: "constraint" }>[];
  readonly objects: readonly Extract<Line, { kind: "object" }>[];
}

/** Reads one JSON object a line; columns of views, which MariaDB tells too, are left out. */
export function parseState(lines: readonly string[]): SchemaState {
  const all = lines.map((line) => lineSchema.parse(JSON.parse(line)));
  const of = <K extends Line["kind"]>(kind: K) =>
    all.filter((line): line is Extract<Line, { kind: K }> => line.kind === kind);
  const tables = of("table");
  const names = new Set(tables.map(({ name }) => name));
  const isOfTable = ({ table }: { readonly table: string }) => names.has(table);
  return {
    tables,
    columns: of("column").filter(isOfTable),
    indexes: of("index").filter(isOfTable),
    constraints: of("constraint").filter(isOfTable),
    objects: of("object"),
  };
}
