import * as z from "zod";

const oid = z.int().min(0);

const columnSchema = z.lazy(() =>
  z.object({
    /** Number of the column in its table: it stays when the column is renamed. */
    at: z.int(),
    name: z.string(),
    type: z.string(),
    notNull: z.boolean(),
    default: z.string().nullable(),
    /** Identity or generated; empty for an ordinary column. */
    generated: z.string(),
  }),
);

const tableSchema = z.lazy(() =>
  z.object({
    oid,
    /** Schema and name, quoted as the server quotes them. */
    name: z.string(),
    /** `r` ordinary, `p` partitioned, `m` materialized view. */
    kind: z.string(),
    /** Another one means that every row was written anew. */
    file: oid,
    /** With indexes and what is stored out of line. */
    bytes: z.number().min(0),
    rowSecurity: z.boolean(),
    /** Access rights as the server writes them: `app=arwd/owner`. */
    grants: z.array(z.string()),
    columns: z.array(columnSchema),
  }),
);

const indexSchema = z.lazy(() =>
  z.object({
    oid,
    table: oid,
    name: z.string(),
    /** Another one of an index whose table has its old one: it was built anew in its place. */
    file: oid,
    definition: z.string(),
    unique: z.boolean(),
    valid: z.boolean(),
  }),
);

const constraintSchema = z.lazy(() =>
  z.object({
    oid,
    table: oid,
    name: z.string(),
    /** `c` check, `f` foreign key, `p` primary key, `u` unique, `x` exclusion. */
    type: z.string(),
    validated: z.boolean(),
    definition: z.string(),
    /** Table that a foreign key refers to; 0 for others. */
    references: oid,
    /** Index that it rests on; 0 for none. For a foreign key that of the other table. */
    index: oid,
  }),
);

const objectSchema = z.lazy(() =>
  z.object({
    /** For people: `view`, `function`, `type`, `value of type`, `sequence`, `trigger`, `policy`, `extension`. */
    kind: z.string(),
    name: z.string(),
  }),
);

/** What a database's schema is made of, at one moment. Object ids hold between the two moments of one database. */
export const catalogSchema = z.lazy(() =>
  z.object({
    tables: z.array(tableSchema),
    indexes: z.array(indexSchema),
    constraints: z.array(constraintSchema),
    objects: z.array(objectSchema),
  }),
);

export type Catalog = z.output<typeof catalogSchema>;
export type CatalogTable = z.output<typeof tableSchema>;
export type CatalogColumn = z.output<typeof columnSchema>;
export type CatalogIndex = z.output<typeof indexSchema>;
export type CatalogConstraint = z.output<typeof constraintSchema>;
