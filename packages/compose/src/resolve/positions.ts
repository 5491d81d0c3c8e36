import type { SourcePosition } from "@sluice/core";
import { isMap, isPair, isScalar, isSeq, type Node } from "yaml";
import type { SourceFile } from "./source-files.ts";

export type SourcePath = readonly (string | number)[];

/**
 * Where a setting is written: the deepest part of the path that is there, in the last file that has most of it (a later
 * file overrides an earlier one). `undefined` when not even its beginning is there.
 */
export function positionOf(sources: readonly SourceFile[], path: SourcePath): SourcePosition | undefined {
  let best: { readonly depth: number; readonly source: SourceFile; readonly offset: number } | undefined;
  for (const source of sources) {
    const found = deepest(source, path);
    if (found && found.depth >= (best?.depth ?? 1)) best = { ...found, source };
  }
  return best && offsetPosition(best.source, best.offset);
}

/** The whole path is written in one of the files. */
export function isWritten(sources: readonly SourceFile[], path: SourcePath): boolean {
  return sources.some((source) => deepest(source, path)?.depth === path.length);
}

/** Every text that the files write for a setting. In the path `[]` is any item of a list. */
export function writtenTexts(sources: readonly SourceFile[], path: SourcePath): readonly string[] {
  return sources.flatMap(({ document }) => textsAt(document?.contents, path));
}

function textsAt(node: unknown, [key, ...rest]: SourcePath): readonly string[] {
  if (key === undefined) return isScalar(node) ? [String(node.value)] : [];
  if (key === "[]") return isSeq(node) ? node.items.flatMap((item) => textsAt(item, rest)) : [];
  return textsAt(child(node, key)?.value, rest);
}

export function offsetPosition({ path, lines }: SourceFile, offset: number): SourcePosition {
  const { line, col } = lines.linePos(offset);
  return { file: path, line, column: col };
}

function deepest({ document }: SourceFile, path: SourcePath): { depth: number; offset: number } | undefined {
  let node: unknown = document?.contents;
  let found: { depth: number; offset: number } | undefined;
  for (const [index, key] of path.entries()) {
    const next = child(node, key);
    if (!next) break;
    if (next.at?.range) found = { depth: index + 1, offset: next.at.range[0] };
    node = next.value;
  }
  return found;
}

interface Child {
  /** What bears the position: the key of a map, the item of a list. */
  readonly at: Node | undefined;
  readonly value: unknown;
}

function child(node: unknown, key: string | number): Child | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
    );
    return pair && { at: pair.key as Node, value: pair.value };
  }
  if (!isSeq(node)) return undefined;
  // A short form (`A=b`, `8080:80`) of what the canonical form writes as a map.
  const item = typeof key === "number" ? node.items[key] : node.items.find((entry) => beginsWith(entry, key));
  return item === undefined ? undefined : { at: item as Node, value: item };
}

function beginsWith(entry: unknown, key: string): boolean {
  const text = isScalar(entry) ? String(entry.value) : "";
  return text === key || text.startsWith(`${key}=`) || text.startsWith(`${key}:`);
}
