import { createRequire } from "node:module";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** The key that Compose knows at this place and that a mistyped one resembles most. */
export function nearestKey(path: readonly (string | number)[], key: string): string | undefined {
  const root = composeSchema();
  const keys = keysOf(
    path.reduce<readonly Schema[]>((at, part) => at.flatMap((schema) => step(root, schema, part)), [root]),
    root,
  );
  const ranked = keys
    .map((candidate) => ({ candidate, distance: distance(candidate, key) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= (key.length < 4 ? 1 : 2) ? best.candidate : undefined;
}

/** The schema of the Compose specification, as the npm package docker-compose carries it. */
function composeSchema(): Schema {
  return createRequire(import.meta.url)("docker-compose/schema/compose-spec.json") as Schema;
}

function step(root: Schema, schema: Schema, part: string | number): readonly Schema[] {
  return alternatives(root, schema).flatMap(({ properties, patternProperties, items }) => {
    if (typeof part === "number") return items ? [items] : [];
    const named = properties?.[part];
    return named ? [named] : Object.values(patternProperties ?? {});
  });
}

function alternatives(root: Schema, schema: Schema): readonly Schema[] {
  const name = schema.$ref?.replace("#/definitions/", "");
  const target = name === undefined ? undefined : root.definitions?.[name];
  const inner = [...(target ? [target] : []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return [schema, ...inner.flatMap((other) => alternatives(root, other))];
}

function keysOf(schemas: readonly Schema[], root: Schema): readonly string[] {
  return schemas
    .flatMap((schema) => alternatives(root, schema))
    .flatMap(({ properties = {} }) => Object.keys(properties));
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
