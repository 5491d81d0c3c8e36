import { type ComposeModel, checkoutNote, createRedactor, type ModelChange, type ModelChanges } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";
import { secretValues } from "./secret-values.ts";
import { isOpen, shownValue } from "./shown-values.ts";

/** A record is read as one line: the first ones are listed, the rest is counted. */
const mostListed = 200;
const longestPath = 200;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What differs between two resolved models, by path, for a record that is kept: values that may be secret are there as
 * keyed hashes (HMAC-SHA256, 16 hexadecimal digits), and no more than 200 differences are listed. A list whose order may
 * matter to nobody (ports, mounts) is compared as a set; one that holds a command, as a whole. Reads files that the models
 * name as secrets, to mask what is in them.
 *
 * @param key of the state home; under another one the same value has another hash
 */
export function modelChanges(before: ComposeModel, after: ComposeModel, key: string | Uint8Array): ModelChanges {
  const redact = createRedactor([...secretValues(before), ...secretValues(after)]);
  const all = differences([], withoutNote(before), withoutNote(after));
  const listed = all.slice(0, mostListed).map(
    ({ path, before: old, after: fresh }): ModelChange => ({
      path: shortened(redact(pathText(path))),
      change: old === undefined ? "added" : fresh === undefined ? "removed" : "changed",
      ...(old === undefined ? {} : { before: shownValue(path, old, key, redact) }),
      ...(fresh === undefined ? {} : { after: shownValue(path, fresh, key, redact) }),
    }),
  );
  return { listed, omitted: all.length - listed.length };
}

/** Where the checkout lies is no part of what a release is. */
function withoutNote(model: ComposeModel): Fields {
  const { [checkoutNote]: _note, ...rest } = model;
  return rest;
}

interface Difference {
  readonly path: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
}

function differences(path: readonly string[], before: unknown, after: unknown): readonly Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isDescended(path, before, after)) {
    const [old, fresh] = [asFields(before), asFields(after)];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].toSorted();
    return keys.flatMap((key) => differences([...path, key], ownValue(old, key), ownValue(fresh, key)));
  }
  const members = Array.isArray(before) && Array.isArray(after) && isOpen(path) ? memberChanges(before, after) : [];
  return members.length > 0 ? members.map((member) => ({ path, ...member })) : [{ path, before, after }];
}

/** Extensions may hold anything under any name, so that not even their keys are shown. */
function isDescended(path: readonly string[], before: unknown, after: unknown): boolean {
  if (path.some((key, depth) => key.startsWith("x-") && (depth === 0 || depth === 2))) return false;
  const values = [before, after].filter((value) => value !== undefined);
  return values.every(isFields) && values.some((value) => Object.keys(value).length > 0);
}

/** What one list has and the other has not; nothing where only the order differs. */
function memberChanges(before: readonly unknown[], after: readonly unknown[]): readonly Omit<Difference, "path">[] {
  const textsOf = (list: readonly unknown[]) => new Set(list.map((member) => JSON.stringify(member)));
  const [old, fresh] = [textsOf(before), textsOf(after)];
  return [
    ...before.filter((member) => !fresh.has(JSON.stringify(member))).map((member) => ({ before: member })),
    ...after.filter((member) => !old.has(JSON.stringify(member))).map((member) => ({ after: member })),
  ];
}

function pathText(path: readonly string[]): string {
  const text = path.map((key) => (/^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)).join("");
  return unescapeDollars(text.startsWith(".") ? text.slice(1) : text);
}

function shortened(path: string): string {
  return path.length > longestPath ? `${path.slice(0, longestPath)}…` : path;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asFields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function ownValue(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
