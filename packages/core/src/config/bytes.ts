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
