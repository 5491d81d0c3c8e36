const units = ["kB", "MB", "GB", "TB"];

/** Three digits or so, in powers of 1000 as disks are sold: `173 MB`, `1.06 GB`, `980 B`. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, "B"];
  for (const next of units) {
    if (value < 999.5) break;
    [value, unit] = [value / 1_000, next];
  }
  const digits = unit === "B" || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}

const factors = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** What `parseBytes` takes; without a flag, so that it means the same in other languages. */
export const bytesPattern = /^(\d+(?:\.\d+)?) ?(?:([kKmMgGtT])[iI]?[bB]?|[bB])?$/;

/**
 * Bytes of a size as compose files have it, in powers of 1024 whichever way the unit is written: `512m`, `1.5gb`, `64MiB`,
 * `100b`, `100`. A part of a byte is dropped. `undefined` when it is none.
 */
export function parseBytes(text: string): number | undefined {
  const [, amount, unit] = bytesPattern.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const factor = unit === undefined ? 1 : factors[unit.toLowerCase() as keyof typeof factors];
  const bytes = Math.floor(Number(amount) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
