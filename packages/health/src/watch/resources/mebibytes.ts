/** For people: `212 MiB`, `3.4 MiB`. */
export function mebibytes(bytes: number): string {
  const amount = bytes / 1_048_576;
  return `${Math.abs(amount) >= 10 ? Math.round(amount) : Number(amount.toFixed(1))} MiB`;
}
