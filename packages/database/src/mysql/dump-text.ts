import { SluiceError } from "@sluice/core";
import { quoteName } from "./target.ts";
import { readsOthers, renamedView, unqualifiedTrigger } from "./view-text.ts";

const tailBytes = 256;

/** Passes a dump on. Whatever its tool said of its own end, the text says it too. @throws SluiceError BACKUP_TRUNCATED at its end */
export async function* complete(dump: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let tail = Buffer.alloc(0);
  for await (const chunk of dump) {
    tail = Buffer.concat([tail, chunk.subarray(-tailBytes)]).subarray(-tailBytes);
    yield chunk;
  }
  if (/^-- Dump completed/m.test(tail.toString("latin1"))) return;
  throw new SluiceError("BACKUP_TRUNCATED", "the dump does not say that it is complete", {
    hint: "this backup cannot be used: take another one (sluice db list)",
  });
}

/** A part of a dump that begins a line, and what it is changed into. */
interface Part {
  readonly begin: string;
  /** Absent: it is `begin` alone. */
  readonly end?: string;
  readonly change: (text: string) => string;
}

/** Changes parts of a dump, wherever chunks begin and end. Their texts are of bytes, whose character set nobody knows. */
async function* changed(dump: AsyncIterable<Uint8Array>, parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  const longest = Math.max(...parts.map(({ begin }) => begin.length));
  let rest = Buffer.alloc(0);
  let inside: Part | null = null;
  for await (const chunk of dump) {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      if (inside === null) {
        const found = firstPart(rest, parts);
        // It may have begun.
        const sure = found === null ? Math.max(0, rest.length - longest + 1) : found.at;
        if (sure > 0) yield rest.subarray(0, sure);
        rest = rest.subarray(sure);
        if (found === null) break;
        inside = found.part;
      }
      const { begin, end, change } = inside;
      const at = end === undefined ? 0 : rest.indexOf(end, begin.length, "latin1");
      if (at < 0) break;
      const length = end === undefined ? begin.length : at + end.length;
      yield Buffer.from(change(rest.toString("latin1", 0, length)), "latin1");
      rest = rest.subarray(length);
      inside = null;
    }
  }
  if (rest.length > 0) yield rest;
}

function firstPart(bytes: Buffer, parts: readonly Part[]): { readonly part: Part; readonly at: number } | null {
  let first: { readonly part: Part; readonly at: number } | null = null;
  for (const part of parts) {
    const at = bytes.indexOf(part.begin, 0, "latin1");
    if (at >= 0 && (first === null || at < first.at)) first = { part, at };
  }
  return first;
}

/** The same of a text. */
function changedText(text: string, parts: readonly Part[]): string {
  return parts.reduce((made, { begin, end, change }) => {
    const pieces = made.split(begin);
    return pieces.slice(1).reduce((before, piece) => {
      const at = end === undefined ? 0 : piece.indexOf(end);
      if (at < 0) return `${before}${begin}${piece}`;
      const length = end === undefined ? 0 : at + end.length;
      return `${before}${change(`${begin}${piece.slice(0, length)}`)}${piece.slice(length)}`;
    }, pieces[0] ?? "");
  }, text);
}

/**
 * A dump for a database of another name than the one that it is of. Around what was made under another character set, a dump
 * changes the database's own, by name; views may name it for what they read, and triggers as whoever made them did.
 */
export function renamedDump(dump: AsyncIterable<Uint8Array>, from: string, to: string): AsyncIterable<Uint8Array> {
  return changed(dump, renamings(asBytes(from), asBytes(to)));
}

/** The same of a text. */
export function renamedText(text: string, from: string, to: string): string {
  return changedText(text, renamings(from, to));
}

function renamings(from: string, to: string): readonly Part[] {
  return [
    { begin: alterSql(from), change: () => alterSql(to) },
    { ...view, change: (text) => renamedView(text, from, to) },
    { begin: "\n/*!50003 CREATE*/", end: "*/;;\n", change: unqualifiedTrigger },
  ];
}

