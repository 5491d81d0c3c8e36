import { SluiceError } from "@sluice/core";
import { quoteName } from "./target.ts";

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

/** Puts one text in the place of another, wherever chunks begin and end. */
export async function* replaced(dump: AsyncIterable<Uint8Array>, from: string, to: string): AsyncGenerator<Uint8Array> {
  const [wanted, other] = [Buffer.from(from), Buffer.from(to)];
  let rest = Buffer.alloc(0);
  for await (const chunk of dump) {
    rest = Buffer.concat([rest, chunk]);
    for (let at = rest.indexOf(wanted); at >= 0; at = rest.indexOf(wanted)) {
      yield rest.subarray(0, at);
      yield other;
      rest = rest.subarray(at + wanted.length);
    }
    // The text may have begun.
    const sure = Math.max(0, rest.length - wanted.length + 1);
    if (sure > 0) yield rest.subarray(0, sure);
    rest = rest.subarray(sure);
  }
  if (rest.length > 0) yield rest;
}

/**
 * A dump for a database of another name than the one that it is of. Around what was made under another character set, a dump
 * changes the database's own, by name.
 */
export function renamedDump(dump: AsyncIterable<Uint8Array>, from: string, to: string): AsyncIterable<Uint8Array> {
  return replaced(dump, alterSql(from), alterSql(to));
}

/** The same of a text. */
export function renamedText(text: string, from: string, to: string): string {
  return text.replaceAll(alterSql(from), () => alterSql(to));
}

/** Where a line begins so, it is the dump's own. */
function alterSql(database: string): string {
  return `\nALTER DATABASE ${quoteName(database)} `;
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

/** How many events a script of them makes. */
export function countEvents(script: string): number {
  return script.match(/^\/\*!50106 CREATE\*\//gm)?.length ?? 0;
}
