import * as z from "zod";

/**
 * Settings that are not merged key by key. `whole`: what belongs together is replaced by what an environment writes.
 * `alternatives`: of several keys only one counts, so an environment that names none of those that are written takes
 * another one. `merged`: of the keys in `instead` only one counts, and the others are merged.
 */
export const layering = z.registry<
  { readonly as: "whole" | "alternatives" } | { readonly as: "merged"; readonly instead: readonly string[] }
>();

/**
 * Lays the values of an environment over the common ones, key by key; lists are replaced. A setting that is of one kind
 * or another is replaced as a whole where its kind changes: keys of two kinds make neither. See `layering` for the others. Pure.
 *
 * @param schema of the values, which tells what has kinds; what it does not know is merged all the same, and is refused
 * when the result is checked
 */
export function layOver(schema: z.core.$ZodType | undefined, base: unknown, overlay: unknown): unknown {
  if (overlay === undefined) return base;
  if (!isMap(base) || !isMap(overlay)) return overlay;
  const known = kindOf(schema, overlay);
  if (known !== kindOf(schema, base)) return overlay;
  const layer = known && layering.get(known);
  if (layer?.as === "whole") return overlay;
  if (layer?.as === "alternatives" && !Object.keys(overlay).some((key) => key in base)) return overlay;
  const instead = layer?.as === "merged" && layer.instead.some((key) => key in overlay) ? layer.instead : [];
  const kept = Object.entries(base).filter(([key]) => key in overlay || !instead.includes(key));
  const merged: Record<string, unknown> = Object.fromEntries(kept);
  for (const [key, value] of Object.entries(overlay)) {
    merged[key] = key in base ? layOver(schemaAt(known, key), base[key], value) : value;
  }
  return merged;
}

/** What describes a map: of several kinds the one that has all its keys. */
function kindOf(schema: z.core.$ZodType | undefined, value: Settings): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return kindOf(schema.unwrap(), value);
  }
  // `unwrap` would make another one each time.
  if (schema instanceof z.ZodLazy) return kindOf(schema._zod.innerType, value);
  if (!(schema instanceof z.ZodUnion)) return schema;
  return schema.options.find(
    (kind) => kind instanceof z.ZodObject && Object.keys(value).every((key) => key in kind.shape),
  );
}

function schemaAt(schema: z.core.$ZodType | undefined, key: string): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodObject ? schema.shape[key] : undefined;
}

type Settings = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
