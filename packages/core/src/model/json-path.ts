/** Keys and indexes from the top of a JSON value to one inside it. */
export type JsonPath = readonly (string | number)[];

const segment = /\.([\p{L}_][\p{L}\p{N}_-]*)|\[(-?\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\['((?:[^'\\]|\\.)*)'\]/suy;

/** A singular query of RFC 9535, such as `$.items[0]["a name"]`; `undefined` when it is not one. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith("$")) return undefined;
  const path: (string | number)[] = [];
  segment.lastIndex = 1;
  for (let at = 1; at < text.length; at = segment.lastIndex) {
    const [, name, index, double, single] = segment.exec(text) ?? [];
    const part =
      name ?? (index === undefined ? (single?.replaceAll(/\\(.)/gsu, "$1") ?? unquoted(double)) : Number(index));
    if (part === undefined) return undefined;
    path.push(part);
  }
  return path;
}

/** What is found there; `undefined` where there is nothing. A negative index counts from the end. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== "object" || found === null) return undefined;
    if (typeof part === "number") found = Array.isArray(found) ? (found.at(part) as unknown) : undefined;
    else
      found =
        !Array.isArray(found) && Object.hasOwn(found, part) ? (found as Record<string, unknown>)[part] : undefined;
  }
  return found;
}

function unquoted(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as string);
  } catch {
    return undefined;
  }
}
