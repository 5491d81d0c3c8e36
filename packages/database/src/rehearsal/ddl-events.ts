import * as z from "zod";

/** What our event triggers write before their JSON, so that it is found in the log of a server. */
export const eventMarker = "sluice-rehearsal";

const heldSchema = z.lazy(() => z.object({ table: z.int(), mode: z.string() }));

const eventSchema = z.lazy(() =>
  z.object({
    /** Which watch tells it: a server may be watched several times. */
    watch: z.string().default(""),
    event: z.enum(["start", "end", "rewrite"]),
    /** Of the transaction; as the server prints it, it may be larger than a safe integer. */
    xid: z.string(),
    /** Milliseconds since 1970, by the server. */
    at: z.number(),
    /** When the transaction began. */
    began: z.number(),
    /** `ALTER TABLE`, `CREATE INDEX`, … */
    tag: z.string().default(""),
    /** Names of what it made or changed, schema included. */
    objects: z.array(z.string()).default([]),
    /** Their ids: a name may change later. */
    ids: z.array(z.int()).default([]),
    /** Tables that the transaction has locked at that moment. */
    locks: z.array(heldSchema).default([]),
    /** Of a rewrite. */
    table: z.int().default(0),
    reason: z.int().default(0),
    /** Constraints that are not validated at that moment, by id. */
    pending: z.array(z.int()).default([]),
    /** Columns that a validated check forbids to be null at that moment: setting NOT NULL then reads no row. */
    checked: z.array(z.string()).default([]),
  }),
);

/** One moment of a statement that changes the schema, told by the server that ran it. */
export type DdlEvent = z.output<typeof eventSchema>;

/** The events of a watch in a server's log, in order; other lines are passed over, and so is a line that was cut. */
export function parseDdlEvents(log: string, watch: string): readonly DdlEvent[] {
  return log.split("\n").flatMap((line) => {
    const at = line.indexOf(`${eventMarker} {`);
    if (at < 0) return [];
    const parsed = eventSchema.safeParse(parseJson(line.slice(at + eventMarker.length + 1)));
    return parsed.success && parsed.data.watch === watch ? [parsed.data] : [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const rewriteReasons = [
  [1, "it became logged or unlogged"],
  [2, "a column got a default that each row computes"],
  [4, "a column got another type"],
  [8, "it got another access method"],
] as const;

/** What a `table_rewrite` event's reason means, for people. */
export function rewriteReason(bits: number): string {
  const found = rewriteReasons.flatMap(([bit, text]) => ((bits & bit) === 0 ? [] : [text]));
  return found.length > 0 ? found.join(", ") : "all its rows were written anew";
}