/** Where a line begins so, it is the dump's own. */
function alterSql(database: string): string {
  return `\nALTER DATABASE ${quoteName(database)} `;
}

const view = { begin: "\n/*!50001 VIEW `", end: "*/;" };

const asBytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");
const asText = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");

const placeHolder = { begin: "\n/*!50001 CREATE VIEW `", end: "*/;\n" };
const viewHead = /^(\n\/\*!50001 (?:CREATE )?VIEW (`(?:[^`]|``)*`) AS )([^]*?)(\s*\*\/;\n?)$/;

/**
 * A dump for a server that has no other database: views that read one stay the place holders that a dump makes of each view
 * before.
 *
 * @param onView called with the name of each of them
 */
export function withForeignViewsEmpty(
  dump: AsyncIterable<Uint8Array>,
  database: string,
  onView: (name: string) => void,
): AsyncIterable<Uint8Array> {
  const holders = new Map<string, string>();
  const isForeign = (text: string) => readsOthers(text, asBytes(database));
  return changed(dump, [
    {
      ...placeHolder,
      change(text) {
        const [, , name = "", body = ""] = viewHead.exec(text) ?? [];
        holders.set(name, body);
        return text;
      },
    },
    {
      ...view,
      change(text) {
        const [, head = "", name = "", , end = ""] = viewHead.exec(text) ?? [];
        const body = holders.get(name);
        if (body === undefined || !isForeign(text)) return text;
        onView(asText(name.slice(1, -1).replaceAll("``", "`")));
        return `${head}${body}${end}`;
      },
    },
  ]);
}

/** For people. */
export function foreignViewsText(views: readonly string[]): readonly string[] {
  return views.length === 0
    ? []
    : [
        `views that read another database, which is not in the backup: ${views.join(", ")} (they can be restored where that one is there)`,
      ];
}

/** In data, the dump's tool writes line breaks as `\n`: where a line begins so, it is the tool's own. */
const sections = { events: "\n-- Dumping events for database ", routines: "\n-- Dumping routines for database " };

/** A dump without its events, which would run in whatever server takes them; they are handed over as a script, if there are any. */
export async function* withoutEvents(
  dump: AsyncIterable<Uint8Array>,
  onEvents: (script: string) => void,
): AsyncGenerator<Uint8Array> {
  const [begin, end] = [Buffer.from(sections.events), Buffer.from(sections.routines)];
  let place: "before" | "within" | "after" = "before";
  let rest = Buffer.alloc(0);
  for await (const chunk of dump) {
    if (place === "after") {
      yield chunk;
      continue;
    }
    rest = Buffer.concat([rest, chunk]);
    if (place === "before") {
      const at = rest.indexOf(begin);
      const sure = at >= 0 ? at : Math.max(0, rest.length - begin.length + 1);
      if (sure > 0) yield rest.subarray(0, sure);
      rest = rest.subarray(sure);
      if (at >= 0) place = "within";
    }
    if (place === "within") {
      const at = rest.indexOf(end);
      if (at < 0) continue;
      onEvents(rest.subarray(0, at).toString("utf8"));
      yield rest.subarray(at);
      rest = Buffer.alloc(0);
      place = "after";
    }
  }
  if (rest.length > 0) yield rest;
}

const eventHead =
  /^\/\*!50106 CREATE\*\/ (?:\/\*!50117 DEFINER=[^]*?\*\/ )?\/\*!50106 EVENT `(?:[^`]|``)+` ON SCHEDULE (AT|EVERY) ([^]*?) ON COMPLETION /gm;

/** How many events a script of them makes: all, and those that go on for ever. */
export function countEvents(script: string): { readonly all: number; readonly recurring: number } {
  const heads = [...script.matchAll(eventHead)];
  const recurring = heads.filter(([, kind, when = ""]) => kind === "EVERY" && !/ ENDS /.test(when));
  return { all: script.match(/^\/\*!50106 CREATE\*\//gm)?.length ?? 0, recurring: recurring.length };
}
