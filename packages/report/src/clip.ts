/** Characters of one text at most. */
const longest = 2_000;

/** Shortens every text inside plain data, and says by how much; the shape stays. */
export function clipDeep<T>(value: T): T {
  if (typeof value === "string") return clip(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => clipDeep(item)) as T;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clipDeep(item)])) as T;
  }
  return value;
}

function clip(text: string): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)} … (${text.length - longest} characters more)`;
}
