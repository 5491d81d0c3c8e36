/** `${env:NAME}`, and `${NAME}` for short: where these are, a name can be nothing but a variable. */
const reference = /\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** A value with `${env:NAME}` and `${NAME}` filled in from the environment. */
export interface ResolvedReferences<T> {
  readonly value: T;
  /** Variables that are named and not set, or empty. */
  readonly missing: readonly string[];
}

/** Fills `${env:NAME}`, or `${NAME}` for short, in every string of plain data from the environment, so that secrets stay out of files. */
export function resolveReferences<T>(
  value: T,
  env: Readonly<Record<string, string | undefined>>,
): ResolvedReferences<T> {
  const missing = new Set<string>();
  const fill = (text: string) =>
    text.replaceAll(reference, (_, name: string) => {
      const found = env[name] ?? "";
      if (found === "") missing.add(name);
      return found;
    });
  return { value: mapStrings(value, fill) as T, missing: [...missing] };
}

/** Whether every `${` of a text begins a reference. */
export function hasOnlyReferences(text: string): boolean {
  return !text.replaceAll(reference, "").includes("${");
}

/** Whether a text is, or holds, a reference. */
export function hasReference(text: string): boolean {
  return text.replaceAll(reference, "") !== text;
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, map)]));
}
