/**
 * The word that was most likely meant by one that is unknown: the nearest that is at most two slips away, a slip being a
 * letter too many, too few, another or exchanged with its neighbour. Short words forgive one. Case, `-` and `_` are no slips. Pure.
 */
export function nearestWord(unknown: string, known: readonly string[]): string | undefined {
  const written = plain(unknown);
  return known
    .map((word) => ({ word, slips: slipsBetween(written, plain(word)) }))
    .filter(({ word, slips }) => slips <= (Math.min(word.length, unknown.length) < 5 ? 1 : 2))
    .toSorted((a, b) => a.slips - b.slips)[0]?.word;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, "");
}

/** Optimal string alignment: https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance */
function slipsBetween(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const ways = [at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (isSame ? 0 : 1)];
      next.push(Math.min(...ways, ...(isExchanged ? [at(before, j - 2) + 1] : [])));
    }
    [before, row] = [row, next];
  }
  return at(row, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
